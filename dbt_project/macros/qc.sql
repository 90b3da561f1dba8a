{# A threshold of the signals in models/qc as a relation: its value and the days on which it holds. #}
{% macro qc_threshold(code) -%}
    select
        value,
        valid_from,
        valid_to
    from {{ ref('qc_thresholds') }}
    where threshold_code = '{{ code }}'
{%- endmacro %}

{#
    Whether one moment lies before another; where either lacks a time, only an earlier day is before. The first
    comparison is implied by the rest and spares it for nearly all rows.
#}
{% macro is_before(moment, has_time, other, other_has_time) -%}
    {{ moment }} < {{ other }}
    and (
        (coalesce({{ has_time }}, true) and coalesce({{ other_has_time }}, true))
        or cast({{ moment }} as date) < cast({{ other }} as date)
    )
{%- endmacro %}

{#
    The ends of received dossiers as a relation. A dossier recalled and closed again on the day of its finish has one end
    though it closed several times: of closings with the same moment of end the last speaks.
#}
{% macro qc_ends() -%}
    select ends.*
    from {{ ref('int_dossiers__resolutions') }} as ends
    left join {{ ref('int_dossiers__resolutions') }} as later
        on ends.dossier_sk = later.dossier_sk
            and ends.class_at = later.class_at
            and ends.closing_at < later.closing_at
            and later.was_closed_before
    where later.dossier_sk is null
{%- endmacro %}

{# The signals of models/qc whose cases qc_signal_counts counts: model qc_<name>, quality class <name>, and the feed. #}
{% macro qc_signals() -%}
    {{ return([
        ('due_rewritten_at_expiry', 'dossiers'),
        ('supplement_on_last_day', 'dossier_supplements'),
        ('suspension_without_supplement', 'dossier_events'),
        ('end_bunched_at_due', 'dossiers'),
        ('closed_in_same_second', 'dossiers'),
        ('ended_outside_office_hours', 'dossiers'),
        ('online_typed_by_officer', 'dossiers'),
        ('closed_without_result', 'dossiers'),
        ('withdrawn_and_refiled', 'dossiers'),
        ('forbidden_transition', 'dossier_events'),
        ('moments_out_of_order', 'dossiers'),
    ]) }}
{%- endmacro %}
