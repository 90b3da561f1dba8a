{# One row per request for a supplement of a known dossier, by the dossier's number in this build. #}
select
    dossiers.dossier_sk,
    supplements.requested_at,
    coalesce(supplements.requested_at_has_time, true) as requested_has_time,
    supplements.answered_at,
    coalesce(supplements.answered_at_has_time, true) as answered_has_time,
    supplements.due_before,
    coalesce(supplements.due_before_has_time, true) as due_before_has_time,
    supplements.due_after,
    coalesce(supplements.due_after_has_time, true) as due_after_has_time
from {{ ref('stg_dossier_supplements') }} as supplements
inner join {{ ref('int_dossiers__current') }} as dossiers on supplements.dossier_code = dossiers.dossier_code
