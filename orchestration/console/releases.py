"""`cchc release …`: what is released, and moving between releases."""

from __future__ import annotations

from orchestration.console.headlines import print_figures, print_moves, print_waivers
from orchestration.console.output import Console
from orchestration.errors import UsageError
from orchestration.lake import Lake
from orchestration.locking import writing
from orchestration.release import catalog, pointers
from orchestration.release.printing import day_text
from orchestration.settings import load_settings


def _lake() -> Lake:
    return Lake(load_settings().lake)


def _answer(console: Console, command: str, body: dict[str, object]) -> None:
    body.pop("schema_version", None)
    console.document(command, body)


def show_list(console: Console) -> None:
    """Every release, newest first."""
    lake = _lake()
    found = catalog.list_releases(lake)
    rows = [
        [
            item.release_id,
            item.known_at[:19].replace("T", " "),
            item.created_at[:19].replace("T", " "),
            ", ".join(item.pointers),
            ", ".join(
                name for name in ("pinned", "provisional", "historic", "simulated") if getattr(item, name)
            ),
        ]
        for item in found.releases
    ]
    if rows:
        console.table(["release", "known at", "released", "pointers", "remarks"], rows)
    else:
        console.line(f"No release yet in {lake.releases}. Start with: cchc run --period 2022-9M")
    _answer(console, "release list", found.to_json())


def show(console: Console, release_id: str) -> None:
    """One release in full."""
    shown = catalog.show_release(_lake(), release_id)
    period = shown.manifest["period"]
    console.line(f"{shown.listed.release_id}: {day_text(period['start'])} – {day_text(period['end'])}")
    console.line(f"known at {shown.manifest['known_at']}, released {shown.release['created_at']}")
    if shown.manifest["simulated"]:
        console.line("SIMULATED DATA / DỮ LIỆU MÔ PHỎNG: not the figures of any real office.")
    print_figures(console, shown.folder, shown.manifest["figures"])
    print_waivers(console, shown.audit)
    print_moves(console, shown.audit)
    inputs = shown.manifest["inputs"]
    accepted = sum(item["accepted"] for item in inputs)
    quarantined = sum(item["quarantined"] for item in inputs)
    console.line(f"{len(inputs)} deliveries read: {accepted:,} records accepted, {quarantined:,} quarantined")
    console.line(f"Pointers: {', '.join(shown.listed.pointers) or 'none'}")
    console.line(f"Release:  {shown.folder}")
    _answer(console, "release show", shown.to_json())


def verify(console: Console, release_id: str) -> None:
    """Recompute a release; a changed byte ends with exit 3."""
    from orchestration.release.verify import require_unchanged  # noqa: PLC0415

    verified = require_unchanged(_lake(), release_id)
    console.line(
        f"{verified.release_id}: unchanged, {verified.files} files, their contents and the database verified"
    )
    _answer(console, "release verify", verified.to_json())


def rollback(console: Console, release_id: str) -> None:
    """Point readers to an earlier release and pin it."""
    lake = _lake()
    with writing(lake):
        moved = pointers.rollback(lake, release_id)
    console.line(f"Readers now see {release_id}; it is pinned until: cchc release unpin")
    console.document("release rollback", {"release_id": release_id, "pointers": moved})


def unpin(console: Console) -> None:
    """Let the pointers follow the releases again."""
    lake = _lake()
    if pointers.pinned(lake) is None:
        raise UsageError("Nothing is pinned.", "See `cchc release list`.")
    with writing(lake):
        moved = pointers.unpin(lake)
    console.line(f"Unpinned. Readers now see {moved.get('current', 'no release')}.")
    console.document("release unpin", {"pointers": moved})


def prune(console: Console, keep: int) -> None:
    """Remove old releases that nothing names."""
    from orchestration.release.prune import prune as remove  # noqa: PLC0415

    lake = _lake()
    with writing(lake):
        pruned = remove(lake, keep)
    for release_id in pruned.removed:
        console.line(f"removed {release_id}")
    for release_id, names in pruned.held.items():
        console.line(f"kept    {release_id}: named by {', '.join(names)}")
    console.line(f"{len(pruned.removed)} releases removed, {pruned.bytes / 1e6:,.1f} MB given back")
    _answer(console, "release prune", pruned.to_json())
