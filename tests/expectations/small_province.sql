-- A small province that breaks no rule: 3 agencies, 12 procedures, 40 dossiers over nine months of 2022. Every mart is
-- written with the columns that matter; province.py fills the others of the contract with null. Periods, indicators
-- and targets are those of the project's own seeds ($seeds).
create table periods as
select *, cast(start_on as timestamp) as start_at, cast(end_on as timestamp) + interval 1 day as end_at
from read_csv('$seeds/periods.csv', header = true, all_varchar = false)
where calendar = 'state' and year = 2022;

create table scope as
select * from periods
where kind = 'month' and month(end_on) <= 9 or period_code in ('2022-Q1', '2022-Q2', '2022-Q3', '2022-H1', '2022-9M');

create table indicators as
select * replace (cast(valid_from as date) as valid_from, cast(valid_to as date) as valid_to, cast(is_headline as boolean) as is_headline)
from read_csv('$seeds/indicators.csv', header = true, all_varchar = true);

create table targets as
select * replace (cast(target as decimal(18, 6)) as target, cast(valid_from as date) as valid_from, cast(valid_to as date) as valid_to)
from read_csv('$seeds/targets.csv', header = true, all_varchar = true);

create table dim_period as select * from periods;

create table dim_date as select cast(range as date) as date_day from range(date '2022-01-01', date '2022-01-10', interval 1 day);

create table dim_indicator as select * from indicators;

create table dim_admin_unit as
select
    '150@1900-01-01' as admin_unit_sk, '150' as admin_unit_code, date '1900-01-01' as valid_from,
    cast(null as date) as valid_to, true as is_current, 'Xã Thử' as name_vi, 'commune' as level;

create table bridge_unit_succession as
select
    '150@1900-01-01' as admin_unit_sk, '150@1900-01-01' as successor_sk, date '1900-01-01' as valid_from, 1 as weight,
    'self' as weight_basis, true as is_default, true as is_verified, 0 as steps;

create table dim_agency as
select
    col0 as agency_code, col1 as name_vi, col2 as kind, col3 as level, col4 as block,
    col5 as has_one_stop, col6 as parent_code, date '2010-01-01' as valid_from, true as is_current,
    date '2010-01-01' as established_on, cast(null as date) as dissolved_on, false as is_inferred
from (values
    ('H28', 'Toàn tỉnh', 'province', 'province', 'department', false, null),
    ('H28.1', 'Sở Tư pháp', 'specialised_agency', 'province', 'department', false, 'H28'),
    ('H28.9', 'Trung tâm Phục vụ hành chính công', 'one_stop_unit', 'province', 'department', false, 'H28'),
    ('H28.20', 'UBND huyện Mai Châu', 'district_committee', 'district', 'district', true, 'H28'),
    ('H28.20.1', 'UBND xã Thử', 'commune_committee', 'commune', 'commune', true, 'H28.20'),
    ('unknown', 'Không xác định', 'unknown', 'unknown', 'unknown', false, null)
) as agencies;

create table bridge_agency_succession as
select
    agency_code, agency_code as successor_code, date '1900-01-01' as valid_from, 1 as weight, true as is_default,
    true as is_verified, 0 as steps
from dim_agency;

create table dim_procedure as
select
    '1.00' || (1000 + range) as procedure_code, date '2020-01-01' as valid_from, true as is_current,
    'Thủ tục số ' || range as name_vi, 'H28' as publisher_code, 'S01' as sector_code, 'H28.1' as responsible_agency_code,
    case range % 3 when 0 then 'province' when 1 then 'district' else 'commune' end as level, false as is_inferred
from range(12);

create table fct_procedure_publications as
select
    procedure_code, valid_from, responsible_agency_code, date '2020-02-01' as announce_due_on,
    date '2020-01-15' as announced_on, date '2020-02-10' as publish_due_on, date '2020-02-01' as published_on,
    true as is_published_on_time
from dim_procedure;

create table publication_timeliness as
select
    scope.period_code, scope.calendar, responsible_agency_code as agency_code, count(*) as in_force, count(*) as announced,
    0 as announced_late, count(*) as published, count(*) as published_on_time, 0 as published_late, 0 as not_published,
    0 as overdue
from dim_procedure cross join scope
group by all;

-- Received on day 5 of every month and on from there; closed after 20 days; every seventh is open at the end.
create table fct_dossiers as
select
    sha256('dossier' || range) as dossier_key,
    case range % 3 when 0 then 'H28.1' when 1 then 'H28.20' else 'H28.20.1' end as agency_code,
    case range % 3 when 0 then 'province' when 1 then 'district' else 'commune' end as agency_level,
    case range % 3 when 0 then 'department' when 1 then 'district' else 'commune' end as block,
    '1.001000' as procedure_code,
    'S01' as sector_code,
    case when range % 2 = 0 then '2' else '1' end as channel,
    timestamp '2021-12-20 08:00:00' + interval (range * 6) day as received_at,
    case when range % 7 <> 6 then timestamp '2022-01-09 08:00:00' + interval (range * 6) day end as closed_at,
    case when range % 7 <> 6 then timestamp '2022-01-09 08:00:00' + interval (range * 6) day end as finished_at,
    timestamp '2022-12-31 17:00:00' as due_at,
    'H28' as source_name,
    false as no_receipt_date, false as state_disagrees, false as finish_mismatch, false as finished_before_received,
    false as future_dated, false as agency_unknown, false as procedure_unknown, false as commune_unknown,
    timestamp '2022-09-20 10:00:00' as last_recorded_at
from range(40);

create table fct_dossier_states as
select dossier_key, 1 as interval_no, '4' as state, 'open' as kind, received_at as valid_from from fct_dossiers;

create table fct_dossier_suspensions as select sha256('none') as dossier_key, 1 as episode_no where false;

create table fct_tasks as
select
    'NV-' || range as task_code, 'government' as issuer, date '2022-01-10' as assigned_on,
    'H28.1' as lead_agency_code, date '2022-12-31' as deadline, date '2022-12-31' as original_deadline,
    case when range < 3 then date '2022-06-01' end as completed_on
from range(5);

create table fct_organisation_changes as
select 'QD-1|H28.50|' as change_key, 'QD-1' as event_code, 'rename' as event_type, 'H28.1' as agency_code;

create table fct_staff_assignments as
select sha256('person') as person_key, 'H28.1' as source_agency_code, date '2015-01-01' as start_on, 'H28.1' as agency_code;

create table data_quality as
select * from (values
    ('dossiers', 'dvcqg', '*', 'bad_type', 'received_at', 'quarantined', 1),
    ('dossiers', '*', '*', 'state_disagrees', '*', 'suspicious', 0),
    ('dossiers', 'dvcqg', 'H28.1', 'agency_not_delivered', '*', 'suspicious', 0)
) as listed (feed, source_name, agency_code, quality_class, field, origin, records);

-- One survey: ten people for each of two agencies, and one agency that two people judged.
create table satisfaction as
with asked as (
    select * from (values ('H28.1', 10, 10), ('H28.20', 10, 9), ('H28.20.1', 2, 2)) as asked (agency_code, people, satisfied)
),
units as (
    select * from asked
    union all
    select '*', sum(people), sum(satisfied) from asked
),
factors as (
    select unnest(['access', 'procedure', 'staff', 'result', 'feedback', '*']) as factor
),
counted as (
    select
        surveys.survey_code, units.agency_code, factors.factor, units.people as respondents,
        units.people * if(factor = '*', 5, 1) as answers,
        units.satisfied * if(factor = '*', 5, 1) as satisfied,
        units.agency_code <> '*' and units.people < 5 as is_too_few
    from units cross join factors cross join (select unnest(['*', 'SIPAS-2022']) as survey_code) as surveys
)
select
    2022 as year, survey_code, agency_code, factor, if(is_too_few, 'too_few', 'shown') as status, respondents, answers,
    answers as weights_sum, if(is_too_few, null, satisfied) as satisfied_weight,
    if(is_too_few, null, 1.25) as design_effect, if(is_too_few, null, respondents / 1.25) as effective_n,
    if(is_too_few, null, cast(satisfied as double) / answers) as estimate, if(is_too_few, null, 0.1) as lower_bound,
    if(is_too_few, null, 1) as upper_bound, 5 as minimal_respondents
from counted;

create table members as
select scope.period_code, dossiers.*, received_at >= start_at as is_received, coalesce(closed_at < end_at, false) as is_closed
from fct_dossiers as dossiers
join scope on received_at < end_at and (received_at >= start_at or closed_at is null or closed_at >= start_at);

create table form_06a as
select
    period_code, 'state' as calendar, block, agency_code, sector_code,
    count(*) filter (where is_received and channel = '2') as received_online,
    count(*) filter (where is_received and channel <> '2') as received_direct,
    count(*) filter (where not is_received) as carried_over,
    0 as reopened,
    count(*) as received_total,
    count(*) filter (where is_closed) as resolved_early,
    0 as resolved_on_time, 0 as resolved_late, 0 as resolved_returned,
    count(*) filter (where is_closed) as resolved_total,
    count(*) filter (where not is_closed) as in_progress_on_time,
    0 as in_progress_late, 0 as in_progress_suspended,
    count(*) filter (where not is_closed) as in_progress_total
from members
group by all;

-- Counts per member of the grain; a province's figures that come from elsewhere are constants.
create table counted as
with by_agency as (
    select
        period_code, agency_level, agency_code,
        count(*) filter (where is_received) as received,
        count(*) filter (where is_received and channel = '2') as online,
        count(*) filter (where is_closed) as resolved,
        count(*) filter (where not is_closed) as in_progress
    from members
    group by all
),
by_member as (
    select * from by_agency
    union all
    select period_code, agency_level, '*', sum(received), sum(online), sum(resolved), sum(in_progress)
    from by_agency group by all
    union all
    select period_code, '*', '*', sum(received), sum(online), sum(resolved), sum(in_progress) from by_agency group by all
),
procedures as (
    select level as agency_level, count(*) as procedures from dim_procedure group by level
    union all
    select '*', count(*) from dim_procedure
)
select period_code, indicator_code, variant, agency_level, agency_code,
    case indicator_code
        when 'dossiers_received' then received
        when 'dossiers_resolved' then resolved
        when 'dossiers_in_progress' then in_progress
        when 'dossiers_on_time_rate' then resolved
        when 'online_dossiers_rate' then online
        when 'dossiers_certification_received' then if(variant = 'without', received, 0)
        when 'dossiers_certification_on_time_rate' then if(variant = 'without', resolved, 0)
        when 'dossiers_online_filed_by' then if(variant = 'self', online, 0)
        else 0
    end as numerator,
    case indicator_code
        when 'dossiers_on_time_rate' then resolved
        when 'dossiers_certification_on_time_rate' then if(variant = 'without', resolved, 0)
        when 'online_dossiers_rate' then received
        else 0
    end as denominator
from by_member cross join indicators
where grain = 'agency'
union all
select period_code, indicator_code, variant, agency_level, '*', procedures, procedures
from procedures cross join indicators cross join scope
where grain = 'level' and indicator_code like 'procedures%'
union all
select period_code, indicator_code, variant, agency_level, '*', units, units
from (values ('*', 3), ('province', 2), ('district', 1), ('commune', 0)) as regulated (agency_level, units)
cross join indicators cross join scope
where indicator_code = 'functions_regulated_rate'
union all
select period_code, figures.indicator_code, figures.variant, '*', '*', figures.numerator, figures.denominator
from (values
    ('service_index_766', 'default', 21, 24), ('service_index_766', 'openness', 2, 4),
    ('service_index_766', 'progress', 19, 20),
    ('par_index', 'self', 90, 100), ('par_index', 'appraised', 86, 100), ('par_index', 'final', 86, 100),
    ('tasks_assigned', 'default', 5, null), ('tasks_completed_on_time', 'default', 3, null),
    ('tasks_completed_late', 'default', 0, null), ('tasks_in_progress_on_time', 'default', 2, null),
    ('tasks_in_progress_overdue', 'default', 0, null), ('tasks_extended', 'default', 1, null),
    ('task_completion_rate', 'default', 3, 5),
    ('task_on_time_rate', 'extended', 3, 3), ('task_on_time_rate', 'original', 2, 3),
    ('dialogues_held', 'default', 1, null), ('par_index_published', 'default', 3, 3),
    ('task_level_published', 'default', 3, 3), ('surveys_conducted', 'default', 1, null),
    ('one_stop_coverage_province', 'default', 1, 1), ('one_stop_coverage_district', 'default', 1, 1),
    ('one_stop_coverage_commune', 'default', 1, 1),
    ('public_service_units_reduced', 'net', 119, null), ('public_service_units_reduced', 'dissolved_or_merged', 125, null),
    ('public_service_units_reduced', 'created', 8, null), ('public_service_units_reduced', 'converted', 1, null),
    ('public_service_units_reduced', 'transferred', 1, null),
    ('subordinate_units_reduced', 'net', 51, null), ('subordinate_units_reduced', 'dissolved_or_merged', 51, null),
    ('deputy_norm_compliance_rate', 'default', 2, 3), ('deputy_norm_compliance_rate', 'department_average', 1, 1),
    ('deputy_norm_not_judged', 'default', 1, null),
    ('payroll_used_rate', 'default', 1, 2), ('self_financing_units_rate', 'computed', 1, 3),
    ('self_financing_units_rate', 'granted', 2, 3), ('units_converted_to_self_financing', 'default', 1, null)
) as figures (indicator_code, variant, numerator, denominator)
cross join scope
union all
-- One a month: documents planned and checked, feedback due, ratings given.
select scope.period_code, indicator_code, variant, '*', '*', count(*), count(*)
from scope
join periods as months on months.kind = 'month' and months.start_on >= scope.start_on and months.end_on <= scope.end_on
cross join indicators
where indicator_code in (
    'legal_documents_on_schedule_rate', 'unlawful_documents_handled_rate', 'feedback_on_time_rate',
    'ratings_satisfaction_rate'
)
group by all
union all
select scope.period_code, 'satisfaction_rate', if(factor = '*', 'default', factor), '*', '*', satisfied_weight, weights_sum
from satisfaction join scope using (year)
where survey_code = '*' and agency_code = '*';

create table indicator_values as
with members as (
    select '*' as agency_level, '*' as agency_code, 'province' as grain
    union all
    select distinct agency_level, '*', 'level' from fct_dossiers
    union all
    select distinct agency_level, agency_code, 'agency' from fct_dossiers
),
grid as (
    select scope.period_code, scope.calendar, scope.end_on, indicators.*, members.agency_level, members.agency_code
    from scope
    join indicators on indicators.valid_from <= scope.end_on and (indicators.valid_to is null or indicators.valid_to > scope.end_on)
    join members on
        members.grain = 'province'
        or members.grain = 'level' and indicators.grain in ('level', 'agency')
        or members.grain = 'agency' and indicators.grain = 'agency'
),
judged as (
    select
        grid.*, targets.operator, targets.target,
        grid.source_model is null as is_unbuilt,
        coalesce(counted.numerator, 0) as found_numerator,
        case when unit in ('ratio', 'points') then coalesce(counted.denominator, 0) end as found_denominator
    from grid
    left join counted using (period_code, indicator_code, variant, agency_level, agency_code)
    left join targets on
        grid.indicator_code = targets.indicator_code and grid.variant = targets.variant
        and targets.valid_from <= end_on and (targets.valid_to is null or targets.valid_to > end_on)
        and (targets.applies_to = 'every_level' or grid.agency_level = '*')
)
select
    period_code, calendar, indicator_code, variant, area_code, agency_level, agency_code, unit, operator, target,
    case when not is_unbuilt then cast(found_numerator as decimal(28, 8)) end as numerator,
    case when not is_unbuilt then cast(found_denominator as decimal(28, 8)) end as denominator,
    case
        when is_unbuilt or found_denominator = 0 then null
        when unit = 'ratio' then cast(found_numerator as double) / cast(found_denominator as double)
        else cast(found_numerator as double)
    end as value,
    case
        when is_unbuilt then 'not_assessed'
        when found_denominator = 0 then 'not_applicable'
        when target is null then 'no_target'
        when case operator
            when '=' then found_numerator = target * coalesce(found_denominator, 1)
            when '>' then found_numerator > target * coalesce(found_denominator, 1)
            when '>=' then found_numerator >= target * coalesce(found_denominator, 1)
            else found_numerator <= target * coalesce(found_denominator, 1)
        end then 'met'
        else 'missed'
    end as status,
    case when is_unbuilt then 'model_not_built' when found_denominator = 0 then 'denominator_zero' end as reason
from judged;

create table headline_figures as
select figures.*, is_headline, label_vi, label_en, definition_vi, definition_en, source_model
from indicator_values as figures
join indicators using (indicator_code, variant)
where period_code = '2022-9M' and agency_level = '*'
    and indicator_code in (select indicator_code from indicators where is_headline);

create table indicator_values_by_geography as
select
    geography, case when geography = 'as_is' then date '2022-10-01' end as geography_on, period_code, indicator_code,
    variant, agency_level, agency_code, numerator, denominator, value, unit, false as is_estimated
from indicator_values
cross join (values ('as_was'), ('as_is')) as geographies (geography)
where period_code = '2022-9M' and agency_code <> '*' and numerator is not null;
