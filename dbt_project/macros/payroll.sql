{# Whose reduction an agency of a kind is held to: the quota feed does not say which seats are of civil servants. #}
{% macro payroll_scope(kind) -%}
    case
        when {{ kind }} = 'public_service_unit' then 'public_service_unit'
        when {{ kind }} <> 'unknown' then 'administration'
    end
{%- endmacro %}

{# Whether the quota has come down as asked since a baseline year, and why that is not said; prefix: which of the two. #}
{% macro payroll_reduction(prefix) -%}
    {%- set at_baseline = 'quota_at_' ~ prefix ~ 'baseline' -%}
    case
        when quota is null or {{ at_baseline }} is null then 'not_assessed'
        when {{ prefix }}required is null then 'no_target'
        when not {{ prefix }}is_all_required then 'not_assessed'
        when {{ at_baseline }} - quota >= {{ prefix }}required then 'met'
        else 'not_yet'
    end as {{ prefix }}reduction_status,
    case
        when quota is null then 'quota_not_delivered'
        when {{ at_baseline }} is null then '{{ prefix }}baseline_quota_not_delivered'
        when {{ prefix }}required is not null and not {{ prefix }}is_all_required then 'agency_kind_unknown'
    end as {{ prefix }}reduction_reason
{%- endmacro %}
