{# The columns are the key of the model: none is null, no combination occurs twice. #}
{% test grain(model, columns, also_print=[]) %}
    select
        {{ (columns + also_print) | join(', ') }},
        'null in key' as fault
    from {{ model }}
    where {% for column in columns %}{{ 'or ' if not loop.first }}{{ column }} is null {% endfor %}
    union all
    select
        {{ columns | join(', ') }},
        {% for column in also_print %}min({{ column }}) as {{ column }}, {% endfor %}
        'more than one row' as fault
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
