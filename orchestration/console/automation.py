"""The commands of what runs many times: `cchc backfill` and `cchc schedule`.

Belongs here: their options and help, and the option all commands share. Does not belong here: what they do.
"""

from __future__ import annotations

import sys

import click

from orchestration.console.output import Console

JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")


@click.command()
@click.option("--from", "first", required=True, metavar="PERIOD", help="First period, such as 2022-01.")
@click.option("--to", "last", required=True, metavar="PERIOD", help="Last one, of the same kind.")
@click.option("--again", is_flag=True, help="Also periods that are released: anew where their data changed.")
@click.option("--stop-on-failure", is_flag=True, help="Leave the rest where a period fails.")
@JSON_OPTION
def backfill(first: str, last: str, again: bool, stop_on_failure: bool, as_json: bool) -> None:
    """Release all periods from one to another of the same kind; those that are released are skipped.

    Started again after a break it goes on where it stopped. A period that fails does not stop the others; the
    exit code is that of the first failure.

    \b
    Examples:
      cchc backfill --from 2022-01 --to 2022-12
      cchc backfill --from 2021-Q1 --to 2022-Q4 --stop-on-failure
    """
    from orchestration.console import backfilling  # noqa: PLC0415

    sys.exit(backfilling.backfill(Console(as_json=as_json), first, last, again=again, stop=stop_on_failure))


@click.group()
def schedule() -> None:
    """Schedules: what runs by itself.

    \b
    Examples:
      cchc schedule list
      cchc schedule list --next 12
    """


@schedule.command("list")
@click.option(
    "--next", "count", type=click.IntRange(1, 400), default=3, show_default=True, help="Ticks per schedule."
)
@JSON_OPTION
def schedule_list(count: int, as_json: bool) -> None:
    """List what will run by itself: next local times, the period each would release, whether it is on.

    \b
    Examples:
      cchc schedule list
      CCHC_SCHEDULES=on cchc schedule list --next 1 --json
    """
    from orchestration.console import schedules  # noqa: PLC0415

    schedules.show_list(Console(as_json=as_json), count)
