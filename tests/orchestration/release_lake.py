"""Small lakes for the tests of the release: a build database made by hand, and a dbt manifest beside it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.lake import Lake
from orchestration.periods import parse_period
from orchestration.release.candidate import Candidate, write_candidate
from orchestration.release.certificate import write_certificate
from orchestration.release.identity import Input, ReleaseFacts
from orchestration.release.publish import publish

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestration.release.released import Release

NOON = datetime(2022, 10, 9, 12)

TABLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "headline_figures": (
        """select * from (values
            ('2022-9M', 'dossiers_received', 'default', true, 'Hồ sơ tiếp nhận', 'Dossiers received',
             3::double, 3::decimal(18,4), null::decimal(18,4), 'count', null, null::double, 'no_target',
             'indicator_values'),
            ('2022-9M', 'dossiers_on_time_rate', 'form_06a', true, 'Tỷ lệ đúng hạn <b>', 'On-time rate',
             1999.0/2000, 1999::decimal(18,4), 2000::decimal(18,4), 'ratio', '>', 0.997::double, 'met',
             'indicator_values'),
            ('2022-9M', 'dossiers_on_time_rate', 'strict', false, 'Tỷ lệ đúng hạn', 'On-time rate',
             0.5, 1::decimal(18,4), 2::decimal(18,4), 'ratio', null, null::double, 'no_target',
             'indicator_values'),
            ('2022-9M', 'tasks_assigned', 'default', true, 'Nhiệm vụ được giao', 'Tasks assigned',
             null::double, null::decimal(18,4), null::decimal(18,4), 'count', null, null::double, 'not_assessed',
             'indicator_tasks')
        ) as t (period_code, indicator_code, variant, is_headline, label_vi, label_en, value, numerator,
                denominator, unit, operator, target, status, source_model)""",
        ("indicator_code", "variant"),
        ("stg_dossiers",),
    ),
    "indicator_values": (
        """select *, 'count' as unit, null::varchar as operator, null::double as target from (values
            ('2022-9M', 'tasks_assigned', 'default', '*', '*', null::double, null::decimal(18,4), null::decimal(18,4),
             'not_assessed', 'feed_not_delivered:tasks'),
            ('2022-9M', 'dossiers_overdue', 'default', '*', '*', 7, 7, null, 'no_target', null),
            ('2022-9M', 'dossiers_suspended', 'default', '*', '*', 5, 5, null, 'no_target', null),
            ('2022-9M', 'dossiers_suspended', 'd0_15', '*', '*', 2, 2, null, 'no_target', null),
            ('2022-9M', 'dossiers_suspended', 'd16_30', '*', '*', 3, 3, null, 'no_target', null),
            ('2022-Q1', 'dossiers_overdue', 'default', '*', '*', 90, 90, null, 'no_target', null),
            ('2022-9M', 'dossiers_received', 'default', 'province', 'H28.1', 3::double, 3::decimal(18,4),
             null::decimal(18,4), 'no_target', null)
        ) as t (period_code, indicator_code, variant, agency_level, agency_code, value, numerator,
                denominator, status, reason)""",
        ("period_code", "indicator_code", "variant", "agency_level", "agency_code"),
        ("stg_dossiers",),
    ),
    "fct_dossiers": (
        """select * from (values
            ('k3', 'H28.2', timestamp '2022-03-03 09:00:00', null, false, timestamp '2022-10-09 08:00:00'),
            ('k1', 'H28.1', timestamp '2022-03-01 08:00:00.25', timestamp '2022-03-02 10:00:00', true,
             timestamp '2022-10-09 08:00:00'),
            ('k2', 'H28.1', timestamp '2022-03-02 08:00:00', timestamp '2022-03-09 10:00:00', true,
             timestamp '2022-10-09 08:00:00')
        ) as t (dossier_key, agency_code, received_at, finished_at, is_final, last_recorded_at)""",
        ("dossier_key",),
        ("stg_dossiers",),
    ),
    "dim_indicator": (
        """select *, case feeds when 'feedback' then date '2010-01-01' end as valid_to, false as is_headline,
            'Nhãn' as label_vi, 'Label' as label_en, 'Định nghĩa' as definition_vi, 'Definition' as definition_en,
            'indicator_values' as source_model
        from (values
            ('dossiers_overdue', 'default', 40, 'dossiers', date '2010-01-01'),
            ('tasks_assigned', 'default', 10, 'tasks', date '2010-01-01'),
            ('dossiers_received', 'default', 20, 'dossiers', date '2010-01-01'),
            ('dossiers_on_time_rate', 'form_06a', 30, 'dossiers', date '2010-01-01'),
            ('dossiers_on_time_rate', 'form_06a', 99, 'feedback', date '2000-01-01'),
            ('dossiers_on_time_rate', 'strict', 31, 'dossiers', date '2010-01-01')
        ) as t (indicator_code, variant, sort_order, feeds, valid_from)""",
        ("indicator_code", "variant", "valid_from"),
        (),
    ),
    "data_quality": (
        """select 'dossiers' as feed, 'H28.1' as agency_code, 'bad_type' as quality_class, 2::bigint as records,
            'Sai kiểu' as meaning_vi, 'Wrong type' as meaning_en, 'Sửa <script>' as action_vi, 'Mend it' as action_en,
            'Bộ phận Một cửa' as office_vi, 'One-stop unit' as office_en""",
        ("feed", "agency_code", "quality_class"),
        ("stg_quarantine",),
    ),
}


def make_lake(root: Path) -> Lake:
    """A lake with a build database and a dbt manifest in `build/`."""
    lake = Lake(root)
    build(lake)
    return lake


def build(lake: Lake, changes: Mapping[str, str] | None = None) -> None:
    """Build the marts of `TABLES`, some by another query; a query may read the mart as `old`."""
    lake.build.mkdir(parents=True, exist_ok=True)
    lake.build_database.unlink(missing_ok=True)
    nodes: dict[str, Any] = {}
    with duckdb.connect(str(lake.build_database)) as connection:
        connection.execute("create schema marts")
        for name, (query, key, parents) in TABLES.items():
            shown = f"with old as ({query}) {changes[name]}" if changes and name in changes else query
            connection.execute(f"create table marts.{name} as {shown}")
            columns = connection.execute(f"describe marts.{name}").fetchall()
            nodes[f"model.cchc.{name}"] = _node(name, [(row[0], row[1]) for row in columns], key, parents)
    for parent in ("stg_dossiers", "stg_quarantine"):
        nodes[f"model.cchc.{parent}"] = {
            "resource_type": "model",
            "name": parent,
            "schema": "staging",
            "depends_on": {"nodes": ["source.cchc.raw.dossiers"]},
        }
    sources = {
        "source.cchc.raw.dossiers": {"resource_type": "source", "source_name": "raw", "name": "dossiers"}
    }
    dbt_manifest(lake).write_text(json.dumps({"nodes": nodes, "sources": sources}), "utf-8")


def _node(
    name: str, columns: list[tuple[str, str]], key: tuple[str, ...], parents: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "schema": "marts",
        "access": "public",
        "description": f"Bảng {name}. | Table {name}, it's public.",
        "config": {"meta": {"primary_key": list(key)}},
        "columns": {
            column: {"name": column, "data_type": kind, "description": f"Cột {column}. | Column {column}."}
            for column, kind in columns
        },
        "depends_on": {"nodes": [f"model.cchc.{parent}" for parent in parents]},
    }


def dbt_manifest(lake: Lake) -> Path:
    return lake.build / "manifest.json"


def facts(
    period: str = "2022-9M",
    known_at: datetime = NOON,
    *,
    provisional: bool = False,
    simulated: bool = False,
    files: tuple[str, ...] = ("a.csv",),
    fingerprint: str = "f1",
) -> ReleaseFacts:
    inputs = tuple(
        Input(
            "dossiers",
            "canonical",
            file,
            "0" * 64,
            "2022-10-01",
            "2022-10-09T12:00:00.000000",
            5,
            3,
            2,
            1,
            simulated,
        )
        for file in files
    )
    settings = {"province": "H28", "timezone": "Asia/Ho_Chi_Minh"}
    return ReleaseFacts(
        parse_period(period), known_at, provisional, inputs, fingerprint, "duckdb", settings, "s1"
    )


def candidate(lake: Lake, given: ReleaseFacts | None = None) -> Candidate:
    return write_candidate(lake, lake.build_database, given or facts(), dbt_manifest(lake))


def audit_of(written: Candidate, verdict: str = "passed") -> dict[str, Any]:
    """An audit in which one integrity rule judged every public mart."""
    return {
        "schema_version": 1,
        "release_id": written.release_id,
        "verdict": verdict,
        "manifest_sha256": written.manifest_sha256,
        "waivers": [],
        "suites": [
            {
                "name": table["name"],
                "engine": "great_expectations",
                "table": table["name"],
                "rules": [
                    {
                        "rule_id": f"{table['name']}_shape",
                        "class": "integrity",
                        "severity": "critical",
                        "success": verdict == "passed",
                        "observed": table["rows"],
                        "expected": table["rows"],
                        "unexpected_count": 0,
                        "sample_keys": [],
                        "message_vi": "Số dòng khớp.",
                        "message_en": "Rows agree.",
                        "could_not_run": False,
                    }
                ],
            }
            for table in written.manifest["tables"]
        ],
    }


def released(
    lake: Lake, given: ReleaseFacts | None = None, *, clock: datetime = NOON, moves_pointers: bool = True
) -> Release:
    """Candidate, passing audit, publication."""
    written = candidate(lake, given)
    write_certificate(lake, written.release_id, audit_of(written))
    return publish(lake, written.release_id, "run-1", lambda: clock, moves_pointers=moves_pointers)
