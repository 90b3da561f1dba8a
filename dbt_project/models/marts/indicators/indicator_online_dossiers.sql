{#
    Online filing and payment among the dossiers received, digitisation among those finished in the period. The service
    level is that of the procedure at receipt, read by the scheme in force on that day.
#}
with offers as (
    select
        receipts.dossier_sk,
        service_levels.is_online,
        service_levels.is_full
    from {{ ref('int_dossiers__received') }} as receipts
    inner join {{ ref('service_levels') }} as service_levels
        on
            receipts.service_level = service_levels.online_level
            and {{ in_force_on('cast(receipts.received_at as date)', 'service_levels') }}
),

dossiers as (
    select
        dossiers.period_code,
        dossiers.agency_level,
        dossiers.agency_code,
        dossiers.is_received,
        dossiers.is_received and coalesce(dossiers.channel = '2', false) as is_filed_online,
        dossiers.is_received and coalesce(offers.is_online, false) as is_offered_online,
        dossiers.is_received and coalesce(offers.is_full, false) as is_offered_in_full,
        coalesce(dossiers.filed_by = 'self', false) as is_self_filed,
        dossiers.is_received and coalesce(dossiers.fee_amount > 0, false) as has_fee,
        coalesce(dossiers.paid_online, false) as is_paid_online,
        dossiers.kind_at_end = 'finished' as is_finished,
        coalesce(dossiers.has_digitised_components, false) as is_digitised,
        coalesce(dossiers.has_electronic_result, false) as has_electronic_result,
        coalesce(dossiers.reused_components > 0, false) as has_reused_data
    from {{ ref('int_dossiers__at_period_ends') }} as dossiers
    left join offers on dossiers.dossier_sk = offers.dossier_sk
    where dossiers.is_member
),

counted as (
    select
        period_code,
        agency_level,
        agency_code,
        count(*) filter (where is_received) as received,
        count(*) filter (where is_filed_online) as online,
        count(*) filter (where is_offered_online) as offered,
        count(*) filter (where is_offered_online and is_filed_online) as offered_online,
        count(*) filter (where is_offered_in_full) as full_offered,
        count(*) filter (where is_offered_in_full and is_filed_online) as full_online,
        count(*) filter (where is_filed_online and is_self_filed) as self_filed,
        count(*) filter (where has_fee) as with_fee,
        count(*) filter (where has_fee and is_paid_online) as paid_online,
        count(*) filter (where is_finished) as finished,
        count(*) filter (where is_finished and is_digitised) as digitised,
        count(*) filter (where is_finished and has_electronic_result) as electronic,
        count(*) filter (where is_finished and has_reused_data) as reused
    from dossiers
    group by period_code, agency_level, agency_code
)

{{ indicator_rows('counted', [
    ['online_dossiers_rate', 'all', 'online', 'received'],
    ['online_dossiers_rate', 'offered_online', 'offered_online', 'offered'],
    ['online_dossiers_rate', 'full_only', 'full_online', 'full_offered'],
    ['online_dossiers_rate', 'self_filed', 'self_filed', 'received'],
    ['online_payment_rate', 'default', 'paid_online', 'with_fee'],
    ['digitised_dossiers_rate', 'default', 'digitised', 'finished'],
    ['electronic_results_rate', 'default', 'electronic', 'finished'],
    ['reused_data_rate', 'default', 'reused', 'finished'],
], depth='agency') }}
