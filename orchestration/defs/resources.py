"""Resources of a run: the lake it writes, held by one writer at a time, and what it was asked for.

Resources stand alone in this module: a module with a definitions function hides its other assets.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import Field, PrivateAttr

from orchestration.errors import UsageError
from orchestration.lake import Lake
from orchestration.locking import writing
from orchestration.planning import Plan, RunOptions, plan_run
from orchestration.settings import Settings, load_settings


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The lake of the settings; a run holds its lock from its first step to its last."""

    @property
    def settings(self) -> Settings:
        """Settings of the environment the run was started in."""
        return load_settings()

    @property
    def lake(self) -> Lake:
        """The lake."""
        return Lake(self.settings.lake)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Iterator[WarehouseResource]":
        """Hold the lake's lock while the run lasts."""
        del context
        with writing(self.lake):
            yield self


class RunOptionsResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """What the run was asked for; everything left out takes its default."""

    period: str | None = Field(
        default=None, description="Period code, such as 2022-9M; default: the last one that is over"
    )
    calendar: str | None = Field(default=None, description="state (default) or plain")
    known_at: str | None = Field(
        default=None, description="Only what was recorded by then is seen; default: the last arrival"
    )
    provisional: bool = Field(
        default=False, description="Release a period that is not over; no pointer moves"
    )
    feeds: list[str] = Field(default=[], description="Feeds to ingest; empty: all")
    every_feed_required: bool = Field(
        default=False,
        description="A broken file of any feed fails the step, not only of one that is required",
    )
    replay: str | None = Field(
        default=None, description="A file below landing/, or a pulled one that is kept, to read again"
    )
    full: list[str] = Field(
        default=[], description="Pulled sources of which all is pulled, not only what is new"
    )
    pull: bool = Field(default=True, description="Pull the configured sources before reading landed files")

    keep_build: bool = Field(
        default=False, description="Rebuild only what the period changes, where the build before allows it"
    )
    _partition: str | None = PrivateAttr(default=None)
    _of_backfill: bool = PrivateAttr(default=False)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """A run of one partition releases that period; the runs of a backfill share what a period does not change."""
        tags = context.run.tags if context.run else {}
        self._partition = tags.get("dagster/partition")
        self._of_backfill = "dagster/backfill" in tags
        if self._partition and self.period and self.period != self._partition:
            raise UsageError(
                f"The run is of the partition {self._partition}, its options ask for {self.period}.",
                "Leave the option out: the partition is the period.",
            )

    def keeps_build(self) -> bool:
        """Whether the build before may be turned to this period."""
        return self.keep_build or self._of_backfill

    def plan(self, warehouse: WarehouseResource) -> Plan:
        """The run decided on what the lake holds now."""
        options = RunOptions(self.period or self._partition, self.calendar, self.known_at, self.provisional)
        return plan_run(warehouse.lake, warehouse.settings, options)


@dg.definitions
def resources() -> dg.Definitions:
    """The resources by the names the assets ask for."""
    return dg.Definitions(resources={"warehouse": WarehouseResource(), "options": RunOptionsResource()})
