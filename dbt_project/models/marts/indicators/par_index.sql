{#
    One row per year, scheme, agency and criterion of the reform index; criterion '*' is the agency's total over the
    leaves of its record. Beside what the record says stands what the province's own figures say to the criterion
    (`evidence_*`, for the province alone, at the last period of the year that this build fills), for years in which
    nobody has scored yet, too. `computed_points` exist only where maximum and rule of the criterion are verified.
    Nodes and totals stand beside their leaves: add leaves only, never over agencies.
#}
with scores as (
    select * from {{ ref('int_indices__scores') }}
),

{# Scheme '*' stands for those that the catalogue does not know. #}
schemes as (
    select * from {{ ref('index_schemes') }}
    where index_code = 'par_index'
),

criteria as (
    select * from {{ ref('index_criteria') }}
),

groups_of_results as (
    select * from {{ ref('index_groups') }}
    where verified
),

last_periods as (
    select
        year,
        period_code
    from (
        select
            year,
            period_code,
            row_number() over (partition by year order by end_at desc, start_at asc) as place
        from {{ ref('int_periods__in_scope') }}
    ) as placed
    where place = 1
),

provinces as (
    {{ province_of_each_year('last_periods', ref('dim_agency')) }}
),

{# What the province's figures say to each criterion, in the years that this build fills. #}
evidence as (
    select
        last_periods.year,
        criteria.scheme,
        provinces.agency_code,
        criteria.criterion_code,
        last_periods.period_code,
        figures.not_assessed as reason,
        case when figures.not_assessed is null then coalesce(counts.numerator, 0) end as numerator,
        case
            when figures.not_assessed is null and figures.denominator is not null then coalesce(counts.denominator, 0)
        end as denominator
    from last_periods
    inner join schemes on {{ in_force_on("cast(concat(last_periods.year, '-12-31') as date)", 'schemes') }}
    inner join criteria on schemes.scheme = criteria.scheme
    inner join provinces on last_periods.year = provinces.year
    inner join {{ ref('indicator_evidence') }} as figures
        on
            last_periods.period_code = figures.period_code
            and criteria.evidence_indicator = figures.indicator_code
            and criteria.evidence_variant = figures.variant
            and figures.agency_level = '*'
    left join {{ ref('indicator_evidence') }} as counts
        on
            last_periods.period_code = counts.period_code
            and criteria.evidence_indicator = counts.indicator_code
            and criteria.evidence_variant = counts.variant
            and criteria.evidence_level = counts.agency_level
            and counts.agency_code = '*'
),

recorded as (
    select
        scores.*,
        case when is_leaf then 'leaf' else 'node' end as criterion_kind,
        evidence.period_code as evidence_period_code,
        evidence.reason as evidence_reason,
        evidence.numerator,
        evidence.denominator
    from scores
    left join evidence
        on
            scores.scheme = evidence.scheme
            and scores.year = evidence.year
            and scores.source_agency_code = evidence.agency_code
            and scores.criterion_code = evidence.criterion_code
),

totals as (
    select
        scheme,
        year,
        source_agency_code,
        agency_code,
        peer_group,
        cast(sum(max_score) as decimal(18, 4)) as max_score,
        {{ sum_of_all('self_score') }} as self_score,
        {{ sum_of_all('appraised_score') }} as appraised_score,
        {{ sum_of_all('final_score') }} as final_score
    from scores
    where is_leaf
    group by scheme, year, source_agency_code, agency_code, peer_group
),

ranked as (
    select
        *,
        case
            when final_score is not null and peer_group <> 'province'
                then rank() over (partition by scheme, year, peer_group order by final_score desc nulls last)
        end as peer_rank,
        case
            when peer_group <> 'province' then count(final_score) over (partition by scheme, year, peer_group)
        end as peers
    from totals
),

unscored as (
    select evidence.*
    from evidence
    left join scores
        on
            evidence.scheme = scores.scheme
            and evidence.year = scores.year
            and evidence.agency_code = scores.source_agency_code
            and evidence.criterion_code = scores.criterion_code
    where scores.scheme is null
),

everything as (
    select
        scheme,
        year,
        source_agency_code,
        agency_code,
        peer_group,
        criterion_code,
        criterion_kind,
        true as is_scored,
        max_score,
        self_score,
        appraised_score,
        final_score,
        difference_reason_code,
        has_evidence_document,
        evidence_period_code,
        evidence_reason,
        numerator,
        denominator,
        cast(null as bigint) as peer_rank,
        cast(null as bigint) as peers
    from recorded
    union all
    select
        scheme,
        year,
        source_agency_code,
        agency_code,
        peer_group,
        '*' as criterion_code,
        'total' as criterion_kind,
        true as is_scored,
        max_score,
        self_score,
        appraised_score,
        final_score,
        cast(null as varchar) as difference_reason_code,
        false as has_evidence_document,
        cast(null as varchar) as evidence_period_code,
        cast(null as varchar) as evidence_reason,
        cast(null as decimal(28, 8)) as numerator,
        cast(null as decimal(28, 8)) as denominator,
        peer_rank,
        peers
    from ranked
    union all
    select
        scheme,
        year,
        agency_code as source_agency_code,
        agency_code,
        'province' as peer_group,
        criterion_code,
        'unscored' as criterion_kind,
        false as is_scored,
        cast(null as decimal(18, 4)) as max_score,
        cast(null as decimal(18, 4)) as self_score,
        cast(null as decimal(18, 4)) as appraised_score,
        cast(null as decimal(18, 4)) as final_score,
        cast(null as varchar) as difference_reason_code,
        false as has_evidence_document,
        period_code as evidence_period_code,
        reason as evidence_reason,
        numerator,
        denominator,
        cast(null as bigint) as peer_rank,
        cast(null as bigint) as peers
    from unscored
),

{# The schemes under which an agency was scored in each year: points of two of them do not compare. #}
scored_years as (
    select distinct
        year,
        source_agency_code
    from totals
)

select
    cast(everything.year as integer) as year,
    everything.scheme,
    everything.source_agency_code,
    everything.agency_code,
    everything.peer_group,
    everything.criterion_code,
    criteria.parent_code,
    everything.criterion_kind,
    case everything.criterion_kind
        when 'total' then 'Tổng điểm'
        else coalesce(criteria.label_vi, everything.criterion_code)
    end as label_vi,
    case everything.criterion_kind
        when 'total' then 'Total'
        else coalesce(criteria.label_en, everything.criterion_code)
    end as label_en,
    everything.is_scored,
    everything.max_score as maximum,
    everything.self_score as self_points,
    everything.appraised_score as appraised_points,
    everything.final_score as final_points,
    cast(everything.self_score - everything.appraised_score as decimal(18, 4)) as difference,
    everything.difference_reason_code,
    everything.has_evidence_document,
    case
        when everything.criterion_kind = 'total' then coalesce(schemes.maximum, other_schemes.maximum)
        when criteria.maximum_verified then criteria.maximum
    end as scheme_maximum,
    criteria.method,
    criteria.formula_vi,
    criteria.formula_en,
    criteria.evidence_indicator,
    criteria.evidence_variant,
    criteria.evidence_level,
    everything.evidence_period_code,
    everything.numerator as evidence_numerator,
    everything.denominator as evidence_denominator,
    case
        when everything.denominator is null then cast(everything.numerator as double)
        else cast(everything.numerator as double) / nullif(cast(everything.denominator as double), 0)
    end as evidence_value,
    cast(round(coalesce(everything.denominator, everything.numerator)) as bigint) as evidence_count,
    case
        when criteria.evidence_indicator is null or everything.peer_group <> 'province' then null
        when everything.evidence_period_code is null then 'period_not_covered'
        else everything.evidence_reason
    end as evidence_reason,
    case
        when not (criteria.maximum_verified and criteria.formula_verified) then null
        when criteria.method = 'L' then {{ proportional_points(
            'everything.numerator', 'everything.denominator', 'criteria.maximum', 'criteria.zero_share',
            'criteria.full_share'
        ) }}
        when criteria.method = 'B' then {{ step_points(
            'everything.numerator', 'everything.denominator', 'criteria.maximum', 'criteria.operator',
            'criteria.full_share'
        ) }}
    end as computed_points,
    everything.scheme as rule_version,
    schemes.legal_reference,
    coalesce(schemes.verified, false) as is_scheme_known,
    coalesce(criteria.maximum_verified, false) as is_maximum_verified,
    coalesce(criteria.maximum_verified and criteria.formula_verified, false) as is_verified,
    criteria.doubt_vi,
    criteria.doubt_en,
    groups_of_results.result_group,
    everything.peer_rank,
    everything.peers,
    earlier.final_score as previous_final_points,
    cast(everything.final_score - earlier.final_score as decimal(18, 4)) as change_on_year_before,
    case
        when not everything.is_scored then null
        when earlier.scheme is not null then 'same_scheme'
        when scored_years.year is not null then 'not_comparable'
        else 'no_year_before'
    end as comparability
from everything
left join schemes
    on
        everything.scheme = schemes.scheme
        and {{ in_force_on("cast(concat(everything.year, '-12-31') as date)", 'schemes') }}
left join schemes as other_schemes on other_schemes.scheme = '*'
left join criteria
    on
        everything.scheme = criteria.scheme
        and everything.criterion_code = criteria.criterion_code
left join groups_of_results
    on
        everything.criterion_kind = 'total'
        and everything.scheme = groups_of_results.scheme
        and everything.final_score >= groups_of_results.from_share * everything.max_score
        and (
            groups_of_results.below_share is null
            or everything.final_score < groups_of_results.below_share * everything.max_score
        )
left join everything as earlier
    on
        everything.scheme = earlier.scheme
        and everything.source_agency_code = earlier.source_agency_code
        and everything.criterion_code = earlier.criterion_code
        and everything.year = earlier.year + 1
        and earlier.is_scored
left join scored_years
    on
        everything.source_agency_code = scored_years.source_agency_code
        and everything.year = scored_years.year + 1
