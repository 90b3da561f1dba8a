"""The audit of a candidate: every rule of the registry, judged once, in one document.

Belongs here: bringing registry, suites, dbt's results, limits and waivers together. Does not belong here: writing the
document or publishing (`orchestration/release`), how a check is run (`validate.py`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from expectations.catalog import MARTS, all_suites
from expectations.checks import Suite
from expectations.evidence import Candidate, open_evidence, read_candidate
from expectations.judgement import Judgement, judge_dbt, judge_outcome, not_applicable, without_result
from expectations.limits import LIMITS_FILE, figure_limits_on, limits_on, load_limits
from expectations.previous import find_previous
from expectations.registry import DBT, GREAT_EXPECTATIONS, RULES_FILE, Rule, load_registry
from expectations.restated import moves_document
from expectations.validate import validate
from expectations.verdict import REFUSES, WAIVED, effect, verdict
from expectations.waivers import (
    RESTATEMENTS_FILE,
    WAIVERS_FILE,
    Waiver,
    load_restatements,
    load_waivers,
    waiver_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from orchestration.warehouse.dbt_results import DbtResult

SCHEMA_VERSION = 1


def build_audit(  # noqa: PLR0913 - every dated decision has its file
    candidate: Path,
    dbt_results: Sequence[DbtResult],
    published_figures: Path | None,
    judged_on: date,
    *,
    rules_path: Path = RULES_FILE,
    waivers_path: Path = WAIVERS_FILE,
    limits_path: Path = LIMITS_FILE,
    restatements_path: Path = RESTATEMENTS_FILE,
) -> dict[str, Any]:
    """Judge a candidate.

    Args:
        candidate: `candidate/<release_id>/` with `manifest.json` and `marts/*.parquet`.
        dbt_results: what dbt's tests found in the build that the candidate was written from.
        published_figures: `releases/published_figures.parquet`, or None before the first release.
        judged_on: the day of the judgement: a waiver that expired before it does not count.
        rules_path: the registry.
        waivers_path: waivers.
        limits_path: limits of plausibility.
        restatements_path: restatements.

    Returns:
        The document of `audit.json`, see `docs/rules.md`; not written.

    Raises:
        UsageError: there is no candidate, or one of the files is wrong; the message names line and key.
        RefusedError: the manifest is damaged.
    """
    registry = load_registry(rules_path)
    waivers = load_waivers(waivers_path, registry)
    limits = load_limits(limits_path, registry)
    judged = read_candidate(candidate)
    previous = find_previous(published_figures, judged)
    tolerated = limits_on(limits, judged.last_day)
    restatements = [item for item in load_restatements(restatements_path) if item.in_force(judged_on)]
    own_limits = figure_limits_on(limits, judged.last_day)
    evidence = open_evidence(judged, MARTS, tolerated, restatements, previous, own_limits)
    try:
        judgements = _judge_suites(registry, judged, evidence)
        moves = moves_document(evidence)
    finally:
        evidence.close()
    judgements |= _judge_dbt(registry, judged, dbt_results)
    judgements |= {
        rule_id: without_result(rule) for rule_id, rule in registry.items() if rule_id not in judgements
    }
    return _document(judged, judgements, waivers, judged_on) | {"moves": moves}


def _judge_suites(registry: Mapping[str, Rule], candidate: Candidate, evidence: Any) -> dict[str, Judgement]:
    """Judge the rules of Great Expectations: those with nothing to judge are set apart before anything runs."""
    judgements: dict[str, Judgement] = {}
    suites = []
    checks = {}
    for suite in all_suites():
        applicable = []
        for check in suite.checks:
            rule = registry.get(check.rule_id)
            if rule is None or rule.engine != GREAT_EXPECTATIONS:
                continue
            missing = [feed for feed in rule.feeds if feed not in candidate.delivered]
            if missing:
                judgements[rule.rule_id] = not_applicable(rule, missing)
                continue
            applicable.append(check)
            checks[check.rule_id] = check
        suites.append(Suite(suite.table, tuple(applicable)))
    for rule_id, outcome in validate(evidence, suites).items():
        judgements[rule_id] = judge_outcome(registry[rule_id], checks[rule_id], outcome, evidence)
    return judgements


def _judge_dbt(
    registry: Mapping[str, Rule], candidate: Candidate, results: Iterable[DbtResult]
) -> dict[str, Judgement]:
    """Judge dbt's rules; a test whose rule nobody registered fails as a rule that could not be judged."""
    by_rule: dict[str, list[DbtResult]] = defaultdict(list)
    for result in results:
        by_rule[result.rule_id].append(result)
    return {
        rule_id: judge_dbt(registry.get(rule_id), found, candidate.delivered)
        for rule_id, found in by_rule.items()
        if rule_id not in registry or registry[rule_id].engine == DBT
    }


def _document(
    candidate: Candidate, judgements: Mapping[str, Judgement], waivers: Sequence[Waiver], judged_on: date
) -> dict[str, Any]:
    period = candidate.period_code
    used: list[Waiver] = []
    effects: list[str] = []
    suites: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for rule_id in sorted(judgements):
        judgement = judgements[rule_id]
        waiver = waiver_for(waivers, rule_id, period, judged_on)
        outcome = effect(judgement.rule.rule_class, success=judgement.success, waived=waiver is not None)
        if outcome == WAIVED and waiver is not None:
            used.append(waiver)
        effects.append(outcome)
        engine, table = judgement.rule.engine, judgement.rule.table
        suites[engine, table].append(replace(judgement, waived=outcome == WAIVED).document())
    return {
        "schema_version": SCHEMA_VERSION,
        "release_id": candidate.manifest.get("release_id"),
        "period_code": period,
        "judged_on": judged_on.isoformat(),
        "manifest_sha256": candidate.manifest_sha256,
        "verdict": verdict(effects),
        "refused_by": [
            rule_id for rule_id, found in zip(sorted(judgements), effects, strict=True) if found == REFUSES
        ],
        "waivers": [waiver.document() for waiver in used],
        "suites": [
            {
                "name": table if engine != DBT else f"dbt_{table}",
                "engine": engine,
                "table": table,
                "rules": rules,
            }
            for (engine, table), rules in sorted(suites.items(), key=lambda item: (item[0][1], item[0][0]))
        ],
    }
