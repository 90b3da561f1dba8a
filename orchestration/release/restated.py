"""What the audit said of figures that moved since they were last released, for the page, the terminal, the table.

Belongs here: the words and rows of those moves. Does not belong here: what explains one (`expectations/restated.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.release.printing import VI, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping

REASONS = {
    "records": (
        "bản ghi đến sau, được sửa hoặc bị rút ({records})",
        "records that arrived, were corrected or withdrawn since ({records})",
    ),
    "restatement": ("điều chỉnh: {reason} ({person})", "restated: {reason} ({person})"),
    "limit": ("trong giới hạn cho phép (limits.yml)", "within its limit (limits.yml)"),
    None: ("KHÔNG CÓ LÝ DO", "NO REASON"),
}


def moves_of(audit: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The moves of an audit; none in one of an earlier form."""
    return list(audit.get("moves", []))


def value_before(move: Mapping[str, Any]) -> str:
    """The figure as it was released before."""
    return value_text(move["before"], move["numerator_before"], move["denominator_before"], move["unit"])


def value_after(move: Mapping[str, Any]) -> str:
    """The figure as it is now."""
    return value_text(move["after"], move["numerator"], move["denominator"], move["unit"])


def label_of(move: Mapping[str, Any], language: str) -> str:
    """What the figure is called."""
    return str(move[f"label_{language}"] or move["indicator_code"])


def reason_of(move: Mapping[str, Any], language: str) -> str:
    """Why it moved, in words."""
    texts = REASONS.get(move["explained_by"], REASONS[None])
    said = {"records": move["records"] or 0, "reason": move["reason"] or "", "person": move["person"] or ""}
    return texts[0 if language == VI else 1].format(**said)


def restatements_by_figure(audit: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """By indicator and variant, the restatement under which its figure was released: `reason (person)`."""
    return {
        (move["indicator_code"], move["variant"]): f"{move['reason']} ({move['person']})"
        for move in moves_of(audit)
        if move["explained_by"] == "restatement"
    }
