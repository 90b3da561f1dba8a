{#
    What was set aside or looks wrong: one row per feed, source, agency, class and field, with what it means and who
    acts; '*' where a part does not apply. A class without a record stands once with 0: it was looked for; so does every
    agency that a source says it delivers for, with 1 where nothing of it came up to the period's end. Counts are of the
    whole lake as known; one record may be in several classes, so never add classes.
#}
with quarantined as (
    select
        feed,
        source_name,
        '*' as agency_code,
        reason as quality_class,
        coalesce(field, '*') as field,
        'quarantined' as origin,
        count(*) as records
    from {{ ref('stg_quarantine') }}
    group by feed, source_name, reason, field
),

findings as (
    select
        feed,
        source_name,
        '*' as agency_code,
        split_part(finding, ':', 1) as quality_class,
        coalesce(nullif(split_part(finding, ':', 2), ''), '*') as field,
        'suspicious' as origin,
        sum(records) as records
    from {{ ref('stg_findings') }}
    where not (feed = 'dossiers' and split_part(finding, ':', 1) = 'future_dated')
    group by feed, source_name, finding
),

flags as (
    select
        source_name,
        agency_code,
        count(*) filter (where future_dated) as future_dated,
        count(*) filter (where no_receipt_date) as no_receipt_date,
        count(*) filter (where state_disagrees) as state_disagrees,
        count(*) filter (where state_unproven) as state_unproven,
        count(*) filter (where finish_mismatch) as finish_mismatch,
        count(*) filter (where due_rewritten) as due_rewritten,
        count(*) filter (where finished_before_received) as finished_before_received,
        count(*) filter (where agency_unknown) as unknown_agency,
        count(*) filter (where procedure_unknown) as unknown_procedure,
        count(*) filter (where commune_unknown) as unknown_commune,
        count(*) filter (where agency_version_nearest) as nearest_agency_version,
        count(*) filter (where procedure_version_nearest) as nearest_procedure_version
    from {{ ref('fct_dossiers') }}
    group by source_name, agency_code
),

flagged as (
    {% for flag in [
        'future_dated', 'no_receipt_date', 'state_disagrees', 'state_unproven', 'finish_mismatch', 'due_rewritten',
        'finished_before_received', 'unknown_agency', 'unknown_procedure', 'unknown_commune',
        'nearest_agency_version', 'nearest_procedure_version',
    ] %}
        {{ 'union all' if not loop.first }}
        select
            'dossiers' as feed,
            source_name,
            agency_code,
            '{{ flag }}' as quality_class,
            '*' as field,
            'suspicious' as origin,
            {{ flag }} as records
        from flags
        where {{ flag }} > 0
    {% endfor %}
),

signals as (
    select
        feed,
        source_name,
        agency_code,
        quality_class,
        field,
        'suspicious' as origin,
        records
    from {{ ref('qc_signal_counts') }}
),

orphans as (
    select
        'dossier_events' as feed,
        events.source_name,
        '*' as agency_code,
        'orphan_event' as quality_class,
        '*' as field,
        'suspicious' as origin,
        count(*) as records
    from {{ ref('stg_dossier_events') }} as events
    left join (select distinct dossier_code from {{ ref('stg_dossier_versions') }}) as dossiers
        on events.dossier_code = dossiers.dossier_code
    where dossiers.dossier_code is null
    group by events.source_name
),

named_agencies as (
    select
        'tasks' as feed,
        lead_agency_code as agency_code
    from {{ ref('stg_tasks') }}
    union all
    select
        'staff' as feed,
        agency_code
    from {{ ref('stg_staff') }}
    union all
    select
        'organisation_events' as feed,
        agency_code
    from {{ ref('stg_organisation_events') }}
    union all
    select
        'function_regulations' as feed,
        agency_code
    from {{ ref('stg_function_regulations') }}
    union all
    select
        'payroll_quotas' as feed,
        agency_code
    from {{ ref('stg_payroll_quotas') }}
    union all
    select
        'unit_finances' as feed,
        agency_code
    from {{ ref('stg_unit_finances') }}
    union all
    select
        'feedback' as feed,
        agency_code
    from {{ ref('stg_feedback') }}
    union all
    select
        'survey_responses' as feed,
        agency_code
    from {{ ref('stg_survey_responses') }}
    union all
    select
        'index_scores' as feed,
        agency_code
    from {{ ref('stg_index_scores') }}
),

unknown_agencies as (
    select
        named_agencies.feed,
        '*' as source_name,
        'unknown' as agency_code,
        'unknown_agency' as quality_class,
        '*' as field,
        'suspicious' as origin,
        count(*) as records
    from named_agencies
    left join (select distinct agency_code from {{ ref('int_agencies__versioned') }}) as agencies
        on named_agencies.agency_code = agencies.agency_code
    where agencies.agency_code is null
    group by named_agencies.feed
),

out_of_order as (
    select
        'agencies' as feed,
        agency_code
    from {{ ref('stg_agencies') }}
    where dissolved_on < established_on
    union all
    select
        'tasks' as feed,
        lead_agency_code as agency_code
    from {{ ref('stg_tasks') }}
    where completed_on < assigned_on or deadline < assigned_on
    union all
    select
        'staff' as feed,
        agency_code
    from {{ ref('stg_staff') }}
    where end_on < start_on
    union all
    select
        'procedures' as feed,
        '*' as agency_code
    from {{ ref('stg_procedures') }}
    where valid_to < valid_from
),

wrong_dates as (
    select
        feed,
        '*' as source_name,
        agency_code,
        'dates_out_of_order' as quality_class,
        '*' as field,
        'suspicious' as origin,
        count(*) as records
    from out_of_order
    group by feed, agency_code
),

endless_terms as (
    select
        'procedures' as feed,
        '*' as source_name,
        '*' as agency_code,
        'term_beyond_calendar' as quality_class,
        'processing_days' as field,
        'suspicious' as origin,
        count(*) as records
    from {{ ref('stg_procedures') }} as procedures
    cross join ({{ calendar_cover() }}) as cover
    where {{ is_beyond_calendar('procedures.processing_days', 'procedures.processing_unit', 'cover') }}
    having count(*) > 0
),

unusable_weights as (
    select
        'survey_responses' as feed,
        '*' as source_name,
        '*' as agency_code,
        'unusable_weight' as quality_class,
        'weight' as field,
        'suspicious' as origin,
        count(*) as records
    from {{ ref('stg_survey_responses') }}
    where weight <= 0
    having count(*) > 0
),

expected as (
    select
        expected.feed,
        expected.source_name,
        expected.agency_code,
        'agency_not_delivered' as quality_class,
        '*' as field,
        'suspicious' as origin,
        case
            when
                expected.has_records
                and (context.provisional or expected.last_extract_date >= cast(context.period_end_at as date))
                then 0
            else 1
        end as records
    from {{ ref('stg_expected_agencies') }} as expected
    cross join {{ ref('stg_run_context') }} as context
),

found as (
    select * from quarantined
    union all
    select * from findings
    union all
    select * from flagged
    union all
    select * from signals
    union all
    select * from orphans
    union all
    select * from unknown_agencies
    union all
    select * from wrong_dates
    union all
    select * from endless_terms
    union all
    select * from unusable_weights
    union all
    select * from expected
),

classes as (
    select * from {{ ref('quality_classes') }}
),

listed as (
    select
        feed,
        source_name,
        agency_code,
        quality_class,
        field,
        origin,
        sum(records) as records
    from found
    group by feed, source_name, agency_code, quality_class, field, origin
    union all
    select
        feed,
        '*' as source_name,
        '*' as agency_code,
        quality_class,
        '*' as field,
        origin,
        0 as records
    from classes
    where quality_class not in (select quality_class from found)
)

select
    listed.feed,
    listed.source_name,
    listed.agency_code,
    listed.quality_class,
    listed.field,
    listed.origin,
    cast(listed.records as bigint) as records,
    coalesce(classes.meaning_vi, other.meaning_vi) as meaning_vi,
    coalesce(classes.meaning_en, other.meaning_en) as meaning_en,
    coalesce(classes.action_vi, other.action_vi) as action_vi,
    coalesce(classes.action_en, other.action_en) as action_en,
    coalesce(classes.office_vi, other.office_vi) as office_vi,
    coalesce(classes.office_en, other.office_en) as office_en
from listed
left join classes on listed.quality_class = classes.quality_class
left join classes as other on other.quality_class = 'profile_finding'
