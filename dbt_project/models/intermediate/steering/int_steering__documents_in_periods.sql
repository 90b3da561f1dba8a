{#
    One row per period and legal document that counts in it: planned for a day in it, or checked on a day in it. A
    document planned in one month and checked in another counts in both, each time for what happened there.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

documents as (
    select * from {{ ref('stg_legal_documents') }}
),

placed as (
    select
        periods.period_code,
        periods.end_at,
        documents.*,
        coalesce(
            documents.planned_on >= periods.start_on and documents.planned_on < periods.end_at, false
        ) as is_planned,
        coalesce(
            documents.checked_on >= periods.start_on and documents.checked_on < periods.end_at, false
        ) as is_checked
    from periods
    cross join documents
)

select
    period_code,
    document_no,
    is_planned,
    is_planned and coalesce(issued_on <= planned_on, false) as is_on_schedule,
    is_checked and coalesce(found_unlawful, false) as is_unlawful,
    is_checked and coalesce(found_unlawful, false) and coalesce(handled_on < end_at, false) as is_handled
from placed
where is_planned or is_checked
