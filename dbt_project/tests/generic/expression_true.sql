{# The expression holds on every row; a row on which it is unknown fails. `also_print` names what to show of it. #}
{% test expression_true(model, expression, also_print=['*'], where=none) %}
    select {{ also_print | join(', ') }}
    from {{ model }}
    where
        not coalesce(({{ expression }}), false)
        {% if where %}and ({{ where }}){% endif %}
{% endtest %}
