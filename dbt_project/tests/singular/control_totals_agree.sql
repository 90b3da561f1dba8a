{#
    What a source says it holds is what arrived: dossiers received in the span of the total (received), submitted or
    received up to its end (rows), resolved in the span, or in progress at its end. A total without an agency or a source
    is of all of them.
#}
{{ config(group='warehouse', meta={'rule_id': 'control_totals_agree'}) }}

with totals as (
    select * from {{ ref('stg_control_totals') }}
    where feed = 'dossiers'
),

arrivals as (
    select * from totals
    where measure in ('received', 'rows')
),

spans as (
    select
        *,
        cast(covers_from as timestamp) as start_at,
        cast(covers_to as timestamp) + interval '1' day as end_at
    from totals
    where measure in ('resolved', 'in_progress')
),

dossiers as (
    select
        source_name,
        agency_code,
        cast(received_at as date) as received_on,
        cast(coalesce(submitted_at, received_at) as date) as arrived_on,
        count(*) as dossiers
    from {{ ref('fct_dossiers') }}
    group by source_name, agency_code, cast(received_at as date), cast(coalesce(submitted_at, received_at) as date)
),

moments as (
    select start_at as moment from spans
    union
    select end_at from spans
),

standing as (
    select
        moments.moment,
        states.dossier_key,
        states.kind
    from moments
    inner join {{ ref('fct_dossier_states') }} as states
        on
            states.valid_from < moments.moment
            and (states.valid_to is null or states.valid_to >= moments.moment)
),

at_end as (
    select
        spans.source,
        spans.agency_code,
        spans.covers_from,
        spans.covers_to,
        spans.measure,
        dossiers.dossier_key
    from spans
    inner join standing as ends on spans.end_at = ends.moment
    inner join {{ ref('fct_dossiers') }} as dossiers
        on
            ends.dossier_key = dossiers.dossier_key
            and coalesce(spans.source = dossiers.source_name, true)
            and coalesce(spans.agency_code = dossiers.agency_code, true)
    left join standing as starts
        on
            spans.start_at = starts.moment
            and ends.dossier_key = starts.dossier_key
            and starts.kind <> 'open'
    where
        case spans.measure
            when 'in_progress' then ends.kind = 'open'
            else ends.kind <> 'open' and starts.dossier_key is null
        end
),

held as (
    select
        arrivals.source,
        arrivals.agency_code,
        arrivals.covers_from,
        arrivals.covers_to,
        arrivals.measure,
        arrivals.value,
        sum(dossiers.dossiers) as dossiers
    from arrivals
    left join dossiers
        on
            coalesce(arrivals.source = dossiers.source_name, true)
            and coalesce(arrivals.agency_code = dossiers.agency_code, true)
            and case arrivals.measure
                when 'received' then dossiers.received_on between arrivals.covers_from and arrivals.covers_to
                else dossiers.arrived_on <= arrivals.covers_to
            end
    group by
        arrivals.source,
        arrivals.agency_code,
        arrivals.covers_from,
        arrivals.covers_to,
        arrivals.measure,
        arrivals.value
    union all
    select
        spans.source,
        spans.agency_code,
        spans.covers_from,
        spans.covers_to,
        spans.measure,
        spans.value,
        count(at_end.dossier_key) as dossiers
    from spans
    left join at_end
        on
            spans.source is not distinct from at_end.source
            and spans.agency_code is not distinct from at_end.agency_code
            and spans.covers_from = at_end.covers_from
            and spans.covers_to = at_end.covers_to
            and spans.measure = at_end.measure
    group by
        spans.source,
        spans.agency_code,
        spans.covers_from,
        spans.covers_to,
        spans.measure,
        spans.value
)

select
    concat_ws(
        ' ', measure, source, agency_code, cast(covers_from as varchar), cast(covers_to as varchar),
        concat(cast(coalesce(dossiers, 0) as varchar), '/', cast(cast(value as bigint) as varchar))
    ) as control_total,
    value,
    coalesce(dossiers, 0) as dossiers
from held
where coalesce(dossiers, 0) <> value
