"""Who receives what and when: the tables from which dossiers are drawn.

Belongs here: routes (an agency that handles a procedure, with its volume), the rhythm of weeks and seasons, the
sizes of the populations. Does not belong here: what happens to a dossier afterwards (`sql/plan.sql`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from orchestration.simulate import reference
from orchestration.simulate.calendar import PROVINCE_YEAR, Span, first_working_day_from, working_days
from orchestration.simulate.draw import drawer

if TYPE_CHECKING:
    import duckdb

    from orchestration.simulate.procedures import Procedure

PORTAL = "dvcqg"
REGISTER = "one_stop_register"
REGISTER_COMMUNES = ("04834", "05209", "05212")
"""Communes that still keep their register in Excel: Nánh Nghê, Pà Cò, Hang Kia."""
OLD_FORM_DISTRICTS = ("H28.53", "H28.57")
"""Districts whose offices still appear under the old form of their code (`000.00.53.H28`)."""
LATE_SHARE = 0.0024
"""Late dossiers among those received: with what is open and carried over, about 99.76 % on time."""
LATE_IN_LAND = 0.7
MONTHS = {
    "flat": (100, 96, 88, 112, 106, 104, 102, 98, 104, 100, 100, 100),
    "spring": (104, 118, 96, 122, 110, 102, 96, 92, 94, 96, 100, 100),
    "school": (60, 60, 70, 80, 96, 128, 190, 176, 150, 70, 60, 60),
    "planting": (90, 128, 124, 96, 88, 118, 116, 92, 86, 90, 90, 90),
}
"""Weight of each month (January first) in per cent, by kind of season."""
WEEKDAYS = (118, 106, 100, 98, 84)
_TEXT, _NUMBER = pa.string(), pa.int64()
EARLIER = pa.schema({"route_id": _NUMBER, "from_share": _NUMBER, "agency_code": _TEXT, "agency_out": _TEXT,
                     "commune_code": _TEXT})  # fmt: skip
HOMES = pa.schema({"number": _NUMBER, "code": _TEXT})


@dataclass(frozen=True)
class Sizes:
    """How many records each population holds.

    Attributes:
        now: received in the period; exactly what was asked for.
        after: received after the period and before the last extract.
        stock: received before the period, open at its start.
        turned: never received (refused or withdrawn before acceptance).
        reopened: closed before the period, open again at its end.
        late_land, late_other: finished late in the period, in land matters and elsewhere.
        overdue: open past the due date when the period ends.
    """

    now: int
    after: int
    stock: int
    turned: int
    reopened: int
    late_land: int
    late_other: int
    overdue: int

    @property
    def records(self) -> int:
        """All records."""
        return self.now + self.after + self.stock + self.turned + self.reopened


@dataclass(frozen=True)
class Places:
    """Who handles what, and who did before a day on which the units were rearranged.

    Attributes:
        handlers: agencies by kind of handler with their share of its volume: (agency, commune, weight).
        departments: the agency that answers for a sector.
        communes: where applicants live.
        registers: codes of communes that keep a register in Excel.
        rearranged: first day of the units above, None where they were there all along.
        earlier: the agencies before that day, with their commune, by kind of handler and agency of today; who is not
            named was there already.
        earlier_communes: where applicants lived before that day.
    """

    handlers: Mapping[str, Sequence[tuple[str, str | None, int]]]
    departments: Mapping[str, str]
    communes: Sequence[reference.Unit]
    registers: tuple[str, ...] = ()
    rearranged: date | None = None
    earlier: Mapping[tuple[str, str], Sequence[tuple[str, str | None]]] = field(default_factory=dict)
    earlier_communes: Sequence[str] = ()


def places_of_2022(seed: int) -> Places:
    """The province of the 2022 statement."""
    departments = {code: row["responsible_agency_code"] for code, row in reference.sectors().items()}
    return Places(handlers(seed), departments, reference.communes(), REGISTER_COMMUNES)


def sizes_for(dossiers: int, span: Span = PROVINCE_YEAR) -> Sizes:
    """Sizes of the populations for a number of dossiers received in the period."""
    start, end, cut = span.borders(working_days(span))
    late = int(dossiers * LATE_SHARE)
    land = round(late * LATE_IN_LAND)
    return Sizes(
        now=dossiers,
        after=dossiers * (cut - end) // (end - start),
        stock=max(2, dossiers * 24 // 1000),
        turned=max(2, dossiers * 5 // 1000),
        reopened=max(1, dossiers // 56_000),
        late_land=land,
        late_other=late - land,
        overdue=dossiers // 5_000,
    )


def load_tables(
    connection: duckdb.DuckDBPyConnection,
    procedures: Sequence[Procedure],
    sizes: Sizes,
    places: Places,
    span: Span = PROVINCE_YEAR,
) -> None:
    """Create `route`, `route_stock`, `arrival_day`, `earlier` and the variables that `sql/plan.sql` reads."""
    days = working_days(span)
    start, end, cut = span.borders(days)
    starts = [(day - date(1970, 1, 1)).days * 86_400 for day in days]
    connection.execute(f"set variable day_starts = {starts}::bigint[]")
    values: dict[str, int] = {"day_start": start, "day_end": end, "day_cut": cut}
    values |= {f"n_{name}": value for name, value in vars(sizes).items()}
    _create(connection, "procedure_draw", _procedure_rows(procedures))
    routes = list(_routes(procedures, places))
    _create(connection, "route", routes)
    connection.execute("alter table route drop column kind")
    values["route_total"] = _cumulate(connection, "route", "weight")
    standing = [row for row in routes if row["days"] >= 3 and row["source"] == PORTAL]
    _create(connection, "route_stock", standing)
    connection.execute("alter table route_stock drop column kind")
    values["stock_total"] = _cumulate(connection, "route_stock", "weight * days")
    _create(connection, "arrival_day", _arrival_days(days, start, end, cut))
    _create(connection, "commune", [{"number": n, "code": u.code} for n, u in enumerate(places.communes)])
    values["n_communes"] = len(places.communes)
    values |= _load_earlier(connection, routes, places, days)
    for name, value in values.items():
        connection.execute(f"set variable {name} = {value}::bigint")


def _create(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: Sequence[dict[str, Any]],
    schema: pa.Schema | None = None,
) -> None:
    connection.register("rows_of_table", pa.Table.from_pylist(list(rows), schema=schema))
    connection.execute(f"create table {name} as select * from rows_of_table")
    connection.unregister("rows_of_table")


def _load_earlier(
    connection: duckdb.DuckDBPyConnection,
    routes: Sequence[dict[str, Any]],
    places: Places,
    days: list[date],
) -> dict[str, int]:
    """Create `earlier` (agencies of a route before the rearrangement, by share of 1,000) and `earlier_commune`."""
    rows = [
        {"route_id": row["route_id"], "from_share": 1000 * number // len(found), "agency_code": agency,
         "agency_out": agency, "commune_code": commune}
        for row in routes
        if (found := places.earlier.get((row["kind"], row["agency_code"]), ()))
        for number, (agency, commune) in enumerate(found)
    ]  # fmt: skip
    _create(connection, "earlier", rows, EARLIER)
    homes = [{"number": number, "code": code} for number, code in enumerate(places.earlier_communes)]
    _create(connection, "earlier_commune", homes, HOMES)
    rearranged = places.rearranged
    return {
        "n_earlier_communes": len(places.earlier_communes),
        "day_rearranged": first_working_day_from(days, rearranged) if rearranged else 0,
    }


def _cumulate(connection: duckdb.DuckDBPyConnection, table: str, weight: str) -> int:
    """Add `from_weight`, the sum of the weights before a row; return the sum of all."""
    connection.execute(f"""
        create or replace table {table} as
        select *, coalesce(sum({weight}) over before, 0)::bigint as from_weight
        from {table}
        where {weight} > 0
        window before as (order by route_id rows between unbounded preceding and 1 preceding)
        order by route_id
    """)
    total = connection.execute(f"select sum({weight})::bigint from {table}").fetchone()
    return int(total[0]) if total else 0


def _procedure_rows(procedures: Sequence[Procedure]) -> list[dict[str, Any]]:
    """What a dossier needs to know of its procedure: one row per code that is asked for."""
    first: dict[str, Procedure] = {}
    for procedure in procedures:
        first.setdefault(procedure.code, procedure)
    return [
        {
            "procedure_code": p.code, "procedure_name": p.name, "sector_code": p.sector,
            "sector_name": reference.sectors()[p.sector]["name_vi"], "fee": p.fee,
            "business": p.sector[:3] in ("G15", "G16", "G29"),
        }
        for p in first.values() if p.weight > 0
    ]  # fmt: skip


def _routes(procedures: Sequence[Procedure], places: Places) -> Iterator[dict[str, Any]]:
    number = 0
    seen: set[str] = set()
    for procedure in procedures:
        if procedure.weight <= 0 or procedure.code in seen:
            continue
        seen.add(procedure.code)
        department = places.departments[procedure.sector]
        for agency, commune, share in places.handlers.get(procedure.handled_by, [(department, None, 1000)]):
            number += 1
            register = commune in places.registers
            yield {
                "kind": procedure.handled_by,
                "route_id": number, "agency_code": agency, "agency_out": _out_code(agency), "commune_code": commune,
                "source": f"{REGISTER}__{agency}" if register else PORTAL,
                "procedure_code": procedure.code, "days": procedure.days, "land": procedure.land,
                "certification": procedure.certification, "season": procedure.season,
                "online": 0 if procedure.online_level == "2" or register else _online(procedure),
                "weight": max(1, round(procedure.weight * share)),
            }  # fmt: skip


def _online(procedure: Procedure) -> int:
    """Share of online dossiers at the start of the period, per mille."""
    base = {"commune": 110, "district": 170, "province": 300}[procedure.level]
    return base + (120 if procedure.online_level == "4" else 0)


def handlers(seed: int) -> dict[str, list[tuple[str, str | None, int]]]:
    """Agencies by kind of handler with their share of its volume: (agency, commune, weight)."""
    rng = drawer(seed, "handlers")
    communes: list[tuple[str, str | None, int]] = []
    for unit in reference.communes():
        town = 210 if unit.type in ("ward", "township") else 100
        weight = (45 if unit.code in REGISTER_COMMUNES else town) * rng.randint(70, 130)
        communes.append((unit.agency_code, unit.code, weight // 100))
    districts = reference.districts()
    shares = [(260 if unit.type == "city" else 100) + rng.randint(0, 60) for unit in districts]
    return {
        "communes": communes,
        "districts": [(u.agency_code, None, share * 10) for u, share in zip(districts, shares, strict=True)],
        "branches": [
            (f"{reference.PROVINCE}.20.{61 + n}", None, share * 10) for n, share in enumerate(shares)
        ],
    }


def _out_code(agency: str) -> str:
    """The code as the source writes it: some offices still use the old form."""
    parts = agency.split(".")
    if ".".join(parts[:2]) not in OLD_FORM_DISTRICTS:
        return agency
    second = parts[2] if len(parts) > 2 else "00"
    return f"000.{second}.{parts[1]}.{parts[0]}"


def _arrival_days(days: Sequence[date], start: int, end: int, cut: int) -> list[dict[str, Any]]:
    """Days on which dossiers are received, with cumulated weights over 1,000,000, by season and population."""
    rows: list[dict[str, Any]] = []
    for season, months in MONTHS.items():
        for phase, first, last in (("now", start, end), ("after", end, cut)):
            weights = [_day_weight(days, number, months) for number in range(first, last)]
            before, total = 0, sum(weights)
            for number, weight in zip(range(first, last), weights, strict=True):
                rows.append({"season": season, "phase": phase, "day": number,
                             "from_share": before * 1_000_000 // total})  # fmt: skip
                before += weight
    return rows


def _day_weight(days: Sequence[date], number: int, months: Sequence[int]) -> int:
    day = days[number]
    after_holiday = (day - days[number - 1]).days > 3
    before_tet = date(2022, 1, 24) <= day <= date(2022, 1, 28)
    return (
        months[day.month - 1]
        * WEEKDAYS[day.weekday()]
        * (125 if after_holiday else 60 if before_tet else 100)
    )
