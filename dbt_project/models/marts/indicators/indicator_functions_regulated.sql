{# Specialised agencies of province and districts whose functions regulation was issued or amended since the baseline. #}
with counted as (
    select
        {{ totals_as_stars('level') }},
        count(*) filter (where is_regulated) as regulated,
        count(*) as agencies
    from {{ ref('int_agencies__regulated') }}
    group by {{ grouped_to('level') }}
)

{{ indicator_rows('counted', [
    ['functions_regulated_rate', 'default', 'regulated', 'agencies'],
]) }}
