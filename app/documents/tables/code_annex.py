"""Annexes of decisions as rows to bring in: which column is the code, which the name;
whose code it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.documents.tables import lookup
from app.documents.tables.sheets import Table
from app.errors import FieldError, InvalidError
from app.register import numbering
from app.vietnamese import fold
from catalog_schema.identifiers import AgencyCode, MalformedCodeError
from catalog_schema.profile import Profile

CODES = (
    "ma dinh danh dien tu",
    "ma dinh danh",
    "ma co quan",
    "ma don vi",
    "ma",
    "value",
)
NAMES = (
    "ten co quan, don vi",
    "ten co quan",
    "ten don vi",
    "co quan, don vi",
    "don vi",
    "ten",
    "holder_name",
)

# the number of the row as a spreadsheet shows it, and its content
Row = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Codes:
    """Makes contents of codes; `common` is what all of them have, e.g. the decision;
    `day` finds their holders.
    """

    session: Session
    profile: Profile
    common: dict[str, Any]
    day: date

    def of_table(self, table: Table) -> list[Row]:
        """Return a row for each code of an annex; what has no code is a title of a part
        and left out.

        The first row that names both columns is the heading. InvalidError when there is
        none.
        """
        heading = next(
            (place for place, (_, cells) in enumerate(table) if _columns(cells)), None
        )
        if heading is None:
            message = (
                "Không thấy cột mã và cột tên; đặt tiêu đề cột là “Mã định danh” "
                "và “Tên cơ quan, đơn vị”"
            )
            raise InvalidError(message, [FieldError("annex", "heading", message)])
        places = _columns(table[heading][1]) or (0, 0)
        found = []
        for number, cells in table[heading + 1 :]:
            value, title = (
                cells[place] if place < len(cells) else "" for place in places
            )
            if value:
                found.append((number, self._content(value, title)))
        return found

    def following(
        self,
        parent: AgencyCode,
        rule: dict[str, Any],
        names: Sequence[str],
        taken: Collection[str],
    ) -> list[Row]:
        """Return a row with the next free code under a parent for each name; `taken`
        are promised to others.
        """
        found, given = [], set(taken)
        for number, name in enumerate(names, start=1):
            value = numbering.following(self.session, parent, rule, given).value
            given.add(value)
            found.append((number, self._content(value, name)))
        return found

    def named(self, parent: AgencyCode, lines: Sequence[str]) -> list[Row]:
        """Return a row for each line “code name”, as a decision has them; InvalidError
        names the lines that say no code right below the parent, or no name.
        """
        found, errors = [], []
        for number, line in enumerate(lines, start=1):
            value, _space, name = line.partition(" ")
            try:
                fits = AgencyCode.parse(value).parent == parent
            except MalformedCodeError:
                fits = False
            if fits and name.strip():
                found.append((number, self._content(value, name.strip())))
                continue
            message = f"ghi mã ngay dưới {parent.value} như trong quyết định, rồi tên"
            errors.append(FieldError(f"dòng {number}, names", "value", message))
        if errors:
            raise InvalidError(f"Có {len(errors)} dòng phải sửa", errors)
        return found

    def _content(self, value: str, title: str) -> dict[str, Any]:
        """Return a code's content; its holder is the one agency of exactly that name on
        the day, else nobody yet.
        """
        named = {"holder_name": {"vi": title}} if title else {}
        holders = (
            list(
                lookup.find(self.session, self.profile.kinds["agency"], title, self.day)
            )
            if title
            else []
        )
        held = {"holder": str(holders[0])} if len(holders) == 1 else {}
        return {
            "scheme": "QD20",
            "status": "dang-dung",
            **self.common,
            "value": value,
            **named,
            **held,
        }


def _columns(cells: Sequence[str]) -> tuple[int, int] | None:
    folded = [" ".join(fold(cell).split()) for cell in cells]
    code, name = (
        next((folded.index(heading) for heading in headings if heading in folded), None)
        for headings in (CODES, NAMES)
    )
    return (code, name) if code is not None and name is not None else None
