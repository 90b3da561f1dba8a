{#
    Tables and views are made in their place at once. The build database is new in every run and nobody reads it before
    the run ends, so the usual detour (build beside, rename, drop what was there) would protect nothing.
#}
{% materialization table, adapter='duckdb' %}
    {{ return(make_in_place('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(make_in_place('view')) }}
{% endmaterialization %}

{% macro make_in_place(kind) -%}
    {%- set relation = this.incorporate(type=kind) -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks) }}
    {% if existing is not none %}{% do adapter.drop_relation(existing) %}{% endif %}
    {% call statement('main') -%}
        {{ create_table_as(False, relation, sql) if kind == 'table' else create_view_as(relation, sql) }}
    {%- endcall %}
    {% do persist_docs(relation, model) %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{%- endmacro %}

{# The comments of a relation's columns. A contract has just proved that the columns exist: no need to ask again. #}
{% macro duckdb__alter_column_comment(relation, column_dict) -%}
    {% for name, column in column_dict.items() %}
    comment on column {{ relation }}.{{ adapter.quote(name) }} is {{ duckdb_escape_comment(column['description']) }};
    {% endfor %}
{%- endmacro %}
