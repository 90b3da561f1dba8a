"""Days off and days worked instead, and the seed that tells the warehouse. No Dagster, no database.

Belongs here: what the pinned package `holidays` says of Viet Nam, written as the seed `public_holidays`. Does not
belong here: what the package does not know (the hand-written seed `calendar_overrides`), office hours (the seed
`office_hours`), and what follows from them (`dbt_project/models/intermediate/calendar/`).

Source: Labour Code, public holidays and days off in lieu; yearly notices on swapped days, as far as the package
follows them.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.periods import SEED_YEARS

SEED_FILE = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds" / "public_holidays.csv"
SEED_COLUMNS = ("day", "kind", "name_vi", "name_en", "source", "notice_no", "verified")
"""The warehouse knows days off from its seed, which this module writes: `python -m orchestration.public_holidays`."""

OVERRIDES_FILE = SEED_FILE.with_name("calendar_overrides.csv")
"""What is written by hand; it speaks instead of the seed where it is verified."""

MAKE_UP = "make_up"
SOURCE = "holidays (VN)"
NO_NOTICE = ("", "false")
"""The package names no notice, so none of its days is verified; a day whose notice is known stands in the overrides."""

_SUBSTITUTED = re.compile(r"Day off \(substituted from (?P<month>\d\d)/(?P<day>\d\d)/(?P<year>\d{4})\)")


@dataclass(frozen=True)
class Holiday:
    """One day that differs from other days of its weekday.

    Attributes:
        day: the day.
        kind: `holiday`, `observed` (off in lieu of one on a weekend), `substituted` (off because another day is
            worked) or `make_up` (worked instead).
        name_vi: name in Vietnamese.
        name_en: name in English.
    """

    day: date
    kind: str
    name_vi: str
    name_en: str


def holidays_of(first_year: int = SEED_YEARS[0], last_year: int = SEED_YEARS[1]) -> list[Holiday]:
    """What the package says of the years, in the order of days.

    Args:
        first_year: first year.
        last_year: last one, included.
    """
    import holidays  # noqa: PLC0415 - slow to import, needed only here

    years = range(first_year, last_year + 1)
    names_vi = holidays.country_holidays("VN", years=years, language="vi")
    names_en = holidays.country_holidays("VN", years=years, language="en_US")
    by_law = holidays.country_holidays("VN", years=years, observed=False)
    found = []
    worked: dict[date, date | None] = dict.fromkeys(names_en.weekend_workdays)
    for day, name_en in sorted(names_en.items()):
        swapped = _SUBSTITUTED.fullmatch(name_en)
        if swapped:
            make_up = date(int(swapped["year"]), int(swapped["month"]), int(swapped["day"]))
            worked[make_up] = day
            found.append(Holiday(day, "substituted", names_vi[day], f"Day off (for work on {make_up})"))
        else:
            kind = "holiday" if day in by_law else "observed"
            found.append(Holiday(day, kind, names_vi[day], name_en))
    found += [
        Holiday(
            day,
            MAKE_UP,
            "Ngày làm bù" + (f" (cho ngày {off:%d/%m/%Y})" if off else ""),
            "Working day" + (f" (for {off} off)" if off else ""),
        )
        for day, off in worked.items()
    ]
    return sorted((each for each in found if each.day.year in years), key=lambda each: each.day)


def special_days() -> dict[date, str]:
    """The kind of each day that differs from other days of its weekday, as the warehouse sees it."""
    found = {}
    for path, verified_only in ((SEED_FILE, False), (OVERRIDES_FILE, True)):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["verified"] == "true" or not verified_only:
                    found[date.fromisoformat(row["day"])] = row["kind"]
    return found


def seed_rows(first_year: int = SEED_YEARS[0], last_year: int = SEED_YEARS[1]) -> list[list[str]]:
    """Rows of the seed `public_holidays`, header first.

    Args:
        first_year: first year whose days are listed.
        last_year: last one, included.
    """
    return [
        list(SEED_COLUMNS),
        *(
            [
                each.day.isoformat(),
                each.kind,
                each.name_vi,
                each.name_en,
                SOURCE,
                *NO_NOTICE,
            ]
            for each in holidays_of(first_year, last_year)
        ),
    ]


def write_seed(path: Path = SEED_FILE) -> int:
    """Write the seed `public_holidays` and return its number of days."""
    rows = seed_rows()
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return len(rows) - 1


if __name__ == "__main__":
    print(f"{SEED_FILE}: {write_seed()} days")
