"""Verification of a release: every byte is the one that was published, every row the one that was audited.

Belongs here: recomputing hashes and comparing documents. Does not belong here: judging figures.

| what | against |
|---|---|
| `release.json` | its own `document_sha256`, its canonical form |
| `manifest.json`, `audit.json` | the hashes in `release.json` |
| `marts/*.parquet` | size, SHA-256 and content hash in the manifest |
| `cchc.duckdb`, `report/` | the hashes in `release.json`; the database's rows also against the content hashes |
| the audit | passed, of this manifest, every mart covered |
| the name | the id that the manifest's facts lead to |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.errors import CchcError, RefusedError
from orchestration.release.certificate import require_passed
from orchestration.release.contents import content_hash, literal
from orchestration.release.database import database_findings
from orchestration.release.documents import (
    AUDIT,
    MANIFEST,
    RELEASE,
    compact,
    parse_document,
    rendered,
    sha256_file,
    sha256_of,
)
from orchestration.release.identity import id_of_manifest
from orchestration.release.pointers import resolve_release

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestration.lake import Lake

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Verification:
    """What verification found; no findings means every byte and row is as published."""

    release_id: str
    files: int
    findings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The result for `--json`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "release_id": self.release_id,
            "files": self.files,
            "findings": list(self.findings),
            "unchanged": not self.findings,
        }


def verify(lake: Lake, name: str = "current") -> Verification:
    """Recompute files, contents and the derived database of a release.

    Args:
        lake: the lake.
        name: a release id, `current`, or a period code.

    Raises:
        UsageError: there is no such release.
        RefusedError: `release.json` itself is no JSON any more.
    """
    release = resolve_release(lake, name)
    findings = tuple(_findings(release.folder, release.release_id, deep=True))
    files = sum(1 for path in release.folder.rglob("*") if path.is_file())
    return Verification(release.release_id, files, findings)


def require_unchanged(lake: Lake, name: str = "current") -> Verification:
    """Verify a release and return what was verified.

    Raises:
        UsageError: there is no such release.
        RefusedError: a byte or a row is not the published one; the message names every file.
    """
    result = verify(lake, name)
    if result.findings:
        raise RefusedError(
            f"{result.release_id} is not what was published: {'; '.join(result.findings)}.",
            "Nobody should read it: cchc release rollback to another one, and restore it from a backup.",
        )
    return result


def changed_files(folder: Path, release_id: str) -> list[str]:
    """Return what is wrong with the files of a release, by hashes alone: seconds less than `verify`."""
    return list(_findings(folder, release_id, deep=False))


def _findings(folder: Path, release_id: str, *, deep: bool) -> Iterator[str]:
    release_bytes = (folder / RELEASE).read_bytes()
    release = parse_document(folder / RELEASE, release_bytes)
    stated = {name: value for name, value in release.items() if name != "document_sha256"}
    if release.get("document_sha256") != sha256_of(compact(stated)) or rendered(release) != release_bytes:
        yield f"{RELEASE} was changed"
    yield from _file_findings(
        folder, {MANIFEST: release.get("manifest_sha256"), AUDIT: release.get("audit_sha256")}
    )
    yield from _file_findings(folder, release.get("files", {}))
    try:
        manifest = parse_document(folder / MANIFEST, (folder / MANIFEST).read_bytes())
        yield from _manifest_findings(folder, release_id, manifest, deep=deep)
        expected = {MANIFEST, AUDIT, RELEASE, *release.get("files", {})}
        expected |= {f"marts/{table['name']}.parquet" for table in manifest["tables"]}
    except (CchcError, OSError, KeyError, TypeError) as error:
        yield f"{MANIFEST} cannot be used: {error}"
        return
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for name in sorted(found - expected):
        yield f"{name} does not belong to the release"


def _file_findings(folder: Path, hashes: Mapping[str, str | None]) -> Iterator[str]:
    for name, expected in sorted(hashes.items()):
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif sha256_file(path) != expected:
            yield f"{name} was changed"


def _manifest_findings(
    folder: Path, release_id: str, manifest: Mapping[str, Any], *, deep: bool
) -> Iterator[str]:
    if not manifest["release_id"] == id_of_manifest(manifest) == release_id:
        yield f"{MANIFEST} states facts of another release"
    hashes = {f"marts/{table['name']}.parquet": table["sha256"] for table in manifest["tables"]}
    yield from _file_findings(folder, hashes)
    try:
        require_passed(folder, manifest, sha256_file(folder / MANIFEST))
    except RefusedError as error:
        yield error.message
    if deep:
        yield from _content_findings(folder, manifest)
        yield from database_findings(folder, manifest)


def _content_findings(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    import duckdb  # noqa: PLC0415

    with duckdb.connect() as connection:
        for table in manifest["tables"]:
            path = folder / "marts" / f"{table['name']}.parquet"
            columns = [(column["name"], column["type"]) for column in table["columns"]]
            try:
                digest, rows = content_hash(connection, f"read_parquet({literal(str(path))})", columns)
            except duckdb.Error as error:
                yield f"marts/{path.name} cannot be read: {str(error).splitlines()[0]}"
                continue
            if (digest, rows) != (table["content_hash"], table["rows"]):
                yield f"marts/{path.name} holds other rows than the manifest says"
