{#
    What a period carries over is what the period of the same kind before it left in progress, and what was reopened:
    carried_over(t) = in_progress_total(t-1) + reopened(t), for every block, agency and sector.
#}
{{ config(group='warehouse', meta={'rule_id': 'carried_over_equals_stock'}) }}

with form as (
    select * from {{ ref('form_06a') }}
),

followed as (
    select
        periods.period_code,
        before.period_code as period_before
    from {{ ref('int_periods__in_scope') }} as periods
    inner join {{ ref('int_periods__in_scope') }} as before
        on periods.kind = before.kind and periods.start_at = before.end_at
),

sides as (
    select
        followed.period_code,
        form.block,
        form.agency_code,
        form.sector_code,
        form.carried_over - form.reopened as carried_over,
        0 as left_in_progress
    from form
    inner join followed on form.period_code = followed.period_code
    union all
    select
        followed.period_code,
        form.block,
        form.agency_code,
        form.sector_code,
        0 as carried_over,
        form.in_progress_total as left_in_progress
    from form
    inner join followed on form.period_code = followed.period_before
)

select
    period_code,
    block,
    agency_code,
    sector_code,
    sum(carried_over) as carried_over,
    sum(left_in_progress) as left_in_progress
from sides
group by period_code, block, agency_code, sector_code
having sum(carried_over) <> sum(left_in_progress)
