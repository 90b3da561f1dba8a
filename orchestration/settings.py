"""Settings: the only reader of environment variables.

Belongs here: what can be set from outside, its default, its check. Does not belong here: folder names of
the lake (`lake.py`), anything that is decided per run (period, known-at).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.errors import UsageError

REPOSITORY = Path(__file__).resolve().parent.parent
SOURCES = REPOSITORY / "orchestration" / "extracts" / "sources"
ENVIRONMENTS = ("local", "test", "production")
ENGINES = ("duckdb",)
PERIOD_KINDS = ("month", "quarter", "half", "nine_months", "year")
SWITCH = ("off", "on")


@dataclass(frozen=True)
class Settings:
    """Everything that is set from outside, checked.

    Attributes:
        env: one of `ENVIRONMENTS`.
        lake: absolute path of the lake.
        engine: SQL engine that builds the marts.
        province: agency code of the province itself, new form (`H28`).
        timezone: IANA name; every timestamp of the lake is local time of this zone.
        period_kind: kind of period that `cchc run` releases by default.
        waivers: file of the waivers that the gate reads.
        pseudonym_secret: secret of the pseudonyms, or None where a local lake makes its own.
        schedules: schedules and sensors run by themselves where Dagster's daemon runs.
        sources: folder with one YAML document per source that is pulled.
    """

    env: str
    lake: Path
    engine: str
    province: str
    timezone: str
    period_kind: str
    waivers: Path
    pseudonym_secret: str | None
    schedules: bool = False
    sources: Path = SOURCES

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.timezone)

    def reaching_figures(self) -> dict[str, str]:
        """The settings that can change a figure, as they stand in the manifest and in the release id."""
        return {"province": self.province, "timezone": self.timezone}


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UsageError(f"{name}={value!r} is unknown.", f"Known values: {', '.join(known)}.")
    return value


def _lake(environ: Mapping[str, str], env: str) -> Path:
    given = environ.get("CCHC_LAKE")
    if given:
        return Path(given).expanduser().resolve()
    if env == "production":
        raise UsageError("CCHC_LAKE is not set.", "In production the lake has no default: set CCHC_LAKE.")
    return REPOSITORY / "data_lake"


def _timezone(environ: Mapping[str, str]) -> str:
    name = environ.get("CCHC_TIMEZONE", "Asia/Ho_Chi_Minh")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(
            f"CCHC_TIMEZONE={name!r} is no time zone.", "Use an IANA name: Asia/Ho_Chi_Minh."
        ) from error
    return name


def schedules_on(environ: Mapping[str, str] | None = None) -> bool:
    """Whether schedules and sensors are on (`CCHC_SCHEDULES`); readable before the other settings are complete."""
    environ = os.environ if environ is None else environ
    return _one_of("CCHC_SCHEDULES", environ.get("CCHC_SCHEDULES", "off"), SWITCH) == "on"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings.

    Args:
        environ: variables to read instead of the process's own.

    Raises:
        UsageError: a value is unknown, or production lacks one that has no default there.
    """
    environ = os.environ if environ is None else environ
    env = _one_of("CCHC_ENV", environ.get("CCHC_ENV", "local"), ENVIRONMENTS)
    secret = environ.get("CCHC_PSEUDONYM_SECRET")
    if env == "production" and not secret:
        raise UsageError(
            "CCHC_PSEUDONYM_SECRET is not set.",
            "In production the secret of the pseudonyms comes from the environment; a local lake makes its own.",
        )
    return Settings(
        env=env,
        lake=_lake(environ, env),
        engine=_one_of("CCHC_ENGINE", environ.get("CCHC_ENGINE", "duckdb"), ENGINES),
        province=environ.get("CCHC_PROVINCE", "H28"),
        timezone=_timezone(environ),
        period_kind=_one_of("CCHC_PERIOD_KIND", environ.get("CCHC_PERIOD_KIND", "month"), PERIOD_KINDS),
        waivers=Path(environ.get("CCHC_WAIVERS", REPOSITORY / "expectations" / "waivers.yml"))
        .expanduser()
        .resolve(),
        pseudonym_secret=secret,
        schedules=schedules_on(environ),
        sources=Path(environ.get("CCHC_SOURCES", SOURCES)).expanduser().resolve(),
    )


def named_variable(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """The value of a variable that a source's document names: an address with its password, a token."""
    return (os.environ if environ is None else environ).get(name) or None


TLS = ("starttls", "ssl", "off")


@dataclass(frozen=True)
class NoticeSettings:
    """Where notices go; without any of it, nowhere.

    Attributes:
        webhook: address that takes a JSON document; it counts as a secret.
        mail_to, mail_from: addresses of e-mail.
        smtp_host, smtp_port, smtp_tls, smtp_user, smtp_password: the server that takes it.
    """

    webhook: str | None = None
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = "starttls"
    smtp_user: str | None = None
    smtp_password: str | None = None


def load_notice_settings(environ: Mapping[str, str] | None = None) -> NoticeSettings:
    """Read where notices go.

    Raises:
        UsageError: an address that is none, e-mail without server or sender, a wrong port.
    """
    environ = os.environ if environ is None else environ
    webhook = environ.get("CCHC_NOTICE_WEBHOOK") or None
    if webhook and not webhook.startswith(("http://", "https://")):
        raise UsageError("CCHC_NOTICE_WEBHOOK is no web address.", "It starts with https:// (or http://).")
    to = tuple(part.strip() for part in environ.get("CCHC_NOTICE_MAIL_TO", "").split(",") if part.strip())
    host, sender = environ.get("CCHC_SMTP_HOST", ""), environ.get("CCHC_NOTICE_MAIL_FROM", "")
    if to and not (host and sender):
        raise UsageError(
            "CCHC_NOTICE_MAIL_TO is set, but nobody can send.",
            "Set CCHC_SMTP_HOST and CCHC_NOTICE_MAIL_FROM.",
        )
    port = environ.get("CCHC_SMTP_PORT", "587")
    if not port.isdecimal():
        raise UsageError(f"CCHC_SMTP_PORT={port!r} is no port.", "Usual ports: 587, 465, 25.")
    return NoticeSettings(
        webhook=webhook,
        mail_to=to,
        mail_from=sender,
        smtp_host=host,
        smtp_port=int(port),
        smtp_tls=_one_of("CCHC_SMTP_TLS", environ.get("CCHC_SMTP_TLS", "starttls"), TLS),
        smtp_user=environ.get("CCHC_SMTP_USER") or None,
        smtp_password=environ.get("CCHC_SMTP_PASSWORD") or None,
    )
