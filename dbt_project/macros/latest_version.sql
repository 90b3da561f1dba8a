{#
    The current version of each record of a feed that was not withdrawn.

    relation    name of a CTE or relation with the lineage columns of raw (extract_date, recorded_at, file_line,
                file_id, deleted_at) and normalised keys
    feed        name of the feed in raw.deliveries
    keys        key columns; null equals null
    updated_at  column that says which version is newer, where the feed has one

    Of rows with the same key: updated_at latest (null last), then extract_date, recorded_at, line. A record is
    withdrawn where that version says deleted_at by known-at, or a later snapshot of the same cover lacks the key.
    Yields the columns of the relation and `version_rank`, which is 1.

    row_id      columns, never null, that name a row of the relation. Where they are given, versions are ranked by these columns
                alone and joined back, which is cheaper for wide and long feeds than carrying all columns along
#}
{% macro latest_version(relation, feed, keys, updated_at=none, row_id=none) -%}
    select versions.*
    from (
        {%- if row_id %}
        select
            rows_of_feed.*,
            ranked.version_rank
        from {{ relation }} as rows_of_feed
        inner join (
            select
                {{ row_id | join(', ') }},
                {{ rank_of_version(keys, updated_at) }} as version_rank
            from {{ relation }}
        ) as ranked
            on {% for column in row_id %}{{ 'and ' if not loop.first }}rows_of_feed.{{ column }} = ranked.{{ column }}
            {% endfor %}
        where ranked.version_rank = 1
        {%- else %}
        select
            rows_of_feed.*,
            {{ rank_of_version(keys, updated_at) }} as version_rank
        from {{ relation }} as rows_of_feed
        {%- endif %}
    ) as versions
    left join ({{ snapshot_withdrawals(relation, feed, keys) }}) as withdrawn
        on {% for key in keys %}{{ 'and ' if not loop.first }}versions.{{ key }} is not distinct from withdrawn.{{ key }}
        {% endfor %}
    cross join {{ source('raw', 'run_context') }} as run_context
    where
        versions.version_rank = 1
        and withdrawn.withdrawn_at is null
        and (versions.deleted_at is null or versions.deleted_at > run_context.known_at)
{%- endmacro %}

{# 1 for the newest version of each record. #}
{% macro rank_of_version(keys, updated_at=none) -%}
    row_number() over (
        partition by {{ keys | join(', ') }}
        order by {{ newest_first(updated_at) }}
    )
{%- endmacro %}

{# The order of versions of one record, newest first. #}
{% macro newest_first(updated_at=none) -%}
    {% if updated_at %}{{ updated_at }} desc nulls last, {% endif -%}
    extract_date desc, recorded_at desc, file_line desc, file_id desc
{%- endmacro %}

{#
    Keys that a snapshot withdrew, with the moment: they stood in an earlier snapshot of a source and cover, its
    latest snapshot lacks them, and nothing has delivered them since. Columns: keys, withdrawn_at.
#}
{% macro snapshot_withdrawals(relation, feed, keys) -%}
    select
        {% for key in keys %}missing.{{ key }}, {% endfor %}
        missing.withdrawn_at
    from (
        select
            {% for key in keys %}rows_of_feed.{{ key }}, {% endfor %}
            max(snapshots.latest_recorded_at) as withdrawn_at
        from {{ relation }} as rows_of_feed
        inner join ({{ snapshot_files(feed) }}) as snapshots on rows_of_feed.file_id = snapshots.file_id
        where not snapshots.is_latest
        group by {% for key in keys %}rows_of_feed.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
    ) as missing
    where not exists (
        select 1
        from {{ relation }} as later
        left join ({{ snapshot_files(feed) }}) as snapshots on later.file_id = snapshots.file_id
        where
            {% for key in keys %}later.{{ key }} is not distinct from missing.{{ key }} and {% endfor %}
            coalesce(snapshots.is_latest, true)
            and later.recorded_at >= missing.withdrawn_at
    )
{%- endmacro %}

{# Files of a feed that are complete snapshots: which one is the latest of its source and cover. #}
{% macro snapshot_files(feed) -%}
    select
        file_id,
        first_value(file_id) over (
            partition by source_name, covers order by extract_date desc, recorded_at desc, file_id desc
        ) = file_id as is_latest,
        first_value(recorded_at) over (
            partition by source_name, covers order by extract_date desc, recorded_at desc, file_id desc
        ) as latest_recorded_at
    from {{ source('raw', 'deliveries') }}
    where feed = '{{ feed }}' and mode = 'snapshot'
{%- endmacro %}
