"""`cchc simulate`."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

from orchestration.console.output import Console
from orchestration.errors import UsageError
from orchestration.lake import Lake
from orchestration.locking import writing
from orchestration.settings import load_settings
from orchestration.simulate.defects import list_defects
from orchestration.simulate.run import simulate
from orchestration.simulate.two_tier.run import TWO_TIER, simulate_two_tier


def explain_defects(console: Console) -> None:
    """Print every fault that can be planted: what, how many, which rule must catch it."""
    defects = list_defects()
    rows = [[defect.name, defect.plants_en, str(defect.count), defect.rule_id] for defect in defects]
    console.table(["defect", "what it plants", "count", "caught by"], rows, right=frozenset({2}))
    console.document("simulate --list-defects", {"defects": [defect.to_json() for defect in defects]})


def write(
    console: Console,
    *,
    dossiers: int | None,
    seed: int | None,
    out: Path | None,
    defects: tuple[str, ...],
    era: str | None,
) -> None:
    """Write the simulated extracts into a folder, by default the lake's landing."""
    if era == TWO_TIER and defects:
        raise UsageError(
            "Faults can be planted in the province-year of 2022 only.", "Leave out --era or --defect."
        )
    settings = load_settings()
    lake = Lake(settings.lake)
    folder = out.resolve() if out else lake.landing
    held = writing(lake) if folder.is_relative_to(lake.root) else nullcontext()
    with held:
        if era == TWO_TIER:
            report = simulate_two_tier(
                folder,
                dossiers=dossiers,
                seed=seed,
                province=settings.province,
                progress=console.progress,
            )
        else:
            report = simulate(
                folder,
                dossiers=dossiers,
                seed=seed,
                defects=defects,
                province=settings.province,
                progress=console.progress,
            )
    console.line(
        f"Simulated data (not from any real office) in {folder}: {len(report.written)} files written, "
        f"{report.dossiers:,} dossiers, seed {report.seed}."
    )
    if report.scope:
        console.line(report.scope)
    for planted in report.defects:
        console.line(f"Planted: {planted.name}")
    if out is None:
        console.line(f"Next: cchc run --period {report.period}")
    console.document("simulate", asdict(report))
