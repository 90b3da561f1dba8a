{# Specialised agencies of province and districts with a functions regulation issued since the baseline. #}
with counted as (
    select
        period_code,
        agency_level,
        count(*) filter (where is_regulated) as regulated,
        count(*) as agencies
    from {{ ref('functions_regulated') }}
    group by period_code, agency_level
)

{{ indicator_rows('counted', [
    ['functions_regulated_rate', 'default', 'regulated', 'agencies'],
], depth='level') }}
