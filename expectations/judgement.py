"""From what an engine found to what the audit says of a rule.

Belongs here: one judged rule, its sentences, its document. Does not belong here: running checks (`validate.py`), what
a failure does to a release (`verdict.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from expectations.checks import Check, HasColumns, HasRows, NoRows, NotNull, ValuesInSet
from expectations.registry import DBT, INTEGRITY, Owner, Rule
from expectations.wording import EN, VI, Figure, fill, number, placeholders, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from expectations.validate import Outcome
    from orchestration.warehouse.dbt_results import DbtResult

SAMPLES = 10
_UNJUDGED = ("not_assessed", "not_applicable")
_ENGINEER = Owner("data_engineering", "Bộ phận kỹ thuật dữ liệu", "Data engineering")


@dataclass(frozen=True)
class Judgement:
    """One judged rule.

    Attributes:
        rule: the rule.
        success: it held, or there was nothing to judge.
        observed, expected: in words, with the numbers, in English.
        message_vi, message_en: what the page says; a failure names who acts.
        unexpected_count: offending records.
        sample_keys: some of them, by code or pseudonymous key.
        could_not_run: it was not judged, which counts as failed.
        not_applicable: there was nothing to judge.
        waived: a waiver covers its failure.
    """

    rule: Rule
    success: bool
    observed: str
    expected: str
    message_vi: str
    message_en: str
    unexpected_count: int = 0
    sample_keys: tuple[str, ...] = ()
    could_not_run: bool = False
    not_applicable: bool = False
    waived: bool = False

    def document(self) -> dict[str, Any]:
        """The rule as it stands in `audit.json`."""
        rule = self.rule
        return {
            "rule_id": rule.rule_id,
            "class": rule.rule_class,
            "severity": rule.severity,
            "indicator_code": rule.indicator_code,
            "owner": {"vi": rule.owner.vi, "en": rule.owner.en},
            "title_vi": rule.title_vi,
            "title_en": rule.title_en,
            "success": self.success,
            "observed": self.observed,
            "expected": self.expected,
            "unexpected_count": self.unexpected_count,
            "sample_keys": list(self.sample_keys),
            "message_vi": self.message_vi,
            "message_en": self.message_en,
            "could_not_run": self.could_not_run,
            "not_applicable": self.not_applicable,
            "waived": self.waived,
        }


def judge_outcome(
    rule: Rule, check: Check, outcome: Outcome, evidence: duckdb.DuckDBPyConnection
) -> Judgement:
    """Judge one outcome of Great Expectations."""
    if outcome.error is not None:
        return _could_not_run(rule, outcome.error)
    figure = None
    if isinstance(check, NoRows) and check.observes:
        rows = _query(evidence, check.observes)
        if not rows:
            return _could_not_run(rule, "the figure that the rule judges is missing")
        figure = rows[0]
        if outcome.success and figure.get("status") in _UNJUDGED:
            return _figure_unjudged(rule, str(figure["status"]))
    observed, expected = _in_words(check, outcome, figure)
    if outcome.success:
        return _held(rule, observed, expected)
    records, total = _records(check, outcome, evidence)
    first = outcome.rows[0] if outcome.rows else {}
    row = {
        "found": observed,
        "expected": expected,
        "table": rule.table,
        "count": outcome.unexpected_count,
    } | first
    return Judgement(
        rule=rule,
        success=False,
        observed=observed,
        expected=expected,
        message_vi=_failed(rule, row, records, total, VI),
        message_en=_failed(rule, row, records, total, EN),
        unexpected_count=max(total, 1),
        sample_keys=tuple(str(record.get("record")) for record in records[:SAMPLES]),
    )


def _records(
    check: Check, outcome: Outcome, evidence: duckdb.DuckDBPyConnection
) -> tuple[Sequence[Mapping[str, Any]], int]:
    """The records behind a failure, the first of them, and how many there are."""
    if isinstance(check, NoRows) and check.evidence:
        listed = _query(evidence, f"select * from ({check.evidence}) limit {SAMPLES}")
        counted = _query(evidence, f"select count(*) as number from ({check.evidence})")
        if listed:
            return listed, int(counted[0]["number"])
    return outcome.rows, outcome.unexpected_count


def judge_dbt(rule: Rule | None, results: Sequence[DbtResult], delivered: frozenset[str]) -> Judgement:
    """Judge the dbt tests that carry one rule id.

    Args:
        rule: the rule; None where no rule of that id is registered.
        results: at least one result.
        delivered: feeds of the candidate; where a feed of the rule is missing, a passed test says nothing.
    """
    first = results[0]
    if rule is None:
        return _could_not_run(
            _unregistered(first), f"the dbt test {first.test} carries a rule id that no registry knows"
        )
    broken = [result for result in results if result.status not in {"pass", "fail"}]
    if broken:
        return _could_not_run(rule, f"{broken[0].test}: {broken[0].message or broken[0].status}")
    failures = sum(result.failures for result in results if result.status == "fail")
    failed = [result for result in results if result.status == "fail"]
    missing = [feed for feed in rule.feeds if feed not in delivered]
    if not failed:
        return not_applicable(rule, missing) if missing else _held(rule, "0 records", "0 records")
    keys = [key for result in failed for key in result.sample_keys][:SAMPLES]
    records = [{"record": key} for key in keys]
    row = {"found": failures, "expected": 0, "table": rule.table, "count": failures}
    return Judgement(
        rule=rule,
        success=False,
        observed=f"{failures} records",
        expected="0 records",
        message_vi=_failed(rule, row, records, failures, VI),
        message_en=_failed(rule, row, records, failures, EN),
        unexpected_count=max(failures, 1),
        sample_keys=tuple(keys),
    )


def not_applicable(rule: Rule, missing: Sequence[str]) -> Judgement:
    """Nothing to judge: a feed that the rule needs was not delivered."""
    feeds = ", ".join(missing)
    return Judgement(
        rule=rule,
        success=True,
        observed=f"no delivery of {feeds}",
        expected="–",
        message_vi=f"Không áp dụng: chưa có dữ liệu nguồn {feeds}.",
        message_en=f"Not applicable: no delivery of the feed {feeds}.",
        not_applicable=True,
    )


def without_result(rule: Rule) -> Judgement:
    """A registered rule of which no engine said anything: it counts as failed."""
    engine = "dbt" if rule.engine == DBT else "Great Expectations"
    return _could_not_run(rule, f"{engine} returned no result for it")


def _figure_unjudged(rule: Rule, status: str) -> Judgement:
    reasons = {
        "not_assessed": ("chỉ tiêu chưa được đánh giá", "the figure is not assessed"),
        "not_applicable": ("mẫu số bằng 0", "the denominator is 0"),
    }
    vi, en = reasons[status]
    return Judgement(
        rule, True, en, "–", f"Không áp dụng: {vi}.", f"Not applicable: {en}.", not_applicable=True
    )


def _could_not_run(rule: Rule, error: str) -> Judgement:
    return Judgement(
        rule=rule,
        success=False,
        observed=f"could not run: {error}",
        expected="a result",
        message_vi=f"Không kiểm tra được «{rule.title_vi}»: {error}. Người xử lý: {_ENGINEER.vi}.",
        message_en=f"Could not be checked: {rule.title_en}: {error}. Who acts: {_ENGINEER.en}.",
        could_not_run=True,
    )


def _held(rule: Rule, observed: str, expected: str) -> Judgement:
    return Judgement(rule, True, observed, expected, f"Đạt: {rule.title_vi}.", f"Holds: {rule.title_en}.")


def _failed(
    rule: Rule, row: Mapping[str, Any], records: Sequence[Mapping[str, Any]], total: int, language: str
) -> str:
    message = rule.message_vi if language == VI else rule.message_en
    sentence = fill(message, placeholders(row, records, total, language))
    acts = f"Người xử lý: {rule.owner.vi}." if language == VI else f"Who acts: {rule.owner.en}."
    return f"{sentence} {acts}"


def _in_words(check: Check, outcome: Outcome, figure: Mapping[str, Any] | None) -> tuple[str, str]:
    """What was observed and expected, with the numbers."""
    if figure is not None and "unit" in figure:
        read = Figure.from_row(figure)
        return read.found(EN), read.expected(EN) if read.target is not None else "assessed"
    match check:
        case HasRows(at_least=at_least):
            return f"{number(outcome.observed, EN)} rows", f"at least {number(at_least, EN)} rows"
        case HasColumns(columns=columns):
            found = list(outcome.observed or [])
            extra = [name for name in found if name not in columns]
            lacking = [name for name in columns if name not in found]
            return (
                (
                    f"{len(found)} columns, missing: {said(lacking, EN) or 'none'},"
                    f" unexpected: {said(extra, EN) or 'none'}"
                ),
                (f"exactly the {len(columns)} columns of the contract"),
            )
        case ValuesInSet(column=column, values=values):
            return f"{outcome.unexpected_count} other values in {column}", f"{column} in {', '.join(values)}"
        case NotNull(column=column):
            return f"{outcome.unexpected_count} nulls in {column}", f"no null in {column}"
    return f"{number(outcome.unexpected_count, EN)} records", "0 records"


def _query(evidence: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = evidence.execute(sql)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _unregistered(result: DbtResult) -> Rule:
    return Rule(
        rule_id=result.rule_id,
        rule_class=INTEGRITY,
        severity="critical",
        engine=DBT,
        table=result.table,
        owner=_ENGINEER,
        feeds=(),
        indicator_code=None,
        title_vi=f"Quy tắc {result.rule_id} chưa đăng ký",
        title_en=f"Rule {result.rule_id} is not registered",
        what="",
        why="",
        remedy="",
        message_vi="",
        message_en="",
        line=0,
    )
