{#
    What the indicator models count, one under the other: a row for each figure that some record speaks of. Not for
    reading figures: indicator_values says what is missing here, judges targets and gives reasons.
#}
{{ config(materialized='view') }}

{% for model in indicator_models() %}
    {{ 'union all' if not loop.first }}
    select * from {{ ref(model) }}
{% endfor %}
