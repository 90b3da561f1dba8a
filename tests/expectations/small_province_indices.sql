-- Two components that are assessed, the first from 90 % on, one whose rule is unverified; the province and two departments scored for 2021.
create table service_index_766 as
select
    period_code, 'state' as calendar, 'S' as scheme, agency_level, agency_code, component_code, group_code, component_code as label_vi,
    points, case when points is not null then maximum end as assessable_maximum, maximum, group_maximum, 46 as scheme_maximum,
    numerator, denominator, zero_share, full_share, status, reason, status = 'assessed' as is_verified
from (values
    ('I.1', 'I', 2, 4, 18, 19, 20, 0.9, 1, 'assessed', null), ('II.1', 'II', 19, 20, 20, 19, 20, 0, 1, 'assessed', null),
    ('IV.a.3', 'IV', null, 6, 8, 1, 10, 0, 0.5, 'not_assessed', 'rule_unverified')
) as components (component_code, group_code, points, maximum, group_maximum, numerator, denominator, zero_share, full_share, status, reason)
cross join scope
cross join (values ('*', '*'), ('province', 'H28.1')) as agencies (agency_level, agency_code);

create table par_index as
with leaves as (
    select scheme, agency_code, peer_group, criterion_code, maximum, self_points, appraised_points, appraised_points as final_points
    from (values
        ('PAR-2020', 'H28', 'province', '1', 40, 36, 34), ('PAR-2020', 'H28', 'province', '2', 60, 54, 52),
        ('OWN', 'H28.1', 'department', '1', 40, 40, 38), ('OWN', 'H28.1', 'department', '2', 60, 50, 50),
        ('OWN', 'H28.9', 'department', '1', 40, 36, 36), ('OWN', 'H28.9', 'department', '2', 60, 52, 52)
    ) as scored (scheme, agency_code, peer_group, criterion_code, maximum, self_points, appraised_points)
)
select
    2021 as year, *, agency_code as source_agency_code, 'leaf' as criterion_kind, true as is_scored, scheme = 'PAR-2020' as is_scheme_known,
    self_points - appraised_points as difference, case when self_points <> appraised_points then 'evidence_missing' end as difference_reason_code,
    scheme = 'PAR-2020' and criterion_code = '2' as is_maximum_verified,
    case when scheme = 'PAR-2020' and criterion_code = '2' then 60 end as scheme_maximum, null as peer_rank
from leaves
union all
select
    2021, scheme, agency_code, peer_group, '*', sum(maximum), sum(self_points), sum(appraised_points), sum(final_points),
    agency_code, 'total', true, scheme = 'PAR-2020', sum(self_points - appraised_points), null, false, 100,
    case when peer_group = 'department' then 1 end
from leaves group by all;
