{#
    One row per period and rating that was given in it to a known dossier, and whether it counts as satisfied by the
    rule in force on the period's last day.
#}
with periods as (
    select
        periods.*,
        rules.value as satisfied_score
    from {{ ref('int_periods__in_scope') }} as periods
    inner join {{ ref('survey_rules') }} as rules
        on rules.rule_code = 'satisfied_score' and {{ in_force_on('periods.last_day', 'rules') }}
),

ratings as (
    select ratings.*
    from {{ ref('stg_ratings') }} as ratings
    inner join {{ ref('int_dossiers__current') }} as dossiers on ratings.dossier_code = dossiers.dossier_code
)

select
    periods.period_code,
    ratings.dossier_code,
    ratings.rated_at,
    ratings.score >= periods.satisfied_score as is_satisfied
from periods
inner join ratings on ratings.rated_at >= periods.start_at and ratings.rated_at < periods.end_at
