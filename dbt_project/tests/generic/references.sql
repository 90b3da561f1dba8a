{# Every value of the columns exists in the other model; null passes. #}
{% test references(model, columns, to, to_columns=none, also_print=[]) %}
    {% set other_columns = to_columns or columns %}
    select distinct {% for column in columns + also_print %}here.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ model }} as here
    left join (select distinct {{ other_columns | join(', ') }} from {{ to }}) as there
        on {% for column in columns %}{{ 'and ' if not loop.first }}here.{{ column }} = there.{{ other_columns[loop.index0] }} {% endfor %}
    where
        there.{{ other_columns[0] }} is null
        {% for column in columns %}and here.{{ column }} is not null {% endfor %}
{% endtest %}
