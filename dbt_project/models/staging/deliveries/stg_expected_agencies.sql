{#
    Whom the sources say they deliver for, and whether a record of theirs came from that source. A code stays as it was
    written in any version of a record; only its form is normalised.
#}
with expected as (
    select * from {{ source('raw', 'expected_agencies') }}
),

named as (
    {% for feed in [
        'dossiers', 'feedback', 'tasks', 'steering_events', 'index_scores', 'survey_responses', 'agencies',
        'organisation_events', 'staff', 'payroll_quotas', 'unit_finances', 'function_regulations', 'control_totals',
    ] %}
        {{ 'union all' if not loop.first }}
        select distinct
            '{{ feed }}' as feed,
            source_name,
            {{ 'lead_agency_code' if feed == 'tasks' else 'agency_code' }} as agency_code
        from {{ source('raw', feed) }}
        where source_name in (select expected.source_name from expected where expected.feed = '{{ feed }}')
    {% endfor %}
),

delivered as (
    select distinct
        feed,
        source_name,
        {{ normalise_agency_code('agency_code') }} as agency_code
    from named
)

select distinct
    expected.feed,
    expected.source_name,
    {{ normalise_agency_code('expected.agency_code') }} as agency_code,
    expected.last_extract_date,
    delivered.agency_code is not null as has_records
from expected
left join delivered
    on
        expected.feed = delivered.feed
        and expected.source_name = delivered.source_name
        and {{ normalise_agency_code('expected.agency_code') }} = delivered.agency_code
