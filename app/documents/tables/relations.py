"""Connections as QH_KETNOI, the second table of the draft of Mẫu số 03: its twelve
columns out of the register, and back to fields.

No cell is blank: what nobody knows is “Chưa xác định” with who settles it and by when,
and read back as unsaid. What the form has no column for (file, paper, electronic
document under “Khác”) stands in its note on a line of its own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.documents.tables import cells
from app.documents.tables.workbook import Editable, editable
from app.register.content.facts import UNDETERMINED
from app.register.queries import EntryView, Register
from catalog_schema.code_lists import Concept
from catalog_schema.profile import Visibility

SHEET = "QH_KETNOI"
KIND = "connection"
# columns that are several fields, or none, under names that no field has
SOURCE, TARGET = "relation.source", "relation.target"
EXCHANGED, FREQUENCY = "relation.exchanged", "relation.frequency"
BASIS, PROTECTION, NOTE = "relation.basis", "relation.protection", "relation.note"
COORDINATION = "relation.coordination"
OWN = (SOURCE, TARGET, EXCHANGED, FREQUENCY, BASIS, PROTECTION, COORDINATION, NOTE)
HEADINGS: Mapping[str, str] = {
    "Mã quan hệ": "entry.identifier",
    "Đối tượng nguồn": SOURCE,
    "Loại quan hệ": "relation",
    "Đối tượng đích": TARGET,
    "Dữ liệu/dịch vụ trao đổi": EXCHANGED,
    "Cơ chế/kênh kết nối": "channel",
    "Trạng thái": "connection_state",
    "Tần suất/mức dịch vụ": FREQUENCY,
    "Căn cứ/nguồn xác nhận": BASIS,
    "Phân loại và yêu cầu bảo vệ dữ liệu": PROTECTION,
    "Cơ quan/đầu mối phối hợp": COORDINATION,
    "Ghi chú": NOTE,
}
UNKNOWN = "Chưa xác định"
_CLOSED = "Không công khai"
_SHORT = {"ndxp": "NDXP", "ndop": "NDOP", "lgsp": "LGSP", "ldop": "LDOP", "api": "API"}
_LAWS, _EVIDENCE, _OTHER = "Căn cứ: ", "Nguồn: ", "Kênh khác: "
_SAID_UNKNOWN = re.compile(
    rf"{UNKNOWN}\s*(?:;\s*đơn vị:\s*(?P<unit>.+?))?\s*(?:;\s*thời hạn:.*)?",
    re.IGNORECASE | re.DOTALL,
)
_IDENTIFIER = re.compile(r"[A-Z]{2,6}-\d{4,}")
# by the beginning of an identifier: the field of an end that names such a thing
_THINGS = {"CSDL": "database", "HT": "system"}
_SERVICE = re.compile(r"DV-\d{4,}")


@dataclass(frozen=True)
class Relations:
    """The rows of QH_KETNOI, as the form orders their cells."""

    rows: Sequence[Sequence[str]]

    def xlsx(self) -> bytes:
        """Return them as a workbook with the form's sheet."""
        return editable([Editable(SHEET, list(HEADINGS), self.rows, frozen=1)])

    def csv(self) -> bytes:
        """Return them as CSV."""
        return cells.table(list(HEADINGS), self.rows)


def relations(
    register: Register, views: Sequence[EntryView], due: date, *, made_up: bool
) -> Relations:
    """Return the rows of these connections as the register's reader may see them.

    `due`: by when what is unknown is to be settled, `made_up` where that is only said
    to show it.
    """
    named = register.by_ids(_named(views))
    writer = _Writer(register, named, due, made_up)
    return Relations([writer.row(view) for view in views])


_REFERENCES = (
    *(f"{end}{thing}" for end in ("source", "target") for thing in ("", "_database")),
    "source_system",
    "target_system",
    "service",
    "owner",
)


def _named(views: Iterable[EntryView]) -> set[UUID]:
    found = set()
    for view in views:
        content = view.content
        found |= {UUID(content[name]) for name in _REFERENCES if name in content}
        for name in ("legal_basis", "coordination"):
            found |= {UUID(each) for each in content.get(name, ())}
    return found


@dataclass(frozen=True)
class _Writer:
    register: Register
    named: Mapping[UUID, EntryView]
    due: date
    made_up: bool

    def row(self, view: EntryView) -> list[str]:
        """Return the twelve cells of a connection."""
        content = view.content
        return [
            view.local_id,
            self._end(view, "source"),
            self._concept("quan-he-ket-noi", content.get("relation"), view),
            self._end(view, "target"),
            self._exchanged(view),
            self._channels(view),
            self._concept("trang-thai-ket-noi", content.get("connection_state"), view),
            self._frequency(view),
            self._basis(view),
            self._state_only(view, "protection"),
            self._titles(content.get("coordination", ())) or self._unknown(view),
            self._note(view),
        ]

    def _unknown(self, view: EntryView, unit: str = "") -> str:
        owner = self._title(view.content.get("owner"))
        day = self.due.strftime("%d/%m/%Y")
        shown = f"{day} (minh họa)" if self.made_up else day
        return f"{UNKNOWN}; đơn vị: {unit or owner}; thời hạn: {shown}"

    def _title(self, value: object) -> str:
        view = self.named.get(UUID(value)) if isinstance(value, str) else None
        return view.title if view else ""

    def _titles(self, values: Iterable[str]) -> str:
        return "; ".join(filter(None, map(self._title, values)))

    def _end(self, view: EntryView, end: str) -> str:
        content = view.content
        things = [content.get(f"{end}_{thing}") for thing in _THINGS.values()]
        known = [self.named[UUID(thing)] for thing in things if thing]
        if known:
            return "; ".join(each.local_id for each in known)
        unit = self._title(content.get(end)) or content.get(f"{end}_group", "")
        return self._unknown(view, unit)

    def _exchanged(self, view: EntryView) -> str:
        content = view.content
        service = content.get("service")
        parts = list(content.get("exchanged", ()))
        if service and UUID(service) in self.named:
            parts.append(self.named[UUID(service)].local_id)
        return "; ".join(parts) or self._unknown(view)

    def _channels(self, view: EntryView) -> str:
        codes = [c for c in view.content.get("channel", ()) if c != UNDETERMINED]
        return "; ".join(self._channel(code) for code in codes) or self._unknown(view)

    def _channel(self, code: str) -> str:
        return _SHORT.get(code) or self._label("kenh-ket-noi", code)

    def _frequency(self, view: EntryView) -> str:
        content = view.content
        often = self._concept("tan-suat-ket-noi", content.get("frequency"), view)
        level = content.get("service_level")
        return f"{often}\n{level}" if level else often

    def _concept(self, scheme: str, code: object, view: EntryView) -> str:
        if code in (None, UNDETERMINED):
            return self._unknown(view)
        return self._label(scheme, str(code))

    def _label(self, scheme: str, code: str) -> str:
        concepts: Mapping[str, Concept] = self.register.profile.lists.schemes[
            scheme
        ].concepts
        return concepts[code].labels["vi"] if code in concepts else code

    def _basis(self, view: EntryView) -> str:
        laws = self._numbers(view.content.get("legal_basis", ()))
        lines = [_LAWS + laws] if laws else []
        evidence = view.content.get("evidence")
        if evidence:
            lines.append(_EVIDENCE + evidence)
        elif not self._inside and not laws:
            return _CLOSED
        return "\n".join(lines) or self._unknown(view)

    def _numbers(self, laws: Iterable[str]) -> str:
        views = [self.named[UUID(law)] for law in laws if UUID(law) in self.named]
        return "; ".join(str(view.content.get("number", view.title)) for view in views)

    @property
    def _inside(self) -> bool:
        return self.register.audience.level.sees(Visibility.STATE)

    def _state_only(self, view: EntryView, name: str) -> str:
        if not self._inside:
            return _CLOSED
        return str(view.content.get(name) or self._unknown(view))

    def _note(self, view: EntryView) -> str:
        lines = [view.content.get("note", "")]
        other = view.content.get("other_channel")
        if other:
            lines.append(_OTHER + self._label("cach-trao-doi", other))
        return "\n".join(filter(None, lines)) or "Không có"


def as_fields(row: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a row of QH_KETNOI under the headers of fields; a row without
    such columns as it is. What the form says to be unknown is left unsaid.
    """
    if not any(header in row for header in OWN):
        return dict(row)
    found = {
        header: text
        for header, text in row.items()
        if header not in OWN and not _unsaid(text)
    }
    if _SAID_UNKNOWN.fullmatch(row.get("channel", "")):
        found["channel"] = UNDETERMINED
    for end, header in (("source", SOURCE), ("target", TARGET)):
        found |= _end_fields(end, row.get(header, ""))
    found |= _exchanged_fields(row.get(EXCHANGED, ""))
    found |= _frequency_fields(row.get(FREQUENCY, ""))
    found |= _basis_fields(row.get(BASIS, ""))
    found |= _note_fields(row.get(NOTE, ""))
    for header, field in ((PROTECTION, "protection"), (COORDINATION, "coordination")):
        if not _unsaid(row.get(header, "")):
            found[field] = row[header]
    if "entry.identifier" not in row and "title.vi" not in row:
        ends = [_shown(row.get(header, "")) for header in (SOURCE, TARGET)]
        found["title.vi"] = " – ".join(ends)
    return found


def _unsaid(text: str) -> bool:
    plain = text.strip()
    return (
        plain in ("", _CLOSED, "Không áp dụng", "Không có")
        or _SAID_UNKNOWN.fullmatch(plain) is not None
    )


def _shown(text: str) -> str:
    unknown = _SAID_UNKNOWN.fullmatch(text.strip())
    return (unknown["unit"] or UNKNOWN) if unknown else text.strip()


def _end_fields(end: str, text: str) -> dict[str, str]:
    """Return what a cell says of an end: the things that it names by identifier; else
    whose object is not determined.
    """
    unknown = _SAID_UNKNOWN.fullmatch(text.strip())
    if unknown is not None:
        return {f"{end}_unit": unknown["unit"]} if unknown["unit"] else {}
    found = {}
    for identifier in _IDENTIFIER.findall(text):
        thing = _THINGS.get(identifier.partition("-")[0])
        if thing:
            found[f"{end}_{thing}"] = identifier
    if not found and text.strip():
        found[f"{end}_unit"] = text.strip()
    return found


def _exchanged_fields(text: str) -> dict[str, str]:
    if _unsaid(text):
        return {}
    parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
    services = [part for part in parts if _SERVICE.fullmatch(part)]
    items = [part for part in parts if part not in services]
    found = {"exchanged": "\n".join(items)} if items else {}
    return {**found, "service": services[0]} if services else found


def _frequency_fields(text: str) -> dict[str, str]:
    often, _break, level = text.partition("\n")
    if not often.strip():
        return {}
    found = {"frequency": UNDETERMINED if _unsaid(often) else often.strip()}
    return {**found, "service_level": level.strip()} if level.strip() else found


def _basis_fields(text: str) -> dict[str, str]:
    if _unsaid(text):
        return {}
    found: dict[str, str] = {}
    rest = []
    for line in text.split("\n"):
        if line.startswith(_LAWS):
            found["legal_basis"] = line.removeprefix(_LAWS)
        else:
            rest.append(line.removeprefix(_EVIDENCE))
    return {**found, "evidence": "\n".join(rest)} if rest else found


def _note_fields(text: str) -> dict[str, str]:
    if _unsaid(text):
        return {}
    lines = text.split("\n")
    other = [line.removeprefix(_OTHER) for line in lines if line.startswith(_OTHER)]
    note = "\n".join(line for line in lines if not line.startswith(_OTHER))
    found = {"note": note} if note else {}
    return {**found, "other_channel": other[0]} if other else found
