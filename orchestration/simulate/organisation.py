"""Agencies, units and how they were rearranged since the baseline.

Belongs here: the register of agencies, its dated versions, and the decisions that changed it. Does not belong
here: the files that deliver it (`organisation_feeds.py`), the people in it (`staff.py`).

By counting: 119 public service units and 51 subordinate units fewer on 14/09/2022 than on 31/12/2017, and every
unit that ended or appeared after the baseline stands in a decision.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from orchestration.simulate import reference
from orchestration.simulate.draw import drawer
from orchestration.simulate.reference import PROVINCE, Unit

BASELINE = date(2017, 12, 31)
OLD = date(2012, 3, 1)
NOTICE = timedelta(days=14)
"""Time from a decision, when the register takes it up, to its effect."""
DIVISIONS = (
    "Văn phòng HĐND và UBND", "Phòng Nội vụ", "Phòng Tư pháp", "Phòng Tài chính - Kế hoạch",
    "Phòng Tài nguyên và Môi trường", "Phòng Lao động - Thương binh và Xã hội", "Phòng Văn hóa và Thông tin",
    "Phòng Giáo dục và Đào tạo", "Phòng Y tế", "Thanh tra", "Phòng Nông nghiệp và Phát triển nông thôn",
    "Phòng Kinh tế và Hạ tầng",
)  # fmt: skip

DISTRICT_CENTRES = (
    "Trung tâm Y tế", "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên",
    "Trung tâm Văn hóa - Thể thao và Truyền thông", "Trung tâm Phát triển quỹ đất",
)  # fmt: skip
STATIONS = ("Trạm Khuyến nông", "Trạm Trồng trọt và Bảo vệ thực vật", "Trạm Chăn nuôi và Thú y")
HEALTH_UNITS = (
    "Bệnh viện Đa khoa tỉnh", "Bệnh viện Y học cổ truyền tỉnh", "Trung tâm Kiểm soát bệnh tật tỉnh",
    "Trung tâm Kiểm nghiệm dược phẩm, mỹ phẩm", "Trung tâm Giám định y khoa", "Trung tâm Pháp y",
)  # fmt: skip
PREVENTION = (
    "Trung tâm Y tế dự phòng", "Trung tâm Phòng, chống HIV/AIDS", "Trung tâm Phòng, chống sốt rét",
    "Trung tâm Truyền thông giáo dục sức khỏe",
)  # fmt: skip
SPECIAL_SCHOOLS = (
    "Trường Trung học phổ thông chuyên Hoàng Văn Thụ",
    "Trường Phổ thông dân tộc nội trú Trung học phổ thông tỉnh",
)
NEW_UNITS = (date(2018, 7, 1), date(2019, 3, 1), date(2020, 1, 1), date(2021, 9, 1), date(2022, 3, 1))


@dataclass(frozen=True)
class Agency:
    """One row of the register; `versions` are later dated rows of the same agency."""

    code: str
    name: str
    kind: str
    level: str
    parent: str
    established: date = OLD
    dissolved: date | None = None
    block: str | None = None
    admin_unit: str | None = None
    one_stop: bool | None = None
    valid_from: date | None = None

    def active_on(self, day: date) -> bool:
        """Whether the agency is active on a day."""
        return self.established <= day and (self.dissolved is None or self.dissolved > day)


@dataclass(frozen=True)
class Change:
    """A row of a decision: an agency and, where there is one, its successor; rows of one `decision` share its code."""

    event_type: str
    effective: date
    agency: str
    successor: str | None = None
    decision: str | None = None


@dataclass
class Organisation:
    """The register and its changes."""

    agencies: list[Agency] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)

    def next_code(self, parent: str, first: int = 401) -> str:
        """Next free code below a parent, `H28.51.401`, `H28.51.402` and so on."""
        key = f"{parent}/{first}"
        self.numbers[key] = self.numbers.get(key, first - 1) + 1
        return f"{parent}.{self.numbers[key]}"

    def add(self, agency: Agency) -> Agency:
        """Enter an agency, or a later version of one."""
        self.positions.setdefault(agency.code, len(self.agencies))
        self.agencies.append(agency)
        return agency

    def end(
        self,
        agency: Agency,
        event_type: str,
        day: date,
        successor: str | None = None,
        decision: str | None = None,
    ) -> None:
        """End an agency by a decision."""
        self.agencies[self.positions[agency.code]] = replace(agency, dissolved=day)
        self.changes.append(Change(event_type, day, agency.code, successor, decision))

    def of_kind(self, kind: str) -> list[Agency]:
        """All agencies of a kind, ended ones too, in order of entry."""
        return [agency for agency in self.agencies if agency.kind == kind]

    def active(self, kind: str, day: date) -> list[Agency]:
        """Agencies of a kind that are active on a day, first versions only."""
        return [a for a in self.of_kind(kind) if a.valid_from is None and a.active_on(day)]


def build_organisation(seed: int) -> Organisation:
    """The whole organisation, drawn from the seed."""
    rng = drawer(seed, "organisation")
    organisation = Organisation()
    _authorities(organisation)
    _schools(organisation, rng)
    _other_units(organisation, rng)
    _subordinates(organisation, rng)
    _boards_and_groups(organisation, rng)
    _versions(organisation)
    return organisation


def _authorities(o: Organisation) -> None:
    for row in reference.departments():
        o.add(Agency(row["agency_code"], row["name_vi"], "specialised_agency", "province", PROVINCE,
                     block="department"))  # fmt: skip
    o.add(Agency(f"{PROVINCE}.10", "Trung tâm Phục vụ hành chính công tỉnh", "one_stop_unit", "province", PROVINCE,
                 established=date(2016, 9, 1), one_stop=True))  # fmt: skip
    for unit in reference.districts():
        o.add(Agency(unit.agency_code, f"Ủy ban nhân dân {_lower(unit.name)}", "district_committee", "district",
                     PROVINCE, block="district", admin_unit=unit.code))  # fmt: skip
        o.add(Agency(f"{unit.agency_code}.90", f"Bộ phận Tiếp nhận và Trả kết quả {_lower(unit.name)}",
                     "one_stop_unit", "district", unit.agency_code, date(2016, 9, 1), one_stop=True))  # fmt: skip
        for number, name in enumerate(DIVISIONS, 71):
            o.add(Agency(f"{unit.agency_code}.{number}", f"{name} {_lower(unit.name)}", "specialised_agency",
                         "district", unit.agency_code))  # fmt: skip
    for unit in reference.communes():
        o.add(Agency(unit.agency_code, f"Ủy ban nhân dân {_lower(unit.name)}", "commune_committee", "commune",
                     unit.parent_agency, block="commune", admin_unit=unit.code, one_stop=True))  # fmt: skip


def _lower(name: str) -> str:
    """`Huyện Đà Bắc` inside a longer name: `huyện Đà Bắc`."""
    return name[0].lower() + name[1:]


def _bare(unit: Unit) -> str:
    return unit.name.split(" ", 2)[2] if unit.type in ("city", "township") else unit.name.split(" ", 1)[1]


def _reform_day(rng: Random, first_year: int = 2018, last_year: int = 2021) -> date:
    """A first of a month on which a rearrangement takes effect."""
    return date(rng.randint(first_year, last_year), rng.choice((1, 3, 7, 8, 9, 11)), 1)


def _schools(o: Organisation, rng: Random) -> None:
    """Schools of the communes: 74 pairs become one school, 12 second schools end, one of them as two branches."""
    second: list[Agency] = []
    pairs: list[tuple[Unit, Agency, Agency]] = []
    for number, unit in enumerate(reference.communes()):
        district, name = unit.parent_agency, _bare(unit)

        def school(title: str, district: str = district) -> Agency:
            return o.add(Agency(o.next_code(district), title, "public_service_unit", "district", district))

        school(f"Trường Mầm non {name}")
        pairs.append((unit, school(f"Trường Tiểu học {name}"), school(f"Trường Trung học cơ sở {name}")))
        second.append(school(f"Trường Tiểu học {name} B"))
        if number < 35:
            school(f"Trường Mầm non {name} B")
    chosen = rng.sample(range(len(pairs)), 74)
    for rank, position in enumerate(chosen):
        unit, primary, secondary = pairs[position]
        day = date(2022, 7, 1) if rank < 6 else _reform_day(rng)
        joint = Agency(o.next_code(unit.parent_agency, 701), f"Trường Tiểu học và Trung học cơ sở {_bare(unit)}",
                       "public_service_unit", "district", unit.parent_agency, established=day)  # fmt: skip
        o.add(joint)
        o.end(primary, "consolidate", day, joint.code)
        o.end(secondary, "consolidate", day, joint.code)
    ended = {change.agency for change in o.changes}
    hosts = {s.code: p for s, (_, p, _) in zip(second, pairs, strict=True) if p.code not in ended}
    closing = sorted(rng.sample(second, 12), key=lambda agency: agency.code in hosts)
    for rank, agency in enumerate(closing[:-1]):
        o.end(agency, "dissolve", date(2022, 8, 1) if rank < 2 else _reform_day(rng))
    _branches(o, closing[-1], hosts[closing[-1].code], date(2021, 9, 1))
    # Decided, but not in effect before the period ends: still active at its end.
    ended = {change.agency for change in o.changes}
    o.end(rng.choice([a for a in second if a.code not in ended]), "dissolve", date(2022, 10, 1))


def _branches(o: Organisation, school: Agency, host: Agency, day: date) -> None:
    """One decision: a school is merged into another and goes on as two branches of it."""
    o.end(school, "merge", day, host.code, decision=school.code)
    for number in (1, 2):
        branch = Agency(o.next_code(host.code, 201), f"Điểm trường số {number} - {host.name}", "subordinate_unit",
                        "district", host.code, established=day)  # fmt: skip
        o.add(branch)
        o.changes.append(Change("establish", day, branch.code, decision=school.code))


def _unit(o: Organisation, parent: str, level: str, title: str) -> Agency:
    return o.add(Agency(o.next_code(parent), title, "public_service_unit", level, parent))


def _other_units(o: Organisation, rng: Random) -> None:
    """Centres, stations, hospitals: 38 are merged into others (30 stations, 4 health centres, 4 here), 5 are new."""
    _district_units(o, rng)
    for title in HEALTH_UNITS:
        _unit(o, f"{PROVINCE}.26", "province", title)
    _health_centres(o, f"{PROVINCE}.26")
    high_schools = [
        f"Trường Trung học phổ thông {_bare(d)} {s}" for d in reference.districts() for s in "ABC"
    ]
    for title in (*high_schools, *SPECIAL_SCHOOLS):
        _unit(o, f"{PROVINCE}.25", "province", title)
    for row in reference.departments():
        short = row["name_vi"].removeprefix("Sở ")
        for title in ("Trung tâm Thông tin", "Trung tâm Dịch vụ sự nghiệp"):
            _unit(o, row["agency_code"], "province", f"{title} thuộc lĩnh vực {short}")
    services = [a for a in o.agencies if a.name.startswith("Trung tâm Dịch vụ sự nghiệp")]
    for agency in services[4:8]:
        name = agency.name.replace("Trung tâm Dịch vụ sự nghiệp", "Trung tâm Tư vấn và Đào tạo")
        o.end(_unit(o, agency.parent, "province", name), "merge", _reform_day(rng), agency.code)
    _new_units(o)


def _district_units(o: Organisation, rng: Random) -> None:
    """Centres of each district; its three agricultural stations are merged into the service centre."""
    for district in reference.districts():
        name, code = _lower(district.name), district.agency_code
        for title in DISTRICT_CENTRES:
            _unit(o, code, "district", f"{title} {name}")
        centre = _unit(o, code, "district", f"Trung tâm Dịch vụ nông nghiệp {name}")
        for title in STATIONS:
            station = _unit(o, code, "district", f"{title} {name}")
            o.end(station, "merge", _reform_day(rng, 2018, 2020), centre.code)


def _new_units(o: Organisation) -> None:
    for number, day in enumerate(NEW_UNITS):
        parent = reference.departments()[number + 9]["agency_code"]
        new = Agency(o.next_code(parent, 701), f"Trung tâm Đổi mới sáng tạo số {number + 1}", "public_service_unit",
                     "province", parent, established=day)  # fmt: skip
        o.add(new)
        o.changes.append(Change("establish", day, new.code))


def _health_centres(o: Organisation, health: str) -> None:
    """Four centres of preventive medicine merged into the centre for disease control."""
    control = next(a for a in o.agencies if a.name == "Trung tâm Kiểm soát bệnh tật tỉnh")
    for title in PREVENTION:
        o.end(_unit(o, health, "province", title), "merge", date(2019, 1, 1), control.code)


def _subordinates(o: Organisation, rng: Random) -> None:
    """Internal organisations: 46 merged, 9 dissolved, 2 new; ten branches of the land registration office."""

    def inner(parent: str, title: str, established: date = OLD) -> Agency:
        code = o.next_code(parent, 201)
        return o.add(Agency(code, title, "subordinate_unit", "province", parent, established))

    land = f"{PROVINCE}.20"
    for number, district in enumerate(reference.districts(), 61):
        o.add(Agency(f"{land}.{number}", f"Chi nhánh Văn phòng Đăng ký đất đai {_lower(district.name)}",
                     "subordinate_unit", "province", land, block="land_registration_branch"))  # fmt: skip
    pool: list[tuple[Agency, Agency]] = []
    for row in reference.departments():
        rooms = [inner(row["agency_code"], f"{title} - {row['name_vi']}")
                 for title in ("Văn phòng", "Phòng Kế hoạch - Tài chính", "Phòng Tổ chức cán bộ", "Phòng Nghiệp vụ 1",
                               "Phòng Nghiệp vụ 2", "Phòng Nghiệp vụ 3", "Thanh tra sở")]  # fmt: skip
        pool += [(rooms[2], rooms[0]), (rooms[5], rooms[4])]
    names = ("Bệnh viện", "Trung tâm Y tế huyện", "Trung tâm Y tế thành")
    hospitals = [agency for agency in o.agencies if agency.name.startswith(names)]
    wards = ("Khoa Khám bệnh", "Khoa Nội", "Khoa Ngoại", "Khoa Sản", "Khoa Nhi", "Khoa Dược", "Khoa Xét nghiệm",
             "Phòng Điều dưỡng", "Phòng Hành chính")  # fmt: skip
    for hospital in hospitals:
        rooms = [inner(hospital.code, f"{title} - {hospital.name}") for title in wards]
        pool += [(rooms[7], rooms[8])]
    for agency, successor in rng.sample(pool, 46):
        day = _reform_day(rng, 2018, 2022 if rng.random() < 0.1 else 2021)
        o.end(agency, "merge", day, successor.code)
    active = o.active("subordinate_unit", date(2022, 9, 14))
    free = [agency for agency in active if agency.name.startswith("Phòng Nghiệp vụ 2")]
    for agency in rng.sample(free, 9):
        o.end(agency, "dissolve", _reform_day(rng))
    for number, day in enumerate((date(2019, 7, 1), date(2022, 1, 1))):
        row = reference.departments()[number + 1]
        new = inner(row["agency_code"], f"Phòng Chuyển đổi số - {row['name_vi']}", established=day)
        o.changes.append(Change("establish", day, new.code))


def _boards_and_groups(o: Organisation, rng: Random) -> None:
    """Project boards 24 to 11; hamlets and residential groups 2,053 to 1,482."""
    parents = [f"{PROVINCE}.{n}" for n in (17, 18, 19, 20)] + [
        d.agency_code for d in reference.districts()
    ] * 2
    boards = [
        o.add(Agency(o.next_code(parent, 301), f"Ban Quản lý dự án đầu tư xây dựng số {number}",
                     "management_board", "province" if number <= 4 else "district", parent))
        for number, parent in enumerate(parents, 1)
    ]  # fmt: skip
    for agency in boards[11:]:
        o.end(agency, "merge", _reform_day(rng, 2018, 2020), boards[4 + (len(agency.name) % 7)].code)
    communes = reference.communes()
    groups: list[list[Agency]] = [[] for _ in communes]
    for number in range(2053):
        place = number % len(communes)
        unit = communes[place]
        title = "Tổ dân phố số" if unit.type in ("ward", "township") else "Xóm"
        code = o.next_code(unit.agency_code, 101)
        groups[place].append(o.add(Agency(code, f"{title} {len(groups[place]) + 1}, {_lower(unit.name)}",
                                          "residential_group", "commune", unit.agency_code)))  # fmt: skip
    for number in range(571):
        place = number % len(communes)
        agency = groups[place].pop()
        o.end(agency, "merge", date(2018 + place % 3, (1, 7)[place % 2], 1), groups[place][0].code)


def _versions(o: Organisation) -> None:
    """Three health centres move to the health department, six units take another name, four another form."""
    end = date(2022, 9, 14)
    centres = [a for a in o.active("public_service_unit", end) if a.name.startswith("Trung tâm Y tế ")][:3]
    for agency in centres:
        day = date(2019, 7, 1)
        o.add(replace(agency, valid_from=day, level="province", parent=f"{PROVINCE}.26"))
        o.changes.append(Change("transfer", day, agency.code))
    names = [a for a in o.active("public_service_unit", end) if a.name.startswith("Trung tâm Thông tin")][:6]
    for number, agency in enumerate(names):
        day = date(2018 + number % 4, 9, 1)
        title = agency.name.replace("Trung tâm Thông tin", "Trung tâm Công nghệ thông tin và Truyền thông")
        o.add(replace(agency, valid_from=day, name=title))
        o.changes.append(Change("rename", day, agency.code))
    services = [a for a in o.active("public_service_unit", end) if a.name.startswith("Trung tâm Dịch vụ sự")]
    for agency in services[:4]:
        o.changes.append(Change("convert", date(2021, 1, 1), agency.code))
