{#
    Points by proportion, to four decimals, rounded half up once: nothing at or below the share `zero_share`, all of the
    maximum from `full_share` on, a straight line between them. On whole numbers, so that no engine rounds otherwise;
    null where the denominator is 0.
#}
{% macro proportional_points(numerator, denominator, maximum, zero_share, full_share) -%}
    cast(round({{ whole_quotient(
        twice_the_points(numerator, denominator, maximum, zero_share, full_share),
        '2 * ' ~ span_of_shares(denominator, zero_share, full_share)
    ) }}) / 10000 as decimal(9, 4))
{%- endmacro %}

{# 1 stands as 10,000: shares and points have four decimals. #}
{% macro ten_thousandths(number) -%}
    cast({{ number }} * 10000 as decimal(38, 0))
{%- endmacro %}

{# 1 stands as 100,000,000: counts that are weighted have eight decimals. #}
{% macro whole_weights(number) -%}
    cast({{ number }} * 100000000 as decimal(38, 0))
{%- endmacro %}

{% macro span_of_shares(denominator, zero_share, full_share) -%}
    (({{ ten_thousandths(full_share) }} - {{ ten_thousandths(zero_share) }}) * {{ whole_weights(denominator) }})
{%- endmacro %}

{# Twice the points in ten-thousandths times the span, and once the span: its quotient by 2 spans is rounded half up. #}
{% macro twice_the_points(numerator, denominator, maximum, zero_share, full_share) -%}
    (
        2 * {{ ten_thousandths(maximum) }} * least(
            greatest(
                {{ whole_weights(numerator) }} * 10000
                - {{ ten_thousandths(zero_share) }} * {{ whole_weights(denominator) }},
                0
            ),
            {{ span_of_shares(denominator, zero_share, full_share) }}
        )
        + {{ span_of_shares(denominator, zero_share, full_share) }}
    )
{%- endmacro %}

{# How many times a whole number goes into another: exact up to what a double holds of the quotient. #}
{% macro whole_quotient(dividend, divisor) -%}
    ({{ dividend }} - {{ dividend }} % nullif({{ divisor }}, 0)) / nullif({{ divisor }}, 0)
{%- endmacro %}

{#
    All of the maximum where the share (of a count: the count) stands to `full_share` as the column `operator` says,
    else nothing: a quota is held at or below its bound, dialogues are held at or above it. Null where the denominator
    is 0, and where the criterion names no operator.
#}
{% macro step_points(numerator, denominator, maximum, operator, full_share) -%}
    {%- set bound = full_share ~ ' * coalesce(' ~ denominator ~ ', 1)' -%}
    case
        when {{ denominator }} = 0 then null
        when {{ compares(numerator, operator, bound) }} then {{ maximum }}
        when not {{ compares(numerator, operator, bound) }} then cast(0 as decimal(9, 4))
    end
{%- endmacro %}

{# A sum that is null where one of its parts is: a total of some criteria is no total. #}
{% macro sum_of_all(column) -%}
    cast(case when count({{ column }}) = count(*) then sum({{ column }}) end as decimal(18, 4))
{%- endmacro %}

{#
    The province of each year: the member whose time as the province began last by 31 December. A merger on 01/07/2025
    gives the whole year to the new one.

    years     relation with a column year
    agencies  relation of dated agency versions
#}
{% macro province_of_each_year(years, agencies) -%}
    select
        year,
        agency_code
    from (
        select
            years.year,
            versions.agency_code,
            row_number() over (partition by years.year order by versions.valid_from desc, versions.agency_code asc) as place
        from (select distinct year from {{ years }}) as years
        inner join {{ agencies }} as versions
            on
                versions.kind = 'province'
                and versions.valid_from <= cast(concat(years.year, '-12-31') as date)
    ) as begun
    where place = 1
{%- endmacro %}

{# The model that turns the indices into figures: it reads what the others count, so they never read it. #}
{% macro model_of_indices() -%}
    {{ return('indicator_indices') }}
{%- endmacro %}
