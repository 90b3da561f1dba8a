{# `1.004889.000.00.00.H28` -> `1.004889`: the national code without the publisher; other forms stay as they are. #}
{% macro normalise_procedure_code(code) -%}
    case
        when {{ is_national_procedure_code(code) }} then substr({{ code }}, 1, 8)
        else {{ code }}
    end
{%- endmacro %}

{# `1.004889.000.00.00.H28` -> `000.00.00.H28`: who published it; null where the code does not say. #}
{% macro publisher_of_procedure_code(code) -%}
    case
        when {{ is_national_procedure_code(code) }} and length({{ code }}) > 9 then substr({{ code }}, 10)
    end
{%- endmacro %}

{% macro is_national_procedure_code(code) -%}
    substr({{ code }}, 1, 1) between '0' and '9'
    and substr({{ code }}, 2, 1) = '.'
    and substr({{ code }}, 3, 6) between '000000' and '999999'
    and (length({{ code }}) = 8 or substr({{ code }}, 9, 1) = '.')
{%- endmacro %}

{#
    `000.00.53.H28` -> `H28.53`, `000.09.23.H34` -> `H34.23.09`: the form before Decision 20/2020/QĐ-TTg, reversed
    and without its zero groups. New codes stay as they are.
#}
{% macro normalise_agency_code(code) -%}
    case
        when
            length({{ code }}) = 13
            and substr({{ code }}, 1, 1) between '0' and '9'
            and substr({{ code }}, 4, 1) = '.'
            and substr({{ code }}, 7, 1) = '.'
            and substr({{ code }}, 10, 1) = '.'
            and substr({{ code }}, 11, 1) between 'A' and 'Z'
            then concat(
                substr({{ code }}, 11, 3),
                case when substr({{ code }}, 8, 2) <> '00' then concat('.', substr({{ code }}, 8, 2)) else '' end,
                case when substr({{ code }}, 5, 2) <> '00' then concat('.', substr({{ code }}, 5, 2)) else '' end,
                case when substr({{ code }}, 1, 3) <> '000' then concat('.', substr({{ code }}, 1, 3)) else '' end
            )
        else {{ code }}
    end
{%- endmacro %}
