-- Organisation, civil service and finance of the small province: read after small_province.sql, whose periods it uses.
create table organisation_flows as
select 'U' || range as agency_code, date '2010-01-01' as happened_on, 1 as change, 'public_service_unit' as kind,
    'province' as level, 'H28.1' as manager_code, 'created' as cause
from range(684)
union all
select 'S' || range, date '2010-01-01', 1, 'subordinate_unit', 'province', 'H28.1', 'created' from range(200);

create table organisation_stocks as
select scope.period_code, 'state' as calendar, stocks.*
from (values
    ('public_service_unit', 'province', 'H28.1', 'public_service_units_reduced', 803, 8, 125, 1, 1, 684, 684),
    ('subordinate_unit', 'province', 'H28.1', 'subordinate_units_reduced', 251, 0, 51, 0, 0, 200, 200)
) as stocks (
    kind, level, manager_code, indicator_code, at_baseline, created, dissolved_or_merged, converted_out,
    transferred_out, at_start, at_end
)
cross join scope;

create table functions_regulated as
select period_code, 'state' as calendar, agencies.*, true as is_regulated
from (values
    ('province', 'H28.1', 'Sở Tư pháp'), ('province', 'H28.2', 'Sở Nội vụ'), ('district', 'H28.20.8', 'Phòng Tư pháp')
) as agencies (agency_level, agency_code, name_vi)
cross join scope;

create table deputy_norms_compliance as
select period_code, 'state' as calendar, units.*
from (values
    ('H28.1', 'department', 'within', 0, null), ('H28.1.1', 'department_room', 'within', 0, null),
    ('H28.1.2', 'department_room', 'over', 1, null), ('U1', 'service_unit', 'not_assessed', null, 'rule_unverified')
) as units (agency_code, org_kind, status, over_by, reason)
cross join scope;

create table payroll as
select period_code, 'state' as calendar, agencies.*
from (values ('*', 2, 1), ('H28.1', 2, 1)) as agencies (agency_code, quota, present)
cross join scope;

create table unit_autonomy as
select 2021 as year, units.*
from (values ('U1', true, true, true), ('U2', false, true, false), ('U3', false, false, false)) as units (
    agency_code, is_self_financing, is_granted_self_financing, is_converted
);
