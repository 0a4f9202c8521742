"""What a decision says of the proposals that it gathers: what comes into the list, what
is amended, not shared for a while, taken out.

Only public fields: the annex is a public document. What it says is data; papers and
workbooks are drawn of it (`app.documents.papers.decision`).
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import journal
from app.permissions import PUBLIC
from app.register import codes
from app.register.content import cut, facts
from app.register.filters import Filter
from app.register.models import Entry, Version
from app.register.queries import EntryView, Register
from app.register.standing import Moment
from app.workflow.context import Desk
from app.workflow.official_words import counted, roman, short_day, small_first
from app.workflow.proposals.models import Proposal, ProposalType
from catalog_schema.profile import DATABASE, Profile

# what the annex prints of a proposal, by name; none of it goes through the short lane
PRINTED = (
    "title",
    "value",
    "name",
    "symbol",
    "number",
    "owner",
    "holder",
    "purpose",
    "scope",
    "description",
    "sources",
    "collection_mechanism",
    "update_mechanism",
    "frequency",
    "sharing_methods",
    "data_items.name",
    "data_items.sharing.consumer_group",
    "data_items.sharing.mode",
)
NOT_RESERVED = "(cấp khi chốt)"
NOTHING, UNKNOWN, NO_REASON = "–", "Chưa xác định", "Không có"
# the sign of a mode, in the words of the law that it is from
_SIGNS = {
    "dung-chung": "DC",
    "dung-rieng": "DR",
    "mo": "M",
    "nd47-mo": "DLM",
    "nd47-mac-dinh": "MĐ",
    "nd47-dac-thu": "YC",
}
_CLASSES = ("van-phong", "so", "thanh-tra", "nganh-doc", "don-vi")
_CHANGED = (
    "STT",
    "Mã",
    "Tên cơ sở dữ liệu",
    "Nội dung sửa đổi",
    "Đã ban hành",
    "Sửa đổi thành",
)
_LEFT = ("STT", "Mã", "Tên cơ sở dữ liệu", "Cơ quan chủ quản", "Lý do")
_ENDED = (*_LEFT, "Cơ sở dữ liệu thay thế")
_SUSPENDED = (*_LEFT, "Chia sẻ lại từ ngày")
_LISTED = ("STT", "Mã", "Tên", "Cơ quan", "Nội dung đề nghị")
CHANGES = {
    ProposalType.REGISTER: "Bổ sung",
    ProposalType.AMEND: "Sửa đổi",
    ProposalType.SUSPEND: "Tạm ngừng chia sẻ",
    ProposalType.END: "Đưa ra khỏi danh mục",
}


@dataclass(frozen=True)
class _Names:
    """What things are called on the day: agencies, their codes, entries, their latest
    versions.
    """

    profile: Profile
    whole: str  # “thành phố …”
    kind_of_place: str
    agencies: Mapping[UUID, EntryView]
    codes: Mapping[UUID, EntryView]
    entries: Mapping[UUID, str | None]
    bases: Mapping[UUID, Version]
    successors: Mapping[UUID, str]

    def label(self, scheme: str, code: object) -> str:
        """Return what a code list calls a value."""
        concept = self.profile.lists.schemes[scheme].concepts.get(str(code))
        return concept.labels["vi"] if concept else str(code)

    def agency(self, agency_id: UUID | None) -> str:
        if agency_id is None or agency_id not in self.agencies:
            return UNKNOWN
        return self.agencies[agency_id].title

    def code(self, proposal: Proposal) -> str:
        return self.entries.get(proposal.entry_id) or NOT_RESERVED


def of(
    desk: Desk, proposals: Sequence[Proposal], day: date, *, amends: bool = False
) -> dict[str, Any]:
    """Return the annex as of a day: its lists in order, each with what it is drawn of
    and as plain rows, and the hash of what each proposal says.

    `amends`: what comes in joins a list that is there already.
    """
    names = _names(desk, proposals, day)
    databases = [proposal for proposal in proposals if proposal.kind == DATABASE]
    by_type = {
        type_: [proposal for proposal in databases if proposal.type is type_]
        for type_ in CHANGES
    }
    lists = [
        _catalogue(names, by_type[ProposalType.REGISTER], amends=amends),
        _changed(names, by_type[ProposalType.AMEND]),
        _suspended(names, by_type[ProposalType.SUSPEND]),
        _ended(names, by_type[ProposalType.END]),
    ]
    for kind in desk.profile.kinds.values():
        if kind.name != DATABASE:
            others = [proposal for proposal in proposals if proposal.kind == kind.name]
            lists.append(_listed(names, kind.plural["vi"], others))
    return {
        "lists": [listed for listed in lists if listed["agencies"]],
        "databases": len(databases),
        "owners": len({_owner(proposal) for proposal in proposals}),
        "proposals": [
            {"number": proposal.number, "hash": proposal.content_hash}
            for proposal in proposals
        ],
    }


def wrong(proposal: Proposal) -> Iterator[str]:
    """Yield what the annex could not print of a proposal without guessing."""
    if proposal.kind != DATABASE or proposal.type is not ProposalType.REGISTER:
        return
    for item in proposal.content.get("data_items", ()):
        if not item.get("sharing"):
            name = item.get("name", {}).get("vi", "")
            yield (
                f"chưa ghi hình thức chia sẻ của hạng mục “{name}” cho đối tượng nào; "
                "đưa phiếu ra để bổ sung"
            )


def _names(desk: Desk, proposals: Sequence[Proposal], day: date) -> _Names:
    session, profile = desk.session, desk.profile
    register = Register(session, profile, Moment(day, journal.head(session)), PUBLIC)
    owners = {owner for owner in map(_owner, proposals) if owner}
    ids = [proposal.entry_id for proposal in proposals]
    entries = session.scalars(select(Entry).where(Entry.id.in_(ids)))
    base_ids = [proposal.base_version_id for proposal in proposals]
    bases = session.scalars(select(Version).where(Version.id.in_(base_ids)))
    province = desk.office.province(day)
    return _Names(
        profile=profile,
        whole=province.whole,
        kind_of_place=province.type,
        agencies=register.by_ids(owners),
        codes=codes.in_use(register, owners),
        entries={entry.id: entry.local_id for entry in entries},
        bases={version.id: version for version in bases},
        successors=_successors(proposals, register),
    )


def _successors(proposals: Sequence[Proposal], register: Register) -> dict[UUID, str]:
    """Return what comes in the place of databases that end: what says that it replaces
    them.
    """
    ending = {
        str(proposal.entry_id): proposal.entry_id
        for proposal in proposals
        if proposal.type is ProposalType.END
    }
    if not ending:
        return {}
    successors: dict[UUID, str] = {}
    replacing = Filter((DATABASE,), facts={"replaces": tuple(ending)})
    for view in register.all(replacing):
        for replaced in view.content.get("replaces", ()):
            if replaced in ending:
                successors[ending[replaced]] = view.local_id
    return successors


def _owner(proposal: Proposal) -> UUID | None:
    named = proposal.content.get("owner") or proposal.content.get("holder")
    return UUID(named) if named else None


def _public(names: _Names, proposal: Proposal, content: Any) -> dict[str, Any]:
    return cut.cut(names.profile.kinds[proposal.kind].fields, content, PUBLIC.level)


def _by_agency(
    names: _Names, proposals: Sequence[Proposal]
) -> list[tuple[UUID | None, list[Proposal]]]:
    """Return proposals by the agency that owns what they are about, in protocol order:
    as the agencies record it, else by their class and the number in their code.
    """
    grouped: dict[UUID | None, list[Proposal]] = {}
    for proposal in proposals:
        grouped.setdefault(_owner(proposal), []).append(proposal)

    def place(owner: UUID | None) -> tuple[Any, ...]:
        view = names.agencies.get(owner) if owner else None
        return (view is None, *(_protocol(names, view) if view else ()))

    return [(owner, grouped[owner]) for owner in sorted(grouped, key=place)]


def _protocol(
    names: _Names, agency: EntryView
) -> tuple[float, int, Sequence[int], str]:
    order = agency.content.get("protocol_order", float("inf"))
    class_ = agency.content.get("classification")
    rank = _CLASSES.index(class_) if class_ in _CLASSES else len(_CLASSES)
    code = names.codes.get(agency.id)
    numbers = [int(part) for part in re.findall(r"\d+", code.title if code else "")]
    return order, rank, numbers or [sys.maxsize], agency.sort_key


def _heading(names: _Names, owner: UUID | None, count: int) -> str:
    """Return what stands above the databases of an agency."""
    used = names.codes.get(owner) if owner else None
    code = used.title if used else "chưa cấp"
    agency = names.agency(owner).upper()
    return f"{agency} (mã định danh: {code}; {counted(count)} cơ sở dữ liệu)"


def _title(names: _Names, proposal: Proposal, content: Mapping[str, Any]) -> str:
    kind = names.profile.kinds[proposal.kind]
    mark = " [minh họa]" if content.get("illustrative") else ""
    return facts.title(kind, content) + mark


def _said(content: Mapping[str, Any], *fields: str) -> str:
    texts = [content.get(name, {}).get("vi", "").strip() for name in fields]
    first, *more = [text.rstrip(".;") for text in texts if text] or [""]
    return "; ".join([first, *map(small_first, more)])


# -- what comes in


def _catalogue(
    names: _Names, proposals: Sequence[Proposal], *, amends: bool
) -> dict[str, Any]:
    codes_of_groups = _consumer_groups(names, proposals)
    agencies = [
        {
            "heading": _heading(names, owner, len(owned)),
            "name": names.agency(owner),
            "databases": [
                _database(names, database, codes_of_groups) for database in owned
            ],
        }
        for owner, owned in _by_agency(names, proposals)
    ]
    groups = [_group(names, code) for code in codes_of_groups]
    count = f"{counted(len(proposals))} cơ sở dữ liệu"
    title = f"Danh mục cơ sở dữ liệu dùng chung của {names.whole}"
    whole = f"Danh mục gồm {count} của {counted(len(agencies))} cơ quan chủ quản"
    return {
        "form": "catalogue",
        "title": "Cơ sở dữ liệu bổ sung vào Danh mục" if amends else title,
        "columns": [
            "STT",
            "Mã",
            "Tên cơ sở dữ liệu",
            "Cơ quan chủ quản",
            "Mục đích, phạm vi, nội dung",
            "Nguồn; cơ chế thu thập, cập nhật; tần suất",
            "Hạng mục dữ liệu",
            *groups,
            "Phương thức chia sẻ; ghi chú",
        ],
        "groups": groups,
        "key": _key(names, agencies),
        "agencies": agencies,
        "rows": list(_catalogue_rows(agencies)),
        "count": len(proposals),
        "closing": f"Phụ lục gồm {count}" if amends else whole,
    }


def _consumer_groups(names: _Names, proposals: Sequence[Proposal]) -> list[str]:
    """Return the consumer groups that occur, in the order of the code list."""
    named = {
        sharing.get("consumer_group")
        for proposal in proposals
        for item in proposal.content.get("data_items", ())
        for sharing in item.get("sharing", ())
    }
    scheme = names.profile.lists.schemes["nhom-khai-thac"]
    return [code for code in scheme.concepts if code in named]


def _group(names: _Names, code: str) -> str:
    label = names.label("nhom-khai-thac", code)
    return label.replace("tỉnh, thành phố", names.kind_of_place)


def _database(
    names: _Names, proposal: Proposal, groups: Sequence[str]
) -> dict[str, Any]:
    content = _public(names, proposal, proposal.content)
    return {
        "code": names.code(proposal),
        "name": _title(names, proposal, content),
        "purpose": _said(content, "purpose", "scope", "description") or NOTHING,
        "mechanism": _mechanism(names, content) or NOTHING,
        "method": _methods(names, content) or UNKNOWN,
        "items": [
            {"name": _said(item, "name"), "modes": _modes(item, groups)}
            for item in content.get("data_items", ())
        ]
        or [{"name": UNKNOWN, "modes": [UNKNOWN] * len(groups)}],
    }


def _mechanism(names: _Names, content: Mapping[str, Any]) -> str:
    mechanism = _said(content, "sources", "collection_mechanism", "update_mechanism")
    frequency = content.get("frequency")
    often = small_first(names.label("frequency", frequency)) if frequency else ""
    if often and mechanism.lower().endswith(often):  # it says so itself
        return mechanism
    return "; ".join(text for text in (mechanism, often) if text)


def _methods(names: _Names, content: Mapping[str, Any]) -> str:
    methods = content.get("sharing_methods", ())
    return "; ".join(names.label("phuong-thuc", code) for code in methods)


def _modes(item: Mapping[str, Any], groups: Sequence[str]) -> list[str]:
    signs = {
        sharing.get("consumer_group"): _SIGNS.get(sharing.get("mode"), UNKNOWN)
        for sharing in item.get("sharing", ())
    }
    return [signs.get(group, NOTHING) for group in groups]


def _key(names: _Names, agencies: Sequence[Mapping[str, Any]]) -> str:
    """Return what the signs that occur mean."""
    used = {
        mode
        for agency in agencies
        for database in agency["databases"]
        for item in database["items"]
        for mode in item["modes"]
    }
    by_law: dict[str, list[str]] = {}
    for code, sign in _SIGNS.items():
        if sign in used:
            label, _, law = names.label("hinh-thuc-chia-se", code).partition(" (")
            by_law.setdefault(law.rstrip(")"), []).append(
                f"{sign}: {small_first(label)}"
            )
    meanings = [
        f"{'; '.join(signs)}{f' (theo {law})' if law else ''}"
        for law, signs in by_law.items()
    ]
    if NOTHING in used:
        meanings.append(f"{NOTHING}: không chia sẻ cho đối tượng này")
    return f"Ký hiệu: {'; '.join(meanings)}." if meanings else ""


def _catalogue_rows(agencies: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    number = 0
    for agency in agencies:
        for database in agency["databases"]:
            number += 1
            for item in database["items"]:
                yield [
                    str(number),
                    database["code"],
                    database["name"],
                    agency["name"],
                    database["purpose"],
                    database["mechanism"],
                    item["name"],
                    *item["modes"],
                    database["method"],
                ]


# -- what is amended


def _changed(names: _Names, proposals: Sequence[Proposal]) -> dict[str, Any]:
    agencies: list[dict[str, Any]] = []
    number = 0
    for owner, owned in _by_agency(names, proposals):
        rows: list[list[str]] = []
        for proposal in owned:
            number += 1
            rows += _changes(names, proposal, number)
        heading = f"{roman(len(agencies) + 1)}. {names.agency(owner).upper()}"
        agencies.append({"heading": heading, "rows": rows})
    count = f"{counted(len(proposals))} cơ sở dữ liệu"
    return {
        **_plain("changed", "Nội dung sửa đổi", _CHANGED, agencies),
        "count": len(proposals),
        "closing": f"Phụ lục gồm nội dung sửa đổi của {count}",
    }


def _changes(names: _Names, proposal: Proposal, number: int) -> Iterator[list[str]]:
    """Yield a row for each thing that is printed and differs."""
    base = (
        names.bases.get(proposal.base_version_id) if proposal.base_version_id else None
    )
    before = _aspects(names, proposal, base.content if base else {})
    after = _aspects(names, proposal, proposal.content)
    head = [
        str(number),
        names.code(proposal),
        _title(names, proposal, proposal.content),
    ]
    differ = [
        name
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    for name in differ:
        yield [*head, name, before.get(name) or NOTHING, after.get(name) or NOTHING]
    if not differ:
        yield [*head, "Thông tin mô tả không in trong Danh mục", NOTHING, NOTHING]


def _aspects(names: _Names, proposal: Proposal, stored: Any) -> dict[str, str]:
    """Return what the list prints of a content, each thing under its name."""
    content = _public(names, proposal, stored)
    owner = content.get("owner")
    frequency = content.get("frequency")
    aspects = {
        "Tên": _title(names, proposal, content),
        "Cơ quan chủ quản": names.agency(UUID(owner)) if owner else "",
        "Mục đích": _said(content, "purpose"),
        "Phạm vi": _said(content, "scope"),
        "Nội dung": _said(content, "description"),
        "Nguồn": _said(content, "sources"),
        "Cơ chế thu thập": _said(content, "collection_mechanism"),
        "Cơ chế cập nhật": _said(content, "update_mechanism"),
        "Tần suất cập nhật": names.label("frequency", frequency) if frequency else "",
        "Phương thức chia sẻ": _methods(names, content),
    }
    for item in content.get("data_items", ()):
        shared = [
            f"{_group(names, sharing['consumer_group'])}: "
            f"{small_first(names.label('hinh-thuc-chia-se', sharing.get('mode')))}"
            for sharing in item.get("sharing", ())
            if sharing.get("consumer_group")
        ]
        aspects[f"Hạng mục “{_said(item, 'name')}”"] = "; ".join(shared) or UNKNOWN
    return {name: text for name, text in aspects.items() if text}


# -- what leaves


def _ended(names: _Names, proposals: Sequence[Proposal]) -> dict[str, Any]:
    def last(proposal: Proposal) -> str:
        return names.successors.get(proposal.entry_id, NO_REASON)

    title = "Cơ sở dữ liệu đưa ra khỏi Danh mục"
    return _leaving(names, "ended", title, _ENDED, [(p, last(p)) for p in proposals])


def _suspended(names: _Names, proposals: Sequence[Proposal]) -> dict[str, Any]:
    def last(proposal: Proposal) -> str:
        until = proposal.effective_to
        return short_day(until) if until else UNKNOWN

    title = "Cơ sở dữ liệu tạm ngừng chia sẻ"
    ending = [(p, last(p)) for p in proposals]
    return _leaving(names, "suspended", title, _SUSPENDED, ending)


def _leaving(
    names: _Names,
    form: str,
    title: str,
    columns: Sequence[str],
    proposals: Sequence[tuple[Proposal, str]],
) -> dict[str, Any]:
    rows = [
        [
            str(number),
            names.code(proposal),
            _title(names, proposal, proposal.content),
            names.agency(_owner(proposal)),
            proposal.reason or NOTHING,
            last,
        ]
        for number, (proposal, last) in enumerate(proposals, start=1)
    ]
    agencies = [{"heading": "", "rows": rows}] if rows else []
    return {
        **_plain(form, title, columns, agencies),
        "count": len(rows),
        "closing": f"Phụ lục gồm {counted(len(rows))} cơ sở dữ liệu",
    }


def _listed(names: _Names, title: str, proposals: Sequence[Proposal]) -> dict[str, Any]:
    """Return what is promulgated and is no database."""
    rows = [
        [
            str(number),
            names.code(proposal),
            _title(names, proposal, proposal.content),
            names.agency(_owner(proposal)) if _owner(proposal) else NOTHING,
            CHANGES.get(proposal.type, ""),
        ]
        for number, proposal in enumerate(proposals, start=1)
    ]
    agencies = [{"heading": "", "rows": rows}] if rows else []
    return {
        **_plain("listed", title, _LISTED, agencies),
        "count": len(rows),
        "closing": f"Phụ lục gồm {counted(len(rows))} mục",
    }


def _plain(
    form: str, title: str, columns: Sequence[str], agencies: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "form": form,
        "title": title,
        "columns": list(columns),
        "agencies": list(agencies),
        "rows": [row for agency in agencies for row in agency["rows"]],
    }
