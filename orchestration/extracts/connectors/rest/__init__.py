"""Web services: pulled page by page, gone on with after a crash, each record delivered once.

Belongs here: the connector as the pulling knows it. Does not belong here: the YAML (`settings.py`), one pull
(`pull.py`), requests, paging, keeping pages (modules of their names).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.extracts.connectors.rest.requests import Clock
from orchestration.extracts.connectors.rest.settings import Service, checked_service

if TYPE_CHECKING:
    from orchestration.extracts.connectors.configuration import Head
    from orchestration.extracts.connectors.interface import Pulled, PullRequest
    from orchestration.extracts.yaml_marks import Keys
    from orchestration.extracts.yaml_values import YamlValues


def checked(values: YamlValues, keys: Keys, head: Head) -> RestConnector:
    """The connector of a document.

    Raises:
        ProfileError: naming file, line and key of what is wrong.
    """
    if head.profile.file.kind == "parquet":
        raise values.document.error(("profile",), f"the profile {head.profile.name} reads no JSON.")
    if head.profile.file.records:
        raise values.document.error(
            ("profile",), "reads a list inside a document.", "A web service's records stand under connector: records."
        )  # fmt: skip
    return RestConnector(checked_service(values, keys), head.digest)


@dataclass(frozen=True)
class RestConnector:
    """Pulls from one web service."""

    service: Service
    digest: str
    clock: Clock = field(default_factory=Clock)
    ending = "jsonl"

    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables of its credentials."""
        return self.service.auth.variables

    def pull(self, request: PullRequest) -> Pulled:
        """Write what is new.

        Raises:
            SourceUnavailableError: the service cannot be had.
            BrokenFileError: what it gave is no whole delivery.
        """
        from orchestration.extracts.connectors.rest.pull import Pull  # noqa: PLC0415 - only where something is pulled
        from orchestration.extracts.connectors.rest.requests import Requests  # noqa: PLC0415

        with Requests(self.service, request.secret, self.clock) as requests:
            pull = Pull(self.service, self.digest, request, requests)
            try:
                return pull.made()
            finally:
                pull.store.close()
