{#
    One row per period and dossier received before its end whose day due in force falls in it, unless it was withdrawn
    or refused by then. An open one counts as not on time, a suspended one too.
#}
select
    at_end.period_code,
    dossiers.dossier_key,
    at_end.agency_code,
    at_end.agency_level,
    at_end.block,
    at_end.procedure_code,
    at_end.sector_code,
    at_end.due_at,
    at_end.kind_at_end,
    at_end.kind_at_end = 'finished' and at_end.is_on_time_by_closing as is_on_time
from {{ ref('int_dossiers__at_period_ends') }} as at_end
inner join {{ ref('int_dossiers__current') }} as dossiers on at_end.dossier_sk = dossiers.dossier_sk
where at_end.is_due
