{#
    One row per dossier and time that its due date was put off at or after expiry: in the record itself (`record`: a
    later version carries a later date that no supplement gave), or by a supplement requested then (`supplement`). Of a
    record only the deliveries are known: the date was changed after `unchanged_until` and not after `changed_by`;
    `is_certain` where it still stood unchanged when it expired.
#}
with dossiers as (
    select * from {{ ref('int_dossiers__current') }}
),

supplements as (
    select
        dossier_sk,
        requested_at,
        {{ due_moment('due_before', 'due_before_has_time') }} as due_before,
        {{ due_moment('due_after', 'due_after_has_time') }} as due_after
    from {{ ref('int_dossiers__supplements') }}
    where due_after is not null
),

versions as (
    select
        dossiers.dossier_sk,
        versions.updated_at,
        versions.extract_date,
        versions.recorded_at,
        versions.file_line,
        versions.file_id,
        {{ due_moment('versions.due_at', 'coalesce(versions.due_at_has_time, true)') }} as due_at
    from {{ ref('stg_dossier_versions') }} as versions
    inner join dossiers on versions.dossier_code = dossiers.dossier_code
    where dossiers.is_due_changed and versions.due_at is not null
),

in_order as (
    select
        dossier_sk,
        due_at,
        updated_at,
        lag(due_at) over record as previous_due_at,
        lag(updated_at) over record as previous_updated_at
    from versions
    window record as (
        partition by dossier_sk
        order by updated_at nulls first, extract_date, recorded_at, file_line, file_id
    )
),

put_off as (
    select
        in_order.dossier_sk,
        'record' as rewritten_in,
        in_order.previous_due_at as due_before,
        in_order.due_at as due_after,
        in_order.previous_updated_at as unchanged_until,
        in_order.updated_at as changed_by
    from in_order
    left join supplements
        on in_order.dossier_sk = supplements.dossier_sk and in_order.due_at = supplements.due_after
    where in_order.due_at > in_order.previous_due_at and supplements.dossier_sk is null
    union all
    select
        dossier_sk,
        'supplement' as rewritten_in,
        due_before,
        due_after,
        requested_at as unchanged_until,
        requested_at as changed_by
    from supplements
    where due_after > due_before
),

thresholds as (
    {{ qc_threshold('due_rewritten_before_due') }}
)

select
    dossiers.dossier_key,
    received.agency_code,
    dossiers.source_name,
    put_off.rewritten_in,
    put_off.due_before,
    put_off.due_after,
    put_off.unchanged_until,
    put_off.changed_by,
    put_off.unchanged_until >= put_off.due_before as is_certain
from put_off
inner join thresholds on {{ in_force_on('cast(put_off.changed_by as date)', 'thresholds') }}
inner join dossiers on put_off.dossier_sk = dossiers.dossier_sk
inner join {{ ref('int_dossiers__received') }} as received on put_off.dossier_sk = received.dossier_sk
where put_off.changed_by >= put_off.due_before - thresholds.value * interval '1' minute
