{#
    What was received, and what was resolved less what was reopened, adds up from the months of a period to the
    period, for every block, agency and sector. Periods are judged whose months are all in scope.
#}
{{ config(group='warehouse', meta={'rule_id': 'months_add_up'}) }}

with form as (
    select * from {{ ref('form_06a') }}
),

periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

parts as (
    select
        whole.period_code,
        whole.kind,
        months.period_code as month_code
    from periods as whole
    inner join periods as months
        on whole.start_at <= months.start_at and months.end_at <= whole.end_at
    where whole.kind <> 'month' and months.kind = 'month'
),

complete as (
    select period_code
    from parts
    group by period_code, kind
    having
        count(*) = case kind
            when 'quarter' then 3
            when 'half' then 6
            when 'nine_months' then 9
            else 12
        end
),

sides as (
    select
        parts.period_code,
        form.block,
        form.agency_code,
        form.sector_code,
        form.received_online,
        form.received_direct,
        form.resolved_total - form.reopened as resolved
    from form
    inner join parts on form.period_code = parts.month_code
    union all
    select
        period_code,
        block,
        agency_code,
        sector_code,
        -received_online as received_online,
        -received_direct as received_direct,
        reopened - resolved_total as resolved
    from form
)

select
    sides.period_code,
    sides.block,
    sides.agency_code,
    sides.sector_code,
    sum(sides.received_online) as received_online_too_many,
    sum(sides.received_direct) as received_direct_too_many,
    sum(sides.resolved) as resolved_too_many
from sides
inner join complete on sides.period_code = complete.period_code
group by sides.period_code, sides.block, sides.agency_code, sides.sector_code
having sum(sides.received_online) <> 0 or sum(sides.received_direct) <> 0 or sum(sides.resolved) <> 0
