"""Publication: the audited bytes of a candidate become a release, in one atomic step.

Belongs here: verifying the certificate and the bytes, the release folder, the order of the steps. Does not
belong here: judging figures, exporting marts, the text of the page.

Whoever calls it, publication trusts nobody: it hashes what it copied, reads the audit itself, and refuses.
Until the rename nothing is visible; after it, pointers and the table of published figures are derived again
by `recover`, which every run starts with, so a process killed at any point costs only its own work.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from orchestration.errors import RefusedError
from orchestration.release.candidate import read_candidate
from orchestration.release.certificate import require_passed
from orchestration.release.database import DATABASE, write_database
from orchestration.release.documents import (
    AUDIT,
    MANIFEST,
    RELEASE,
    SCHEMA_VERSION,
    compact,
    moment_text,
    rendered,
    sha256_file,
    sha256_of,
    sync_file,
    sync_folder,
)
from orchestration.release.identity import id_of_manifest
from orchestration.release.page import PAGE, write_page
from orchestration.release.pointers import pointed_at, pointers, settle, wanted_pointers
from orchestration.release.published import published_path, read_published, write_published
from orchestration.release.released import Release, all_releases, find_release

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from orchestration.lake import Lake
    from orchestration.release.candidate import Candidate

_READ_ONLY = 0o444


def publish(
    lake: Lake,
    release_id: str,
    run_id: str,
    clock: Callable[[], datetime],
    *,
    moves_pointers: bool = True,
) -> Release:
    """Release an audited candidate; return the release, or the one that was there.

    Args:
        lake: the lake.
        release_id: the candidate.
        run_id: the run that publishes, for `release.json`.
        clock: the moment of publication, local time; an offset is left out, as everywhere in the lake.
        moves_pointers: False for a run with an older known-at than the lake's latest arrival.

    Raises:
        UsageError: there is no such candidate.
        RefusedError: the audit is absent, foreign, incomplete or refused, or a byte is not the audited one.
    """
    recover(lake)
    existing = find_release(lake, release_id)
    if existing is not None:
        return Release(existing.release_id, existing.folder, existing.document, was_there=True)
    candidate = read_candidate(lake, release_id)
    audit, audit_bytes = require_passed(candidate.folder, candidate.manifest, candidate.manifest_sha256)
    temporary = lake.releases / f".tmp-{release_id}"
    _copy_audited_bytes(candidate, temporary)
    (temporary / AUDIT).write_bytes(audit_bytes)
    write_database(temporary, candidate.manifest)
    write_page(temporary, candidate.manifest, audit)
    document = _release_document(lake, candidate, temporary, audit_bytes) | {
        "created_at": moment_text(clock().replace(tzinfo=None)),
        "run_id": run_id,
        "historic": not moves_pointers,
    }
    (temporary / RELEASE).write_bytes(rendered(document | {"document_sha256": sha256_of(compact(document))}))
    _seal(temporary)
    _make_visible(temporary, lake.release_of(release_id))
    write_published(lake)
    settle(lake)
    return Release(release_id, lake.release_of(release_id), document)


def recover(lake: Lake) -> None:
    """Finish or undo what a killed publication left: half-written folders, pointers, published figures."""
    lake.releases.mkdir(parents=True, exist_ok=True)
    for left in lake.releases.glob(".tmp-*"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
    releases = {release.release_id for release in all_releases(lake)}
    if releases - {row["release_id"] for row in read_published(lake)}:
        write_published(lake)
    settle(lake)


def _copy_audited_bytes(candidate: Candidate, temporary: Path) -> None:
    """Copy manifest and marts, then hash the copies: what is released is what was audited."""
    manifest = candidate.manifest
    if manifest["release_id"] != candidate.release_id or id_of_manifest(manifest) != candidate.release_id:
        raise RefusedError(
            f"The manifest of {candidate.release_id} states facts of another release.",
            "Build it again: cchc run.",
        )
    (temporary / "marts").mkdir(parents=True)
    shutil.copyfile(candidate.folder / MANIFEST, temporary / MANIFEST)
    changed = [] if sha256_file(temporary / MANIFEST) == candidate.manifest_sha256 else [MANIFEST]
    for table in manifest["tables"]:
        name = f"marts/{table['name']}.parquet"
        source, copy = candidate.folder / name, temporary / name
        if not source.is_file():
            changed.append(name)
            continue
        shutil.copyfile(source, copy)
        if copy.stat().st_size != table["bytes"] or sha256_file(copy) != table["sha256"]:
            changed.append(name)
    if changed:
        raise RefusedError(
            f"{candidate.release_id} is not published: {', '.join(changed)} changed after the audit.",
            "Build and audit it again: cchc run.",
        )


def _release_document(
    lake: Lake, candidate: Candidate, temporary: Path, audit_bytes: bytes
) -> dict[str, Any]:
    manifest: Mapping[str, Any] = candidate.manifest
    derived = (DATABASE, PAGE)
    return {
        "schema_version": SCHEMA_VERSION,
        "release_id": candidate.release_id,
        "period": manifest["period"],
        "known_at": manifest["known_at"],
        "simulated": manifest["simulated"],
        "manifest_sha256": candidate.manifest_sha256,
        "audit_sha256": sha256_of(audit_bytes),
        "previous_release": pointed_at(lake, manifest["period"]["code"]),
        "files": {name: sha256_file(temporary / name) for name in derived},
    }


def _seal(folder: Path) -> None:
    """Make every file durable and read-only: a tool that opens one for writing fails."""
    paths = sorted(folder.rglob("*"), reverse=True)
    for path in paths:
        if path.is_file():
            path.chmod(_READ_ONLY)
            sync_file(path)
    for path in [path for path in paths if path.is_dir()] + [folder]:
        sync_folder(path)


def _make_visible(temporary: Path, final: Path) -> None:
    temporary.rename(final)
    sync_folder(final.parent)


def waits_for_recovery(lake: Lake) -> bool:
    """Whether a killed publication left work for `recover`: half-written folders, or pointers behind.

    Cheap enough for every run: it reads names and `release.json`, no table.
    """
    if not lake.releases.is_dir():
        return False
    wanted = {label: release.release_id for label, release in wanted_pointers(lake).items()}
    unlisted = bool(wanted) and not published_path(lake).is_file()
    return any(lake.releases.glob(".tmp-*")) or wanted != pointers(lake) or unlisted
