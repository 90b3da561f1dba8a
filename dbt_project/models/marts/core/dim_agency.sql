{# One row per agency and dated version. An agency has several rows: join on the day, never on the code alone. #}
select * from {{ ref('int_agencies__versioned') }}
