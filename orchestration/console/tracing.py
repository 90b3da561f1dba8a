"""`cchc trace`: behind a figure, or behind a pseudonymous key."""

from __future__ import annotations

from orchestration.console.output import Console
from orchestration.lake import Lake
from orchestration.release.trace import FigureTrace, KeyTrace
from orchestration.settings import load_settings


def trace(console: Console, what: str, release_id: str) -> None:
    """Print what stands behind a figure or a key."""
    from orchestration.extracts.pseudonyms import lookup  # noqa: PLC0415
    from orchestration.release.trace import trace as find  # noqa: PLC0415

    lake = Lake(load_settings().lake)
    found = find(lake, what, lambda key: lookup(lake, key), release_id)
    if isinstance(found, FigureTrace):
        _print_figure(console, found)
    else:
        _print_key(console, found)
    body = found.to_json()
    body.pop("schema_version", None)
    console.document("trace", body)


def _print_figure(console: Console, found: FigureTrace) -> None:
    figure = found.figure
    console.line(f"{figure['indicator_code']}:{figure['variant']} in {found.release_id}")
    console.line(f"  {figure['label_vi']} | {figure['label_en']}")
    console.line(
        f"  value {figure['value']} = {figure['numerator']} / {figure['denominator']}, {figure['status']}"
    )
    console.line(f"  {figure['definition_vi']}")
    console.line(f"  {figure['definition_en']}")
    console.table(["model", "reads"], [[name, ", ".join(parents)] for name, parents in found.models.items()])
    console.table(
        ["rule", "engine", "held"],
        [[check["rule_id"], check["engine"], "yes" if check["success"] else "NO"] for check in found.checks],
    )
    for delivery in found.inputs:
        console.line("  " + ", ".join(f"{name}: {value}" for name, value in delivery.items()))
    for part in found.parts:
        console.line("  " + ", ".join(f"{name}: {value}" for name, value in part.items()))


def _print_key(console: Console, found: KeyTrace) -> None:
    code = found.dossier_code or "not in the restricted zone any more"
    console.line(f"{found.dossier_key}\n  dossier code: {code}")
    for table, rows in found.rows.items():
        for row in rows:
            console.line(
                f"  {table}: "
                + ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)
            )
    for delivery in found.deliveries:
        console.line("  delivered: " + ", ".join(f"{name}={value}" for name, value in delivery.items()))
