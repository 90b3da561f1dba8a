{# Values lie within the bounds, ends included; null passes. #}
{% test accepted_range(model, column_name, min_value=none, max_value=none, also_print=[]) %}
    select {{ (also_print + [column_name]) | join(', ') }}
    from {{ model }}
    where
        {{ column_name }} is not null
        and (
            false
            {% if min_value is not none %}or {{ column_name }} < {{ min_value }}{% endif %}
            {% if max_value is not none %}or {{ column_name }} > {{ max_value }}{% endif %}
        )
{% endtest %}
