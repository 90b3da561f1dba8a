{# Cases of every signal by the feed that shows it, source, agency and field ('*' where a signal has no field). #}
{% for name, feed in qc_signals() %}
    {{ 'union all' if not loop.first }}
    select
        '{{ name }}' as quality_class,
        '{{ feed }}' as feed,
        source_name,
        agency_code,
        {{ 'field' if name == 'moments_out_of_order' else "'*' as field" }},
        count(*) as records
    from {{ ref('qc_' ~ name) }}
    group by source_name, agency_code{{ ', field' if name == 'moments_out_of_order' }}
{% endfor %}
