{#
    The due date in force as three columns: that of the last answered supplement (`due_changes`, may be missing),
    unless the dossier's own is later: then its own, and the record counts as rewritten.
#}
{% macro due_in_force(dossiers, due_changes) -%}
    {%- set rewritten -%}
        {{ due_changes }}.due_after is not null
        and {{ dossiers }}.due_at is not null
        and {{ due_moment(dossiers ~ '.due_at', 'coalesce(' ~ dossiers ~ '.due_at_has_time, true)') }}
        > {{ due_moment(due_changes ~ '.due_after', due_changes ~ '.due_after_has_time') }}
    {%- endset -%}
    case
        when {{ due_changes }}.due_after is null or ({{ rewritten }}) then {{ dossiers }}.due_at
        else {{ due_changes }}.due_after
    end as due_at,
    case
        when {{ due_changes }}.due_after is null or ({{ rewritten }}) then coalesce({{ dossiers }}.due_at_has_time, true)
        else {{ due_changes }}.due_after_has_time
    end as due_has_time,
    {{ rewritten }} as is_due_rewritten
{%- endmacro %}

{# Whether a moment lies before receipt; a value without a time is before it only on an earlier day. #}
{% macro is_before_receipt(moment, has_time, received_at) -%}
    case
        when coalesce({{ has_time }}, true) then {{ moment }} < {{ received_at }}
        else cast({{ moment }} as date) < cast({{ received_at }} as date)
    end
{%- endmacro %}
