{# What figures ask of a dossier itself, as at its receipt: the columns that int_dossiers__received hands on. #}
{% macro dossier_attributes(relation) -%}
    {%- for column in [
        'received_at', 'agency_code', 'agency_level', 'block', 'sector_code',
        'is_certification', 'channel', 'filed_by', 'fee_amount', 'paid_online', 'has_digitised_components',
        'has_electronic_result', 'reused_components',
    ] -%}
        {{ relation }}.{{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
