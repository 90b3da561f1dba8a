{#
    One row per dossier and pair of moments that stand in the wrong order: `field` lies before `earlier_field`.
    A finish before receipt has a signal of its own.
#}
{% set pairs = [
    ('dossiers', 'submitted_at', 'submitted_at_has_time', 'received_at', 'received_at_has_time'),
    ('dossiers', 'finished_at', 'finished_at_has_time', 'returned_at', 'returned_at_has_time'),
    ('supplements', 'received_at', 'received_has_time', 'requested_at', 'requested_has_time'),
    ('supplements', 'requested_at', 'requested_has_time', 'answered_at', 'answered_has_time'),
    ('supplements', 'answered_at', 'answered_has_time', 'finished_at', 'finished_at_has_time'),
] %}
with dossiers as (
    select * from {{ ref('int_dossiers__current') }}
),

supplements as (
    select
        dossiers.dossier_sk,
        dossiers.dossier_key,
        dossiers.source_name,
        supplements.requested_at,
        supplements.requested_has_time,
        supplements.answered_at,
        supplements.answered_has_time,
        dossiers.finished_at,
        dossiers.finished_at_has_time,
        received.received_at,
        received.received_has_time
    from {{ ref('int_dossiers__supplements') }} as supplements
    inner join dossiers on supplements.dossier_sk = dossiers.dossier_sk
    inner join {{ ref('int_dossiers__received') }} as received on dossiers.dossier_sk = received.dossier_sk
),

crossed as (
    {% for relation, earlier, earlier_has_time, later, later_has_time in pairs %}
        {{ 'union all' if not loop.first }}
        select
            dossier_sk,
            dossier_key,
            source_name,
            '{{ later }}' as field,
            '{{ earlier }}' as earlier_field,
            {{ later }} as field_at,
            {{ earlier }} as earlier_field_at
        from {{ relation }}
        where {{ is_before(later, later_has_time, earlier, earlier_has_time) }}
    {% endfor %}
)

select distinct
    crossed.dossier_key,
    received.agency_code,
    crossed.source_name,
    crossed.field,
    crossed.earlier_field,
    crossed.field_at,
    crossed.earlier_field_at
from crossed
inner join {{ ref('int_dossiers__received') }} as received on crossed.dossier_sk = received.dossier_sk
