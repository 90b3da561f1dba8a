"""Sending notices: a webhook and e-mail, each tried again, never failing what it tells about.

Belongs here: the two ways out. Does not belong here: when there is something to tell (`defs/sensors.py`, `console/`).
Addresses of webhooks and passwords are secrets: a failure is told by its kind alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.notices.notice import Notice
    from orchestration.settings import NoticeSettings

WAITS = (1.0, 4.0)
"""Seconds before the second and the third try."""
TIMEOUT = 10
NEVER_AGAIN = range(400, 500)
TOO_MANY = 429


class _GivenUpError(Exception):
    """The other side said no: the same words would meet the same answer."""


def send(
    notice: Notice, settings: NoticeSettings, sleep: Callable[[float], None] = time.sleep
) -> tuple[bool, list[str]]:
    """Send a notice by every way that is configured.

    Args:
        notice: what to tell.
        settings: the ways.
        sleep: waits between tries.

    Returns:
        Whether at least one way took it, and what went wrong with the others, without secrets.
    """
    ways: list[tuple[str, Callable[[], None]]] = []
    if settings.webhook:
        ways.append(("webhook", lambda: _post(notice, settings)))
    if settings.mail_to:
        ways.append(("e-mail", lambda: _mail(notice, settings)))
    problems = [problem for name, way in ways if (problem := _tried(name, way, sleep))]
    return len(problems) < len(ways), problems


def _tried(name: str, way: Callable[[], None], sleep: Callable[[float], None]) -> str | None:
    """What went wrong after the last try, or None."""
    kind = ""
    for wait in (*WAITS, None):
        try:
            way()
        except _GivenUpError as error:
            return f"The notice could not be sent by {name}: {error}."
        except Exception as error:  # noqa: BLE001 - a notice never fails what it tells about
            kind = type(error).__name__
            if wait is not None:
                sleep(wait)
        else:
            return None
    return f"The notice could not be sent by {name}: {kind}."


def _post(notice: Notice, settings: NoticeSettings) -> None:
    from urllib.error import HTTPError  # noqa: PLC0415
    from urllib.request import Request, urlopen  # noqa: PLC0415

    body = json.dumps(notice.to_json(), ensure_ascii=False).encode()
    request = Request(  # noqa: S310 - the scheme is checked with the settings
        settings.webhook or "", data=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    try:
        with urlopen(request, timeout=TIMEOUT):  # noqa: S310
            return
    except HTTPError as error:
        error.close()
        if error.code in NEVER_AGAIN and error.code != TOO_MANY:
            raise _GivenUpError(f"HTTP {error.code}") from None
        raise


def _mail(notice: Notice, settings: NoticeSettings) -> None:
    import smtplib  # noqa: PLC0415
    import ssl  # noqa: PLC0415
    from email.message import EmailMessage  # noqa: PLC0415

    message = EmailMessage()
    message["Subject"], message["From"] = notice.subject, settings.mail_from
    message["To"] = ", ".join(settings.mail_to)
    message.set_content(notice.text)
    if settings.smtp_tls == "ssl":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
    with server:
        if settings.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password or "")
        server.send_message(message)
