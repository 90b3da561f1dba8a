{#
    The kind of a state: open (2, 4, 5, 6, 8), finished (9, 10), withdrawn (7), refused (3).
    Status 1 counts as open: after receipt it means 2, and before receipt nothing is counted.
#}
{% macro kind_of_state(status) -%}
    case
        when {{ status }} in (9, 10) then 'finished'
        when {{ status }} = 7 then 'withdrawn'
        when {{ status }} = 3 then 'refused'
        else 'open'
    end
{%- endmacro %}

{# States in which the clock of a dossier stands still. #}
{% macro is_suspended_state(status) -%}
    {{ status }} in (5, 6, 8)
{%- endmacro %}

{# The kind of a status as a record or an event says it: 1 is a kind of its own until the dossier is received. #}
{% macro own_kind(status, received_at) -%}
    case
        when {{ status }} = 1 and {{ received_at }} is null then 'registered'
        when {{ status }} is not null then {{ kind_of_state(status) }}
    end
{%- endmacro %}
