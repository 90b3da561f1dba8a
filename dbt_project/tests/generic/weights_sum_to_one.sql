{# On every day that begins a span, the weights of what stands for a member that day sum to 1, to nine places: each
   weight has twelve, and a chain of splits rounds. #}
{% test weights_sum_to_one(model, member) %}
    select
        days.{{ member }},
        days.valid_from as day,
        sum(spans.weight) as weights
    from (select distinct {{ member }}, valid_from from {{ model }}) as days
    inner join {{ model }} as spans
        on days.{{ member }} = spans.{{ member }} and {{ in_force_on('days.valid_from', 'spans') }}
    group by days.{{ member }}, days.valid_from
    having abs(sum(spans.weight) - 1) > 0.000000001
{% endtest %}
