{#
    One row per dossier: its current version, unless the record was withdrawn. Dossiers that were never received are
    here too; int_dossiers__received says which count. `applicant_sk` and `phone_sk` are equal where two dossiers name
    the same person or telephone; they serve joins inside one build and are never published.
#}
with current_versions as (
    {{ latest_version(
        source('raw', 'dossiers'), 'dossiers', ['dossier_code'], 'updated_at', row_id=['dossier_code', 'file_id', 'file_line']
    ) }}
)

select
    dossier_code,
    dossier_key,
    {{ normalise_procedure_code('procedure_code') }} as procedure_code,
    {{ normalise_agency_code('agency_code') }} as agency_code,
    channel,
    filed_by,
    applicant_type,
    {{ short_key('applicant_id_key') }} as applicant_sk,
    {{ short_key('applicant_phone_key') }} as phone_sk,
    has_placeholder_identity,
    commune_code,
    submitted_at,
    submitted_at_has_time,
    received_at,
    received_at_has_time,
    due_at,
    due_at_has_time,
    finished_at,
    finished_at_has_time,
    returned_at,
    returned_at_has_time,
    refused_at,
    cast(status as smallint) as status,
    result_delivery,
    has_digitised_components,
    has_electronic_result,
    reused_components,
    paid_online,
    fee_amount,
    synced_to_national,
    updated_at,
    source_name,
    recorded_at
from current_versions
