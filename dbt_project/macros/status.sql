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
