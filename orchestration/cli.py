"""The console command `cchc`: arguments in, a Dagster job or a release operation out.

Belongs here: commands, options, help, exit codes. Does not belong here: what a command does (`console/`). Heavy
libraries are imported where they are used, so that `cchc --help` answers at once.
"""

from __future__ import annotations

import gc
import sys
import traceback
from pathlib import Path

import click

from orchestration.console.automation import JSON_OPTION, backfill, schedule
from orchestration.console.output import Console
from orchestration.errors import EXIT_UNEXPECTED, CchcError, UsageError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="cchc-warehouse", prog_name="cchc")
def main_group() -> None:
    """Administrative-reform figures of a province: from source extracts to validated releases.

    \b
    Start here:
      cchc simulate                    write a simulated province-year into landing/
      cchc run --period 2022-9M        ingest, build, audit, release
      cchc release show                the current release

    \b
    Exit codes: 0 done · 1 unexpected failure · 2 wrong usage or settings · 3 refused by the gate
                4 an extract broke its contract · 5 another run holds the lake
    """


@main_group.command()
@click.option(
    "--dossiers",
    type=click.IntRange(min=1),
    help="Dossiers received in the period; default: 336,418 (two_tier: 60,000).",
)
@click.option("--seed", type=int, help="The same seed writes the same bytes; default: 2022.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write; default: landing/ of the lake."
)
@click.option(
    "--era",
    type=click.Choice(["two_tier"]),
    help="Another time than 2022-9M: two_tier is the half-year 2025-H2, after the reform of 01/07/2025.",
)
@click.option("--defect", "defects", multiple=True, metavar="NAME", help="Plant a named fault; repeatable.")
@click.option(
    "--list-defects", is_flag=True, help="Explain every fault that can be planted, and what catches it."
)
@JSON_OPTION
def simulate(
    dossiers: int | None,
    seed: int | None,
    out: Path | None,
    era: str | None,
    defects: tuple[str, ...],
    list_defects: bool,
    as_json: bool,
) -> None:
    """Write a synthetic province-year of source extracts (simulated data).

    \b
    Examples:
      cchc simulate
      cchc simulate --dossiers 2000 --out /tmp/landing
      cchc simulate --defect unpublished_procedure
      cchc simulate --era two_tier
    """
    from orchestration.console import simulation  # noqa: PLC0415

    if list_defects:
        simulation.explain_defects(Console(as_json=as_json))
    else:
        simulation.write(
            Console(as_json=as_json), dossiers=dossiers, seed=seed, out=out, defects=defects, era=era
        )


@main_group.command()
@click.option("--feed", "feeds", multiple=True, metavar="FEED", help="Only this feed; repeatable.")
@click.option(
    "--replay", type=click.Path(path_type=Path), help="Read a file again after its profile was mended."
)
@click.option("--full", multiple=True, metavar="SOURCE", help="Pull all that this source holds; repeatable.")
@click.option("--no-pull", is_flag=True, help="Read landed files alone.")
@JSON_OPTION
def ingest(
    feeds: tuple[str, ...], replay: Path | None, full: tuple[str, ...], no_pull: bool, as_json: bool
) -> None:
    """Pull what is new from the configured sources, and read it and what is new in landing/ into raw/.

    \b
    Examples:
      cchc ingest
      cchc ingest --feed dossiers --feed tasks
      cchc ingest --replay landing/tasks/theo_doi_nhiem_vu/2022-09-15_tasks.xlsx
      cchc ingest --full mot_cua
    """
    from orchestration.console import running  # noqa: PLC0415

    sys.exit(running.ingest(Console(as_json=as_json), feeds, replay, full, pull=not no_pull))


@main_group.command()
@click.option(
    "--period", metavar="CODE", help="Such as 2022-9M, 2022-Q3, 2022-09, 2022; default: the last one over."
)
@click.option(
    "--calendar", metavar="state|plain", help="state: months end on the 14th (default); plain: civil months."
)
@click.option(
    "--known-at",
    metavar="MOMENT",
    help="See only what had arrived by then (a moment, or a day: its end); default: the last arrival.",
)
@click.option("--provisional", is_flag=True, help="Release a period that is not over; moves no pointer.")
@JSON_OPTION
def run(
    period: str | None, calendar: str | None, known_at: str | None, provisional: bool, as_json: bool
) -> None:
    """Ingest what is new, build the marts, audit the candidate, release it.

    \b
    Examples:
      cchc run --period 2022-9M
      cchc run --period 2022-Q3 --known-at 2022-10-09T17:00
      cchc run --period 2011 --calendar plain
    """
    from orchestration.console import running  # noqa: PLC0415
    from orchestration.planning import RunOptions  # noqa: PLC0415

    sys.exit(running.run(Console(as_json=as_json), RunOptions(period, calendar, known_at, provisional)))


@main_group.group()
def release() -> None:
    """Operate releases; ID defaults to the current one.

    \b
    Examples:
      cchc release list
      cchc release verify
      cchc release diff 2022-08_0a1b2c3d4e5f current
    """


@release.command("list")
@JSON_OPTION
def release_list(as_json: bool) -> None:
    """List all releases, newest first, and what points to them."""
    from orchestration.console import releases  # noqa: PLC0415

    releases.show_list(Console(as_json=as_json))


@release.command("show")
@click.argument("release_id", default="current")
@JSON_OPTION
def release_show(release_id: str, as_json: bool) -> None:
    """Show a release: headline figures, inputs, waivers, where its files are."""
    from orchestration.console import releases  # noqa: PLC0415

    releases.show(Console(as_json=as_json), release_id)


@release.command("verify")
@click.argument("release_id", default="current")
@JSON_OPTION
def release_verify(release_id: str, as_json: bool) -> None:
    """Recompute every hash, the contents and the derived database of a release."""
    from orchestration.console import releases  # noqa: PLC0415

    releases.verify(Console(as_json=as_json), release_id)


@release.command("diff")
@click.argument("before")
@click.argument("after")
@click.option(
    "--codes", is_flag=True, help="Name dossiers by their codes: reads the restricted zone, and is logged."
)
@JSON_OPTION
def release_diff(before: str, after: str, codes: bool, as_json: bool) -> None:
    """Say which figures moved between two releases, by how much, and because of what, record by record.

    Every move is the sum of its causes: late, corrected and withdrawn records, rules and targets, code, settings.

    \b
    Examples:
      cchc release diff 2022-9M_0a1b2c3d4e5f current
      cchc release diff 2022-9M_0a1b2c3d4e5f current --codes
    """
    from orchestration.console import differences  # noqa: PLC0415

    differences.diff(Console(as_json=as_json), before, after, codes=codes)


@release.command("rollback")
@click.argument("release_id")
@JSON_OPTION
def release_rollback(release_id: str, as_json: bool) -> None:
    """Point readers to an earlier release and pin it: later runs release but do not move the pointer."""
    from orchestration.console import releases  # noqa: PLC0415

    releases.rollback(Console(as_json=as_json), release_id)


@release.command("unpin")
@JSON_OPTION
def release_unpin(as_json: bool) -> None:
    """Remove the pin of a rollback; the newest release becomes current again."""
    from orchestration.console import releases  # noqa: PLC0415

    releases.unpin(Console(as_json=as_json))


@release.command("prune")
@click.option(
    "--keep", type=click.IntRange(min=1), required=True, help="How many of the newest releases to keep."
)
@JSON_OPTION
def release_prune(keep: int, as_json: bool) -> None:
    """Remove old releases; never one that a pointer or a ledger of claims names."""
    from orchestration.console import releases  # noqa: PLC0415

    releases.prune(Console(as_json=as_json), keep)


@main_group.group()
def source() -> None:
    """Sources: what delivers, and how a new one is tried.

    \b
    Examples:
      cchc source list
      cchc source check event_log ~/log.csv
      cchc source check mot_cua
    """


@source.command("check")
@click.argument("name", metavar="PROFILE|SOURCE")
@click.argument("sample", type=click.Path(path_type=Path), required=False)
@JSON_OPTION
def source_check(name: str, sample: Path | None, as_json: bool) -> None:
    """Try a profile on a sample file, or a pulled source on a few of its records; nothing is written to the lake."""
    from orchestration.console import sources  # noqa: PLC0415

    sys.exit(sources.check(Console(as_json=as_json), name, sample))


@source.command("list")
@JSON_OPTION
def source_list(as_json: bool) -> None:
    """List the sources, what they delivered last, and what is expected next."""
    from orchestration.console import sources  # noqa: PLC0415

    sources.show_list(Console(as_json=as_json))


main_group.add_command(backfill)
main_group.add_command(schedule)


@main_group.command()
@click.argument("what")
@click.option("--release", "release_id", default="current", show_default=True, help="Release of the figure.")
@JSON_OPTION
def trace(what: str, release_id: str, as_json: bool) -> None:
    """From a figure to its models, checks and records; from a pseudonymous key to the dossier code.

    Looking up a key reads the restricted zone and is logged.

    \b
    Examples:
      cchc trace dossiers_on_time_rate
      cchc trace 4f0c…            (64 hex digits)
    """
    from orchestration.console import tracing  # noqa: PLC0415

    tracing.trace(Console(as_json=as_json), what, release_id)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    try:
        _main(sys.argv[1:] if arguments is None else arguments)
    finally:
        # The interpreter looks for cycles among all that a run imported, two seconds long, before it ends.
        gc.freeze()


def _main(words: list[str]) -> None:
    console = Console(as_json="--json" in words)
    try:
        sys.exit(main_group(args=words, prog_name="cchc", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        wrong = UsageError(error.format_message(), "See: cchc --help")
        console.document("error", {"exit_code": wrong.exit_code, "error": wrong.to_json()})
        sys.exit(wrong.exit_code)
    except click.Abort:
        print("Stopped.", file=sys.stderr)
        sys.exit(EXIT_UNEXPECTED)
    except CchcError as error:
        console.error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(EXIT_UNEXPECTED)
    except Exception as error:  # noqa: BLE001 - the last resort: say what failed, end with 1
        traceback.print_exc()
        console.error(
            CchcError(
                f"Unexpected failure: {type(error).__name__}.", "The lines above say where; report them."
            )
        )
        sys.exit(EXIT_UNEXPECTED)


if __name__ == "__main__":
    main()
