{# On every day that begins a span, the weights of what stands for a member that day sum to exactly 1. #}
{% test weights_sum_to_one(model, member) %}
    select
        days.{{ member }},
        days.valid_from as day,
        sum(spans.weight) as weights
    from (select distinct {{ member }}, valid_from from {{ model }}) as days
    inner join {{ model }} as spans
        on days.{{ member }} = spans.{{ member }} and {{ in_force_on('days.valid_from', 'spans') }}
    group by days.{{ member }}, days.valid_from
    having sum(spans.weight) <> 1
{% endtest %}
