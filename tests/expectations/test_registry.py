"""The registry is well-formed, whole, and says what the house promises."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from small_province import rules_of

from expectations.catalog import MARTS, all_suites
from expectations.limits import LIMITS_FILE, load_limits
from expectations.registry import COMMITMENT, DBT, GREAT_EXPECTATIONS, POLICY, REQUIRED, load_registry
from expectations.rules_page import PAGE, rules_page
from expectations.suites.headline import HEADLINE_INDICATORS
from orchestration.errors import UsageError
from orchestration.extracts.contract import feeds
from orchestration.settings import REPOSITORY

REGISTRY = load_registry()
DBT_PROJECT = REPOSITORY / "dbt_project"
SEEDS = DBT_PROJECT / "seeds"
_DBT_RULE = re.compile(r"rule_id['\"]?\s*:\s*['\"]?(\w+)")


def dbt_rule_ids() -> Counter[str]:
    """Rule ids that tests of the dbt project carry, from the YAML of models and the config of singular tests."""
    paths = [
        *(DBT_PROJECT / "models").rglob("*.yml"),
        *(DBT_PROJECT / "tests").rglob("*.sql"),
        *(DBT_PROJECT / "tests").rglob("*.yml"),
    ]
    return Counter(found for path in paths for found in _DBT_RULE.findall(path.read_text("utf-8")))


def test_every_rule_of_great_expectations_is_one_check_of_one_suite() -> None:
    checks = Counter(check.rule_id for suite in all_suites() for check in suite.checks)
    registered = {rule.rule_id for rule in REGISTRY.values() if rule.engine == GREAT_EXPECTATIONS}
    assert set(checks) == registered
    assert [rule_id for rule_id, number in checks.items() if number > 1] == []


def test_every_check_stands_in_the_suite_of_its_rules_table() -> None:
    assert [
        check.rule_id
        for suite in all_suites()
        for check in suite.checks
        if REGISTRY[check.rule_id].table != suite.table
    ] == []


def test_every_rule_of_dbt_is_one_test_of_the_project() -> None:
    registered = {rule.rule_id for rule in REGISTRY.values() if rule.engine == DBT}
    implemented = dbt_rule_ids()
    assert set(implemented) == registered
    assert [rule_id for rule_id, number in implemented.items() if number > 1] == []


def test_every_registered_rule_appears_in_the_audit(good_audit: dict[str, Any]) -> None:
    assert set(rules_of(good_audit)) == set(REGISTRY)


def test_every_public_mart_has_a_suite_that_begins_with_its_shape(good_audit: dict[str, Any]) -> None:
    covered = {suite["table"] for suite in good_audit["suites"] if suite["engine"] == GREAT_EXPECTATIONS}
    assert covered == set(MARTS)
    for suite in all_suites():
        shape = {check.rule_id for check in suite.checks[:4]}
        assert f"columns_{suite.table}" in shape


def test_public_marts_of_the_catalog_are_those_of_the_dbt_project() -> None:
    public = {
        path.stem
        for path in (DBT_PROJECT / "models" / "marts").rglob("*.yml")
        if re.search(r"^\s+access: public", path.read_text("utf-8"), re.MULTILINE)
    }
    assert public == set(MARTS)


def test_every_headline_figure_of_the_catalogue_is_required() -> None:
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as file:
        headline = {row["indicator_code"] for row in csv.DictReader(file) if row["is_headline"] == "true"}
    required = {rule.indicator_code for rule in REGISTRY.values() if rule.rule_class == REQUIRED}
    assert headline == set(HEADLINE_INDICATORS) == required


@pytest.mark.parametrize("rule_class", [COMMITMENT, POLICY])
def test_every_target_in_the_seeds_is_judged_in_its_class(rule_class: str) -> None:
    with (SEEDS / "targets.csv").open(encoding="utf-8", newline="") as file:
        targets = {row["indicator_code"] for row in csv.DictReader(file) if row["class"] == rule_class}
    judged = {
        rule.indicator_code
        for rule in REGISTRY.values()
        if rule.rule_class == rule_class and rule.indicator_code
    }
    assert judged == targets


def test_feeds_and_limits_of_rules_are_known() -> None:
    assert {feed for rule in REGISTRY.values() for feed in rule.feeds} <= set(feeds())
    limited = {limit.rule_id for limit in load_limits(LIMITS_FILE, REGISTRY)}
    shares = {rule_id for rule_id in REGISTRY if rule_id.startswith("limit_")}
    assert limited == shares | {"deliveries_cover_expected"}


def test_messages_are_vietnamese_with_diacritics_and_english_without() -> None:
    marks = re.compile(
        r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
    )
    for rule in REGISTRY.values():
        assert marks.search(rule.message_vi), rule.rule_id
        assert marks.search(rule.title_vi), rule.rule_id
        assert not marks.search(rule.message_en), rule.rule_id


def test_the_page_of_rules_is_the_one_that_the_registry_makes() -> None:
    assert PAGE.read_text("utf-8") == rules_page(REGISTRY), "python -m expectations.rules_page writes it"


OWNERS = "owners:\n  us: {vi: Chúng tôi, en: We}\n"
RULE = """
  - rule_id: some_rule
    class: integrity
    severity: critical
    engine: dbt
    table: some_table
    owner: us
    title_vi: Tên
    title_en: Name
    what: What.
    why: Why.
    remedy: Remedy.
    message_vi: Sai {records}.
    message_en: Wrong {records}.
"""


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("class: integrity", "class: fatal"), 5, "class: 'fatal' is unknown"),
        (("severity: critical", "severity: 1"), 6, "severity: expected text"),
        (("owner: us", "owner: nobody"), 9, "owner: 'nobody' is unknown"),
        (("    why: Why.\n", ""), 4, "why: is missing"),
        (("    why: Why.\n", "    why: ''\n"), 13, "why: expected text"),
        (
            ("{records}.\n    message_en", "{offenders}.\n    message_en"),
            15,
            "message_vi: {offenders} is no placeholder",
        ),
        (("some_rule", "Some-Rule"), 4, "rule_id: 'Some-Rule' is no name"),
        (("    table:", "    tabel:"), 8, "tabel: unknown key"),
        (("    what: What.\n", "    what: What.\n    what: Again.\n"), 13, "what: stands twice"),
    ],
)
def test_an_error_in_the_registry_names_line_and_key(
    change: tuple[str, str], line: int, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(OWNERS + "rules:" + RULE.replace(*change), "utf-8")
    with pytest.raises(UsageError) as error:
        load_registry(path)
    assert error.value.message.startswith(f"{path}:{line}: ")
    assert says in error.value.message


def test_a_rule_id_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(OWNERS + "rules:" + RULE + RULE, "utf-8")
    with pytest.raises(UsageError, match=r"'some_rule' already stands in line 4"):
        load_registry(path)


def test_for_each_writes_one_rule_per_item(tmp_path: Path) -> None:
    family = RULE.replace("some_rule", "rule_of_{feed}").replace("What.", "What of {feed}.")
    path = tmp_path / "rules.yml"
    path.write_text(OWNERS + "rules:" + family + "    for_each: [{feed: tasks}, {feed: staff}]\n", "utf-8")
    rules = load_registry(path)
    assert list(rules) == ["rule_of_tasks", "rule_of_staff"]
    assert rules["rule_of_staff"].what == "What of staff."
    assert rules["rule_of_staff"].message_en == "Wrong {records}."
