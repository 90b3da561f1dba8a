{#
    The on-time rate under each of its lawful definitions, per agency at receipt, with what the strict one leaves out.
    A late dossier under one definition is on time under another: never compare rates of two variants.
#}
with dossiers as (
    select
        period_code,
        agency_level,
        agency_code,
        is_member,
        is_member and kind_at_end <> 'open' as is_resolved,
        is_member and kind_at_end = 'open' as is_in_progress,
        is_in_progress_late,
        is_due,
        is_due and kind_at_end = 'finished' and coalesce(is_on_time_by_closing, false) as is_due_met,
        coalesce(resolved_class in ('early', 'on_time'), false) as is_on_time,
        coalesce(is_on_time_by_closing, false) as is_on_time_by_closing,
        coalesce(is_on_time_recomputed, false) as is_on_time_recomputed,
        coalesce(has_no_expected_due, false) as has_no_expected_due,
        coalesce(kind_at_end = 'finished' and is_same_day, false) as is_same_day,
        coalesce(strict_class, 'open') as strict_class
    from {{ ref('int_dossiers__at_period_ends') }}
),

counted as (
    select
        period_code,
        agency_level,
        agency_code,
        count(*) filter (where is_resolved) as resolved,
        count(*) filter (where is_resolved and is_on_time) as on_time,
        count(*) filter (where is_member) as members,
        count(*) filter (
            where (is_resolved and is_on_time_by_closing) or (is_in_progress and not is_in_progress_late)
        ) as on_time_766,
        count(*) filter (where is_resolved and strict_class = 'on_time') as strict_on_time,
        count(*) filter (where is_resolved and strict_class in ('on_time', 'late')) as strict_all,
        count(*) filter (where is_resolved and strict_class = 'excluded_no_due') as strict_no_due,
        count(*) filter (where is_resolved and strict_class = 'excluded_returned') as strict_returned,
        count(*) filter (where is_resolved and is_on_time_recomputed) as recomputed_on_time,
        count(*) filter (where is_resolved and has_no_expected_due) as recomputed_no_expected_due,
        count(*) filter (where is_due_met) as due_met,
        count(*) filter (where is_due) as due,
        count(*) filter (where is_resolved and is_on_time and not is_same_day) as on_time_not_same_day,
        count(*) filter (where is_resolved and not is_same_day) as resolved_not_same_day
    from dossiers
    group by period_code, agency_level, agency_code
)

{{ indicator_rows('counted', [
    ['dossiers_on_time_rate', 'form_06a', 'on_time', 'resolved'],
    ['dossiers_on_time_rate', 'index_766', 'on_time_766', 'members'],
    ['dossiers_on_time_rate', 'strict', 'strict_on_time', 'strict_all'],
    ['dossiers_on_time_rate', 'due_cohort', 'due_met', 'due'],
    ['dossiers_on_time_rate', 'recomputed', 'recomputed_on_time', 'resolved'],
    ['dossiers_same_day_excluded_on_time_rate', 'default', 'on_time_not_same_day', 'resolved_not_same_day'],
    ['strict_excluded_no_due', 'default', 'strict_no_due', none],
    ['strict_excluded_returned', 'default', 'strict_returned', none],
    ['recomputed_no_expected_due', 'default', 'recomputed_no_expected_due', none],
], depth='agency') }}
