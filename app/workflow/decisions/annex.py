"""What a decision says of the proposals that it gathers: three lists of databases, and
one for each other kind.

Only public fields: the annex is a public document.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.permissions import PUBLIC
from app.register import codes
from app.register.content import cut, facts
from app.register.models import Entry
from app.register.queries import EntryView, Register
from app.register.standing import Moment
from app.workflow.proposals.models import Proposal, ProposalType
from catalog_schema.profile import DATABASE, Profile

# class under the Data Law → list, as current practice has them (one decision, three
# lists)
LISTS = {
    "dung-rieng": "Danh mục cơ sở dữ liệu chuyên ngành",
    "dung-chung": "Danh mục cơ sở dữ liệu dùng chung",
    "mo": "Danh mục dữ liệu mở",
}
# never printed as if somebody had decided it
UNDECIDED = "Danh mục cơ sở dữ liệu chưa xác định dùng chung, dùng riêng hay mở"
# what the annex prints of a proposal, by name; none of it goes through the short lane
PRINTED = (
    "title",
    "value",
    "name",
    "symbol",
    "number",
    "owner",
    "holder",
    "sharing_class",
    "purpose",
    "scope",
    "description",
    "data_items.name",
)
COLUMNS = (
    "STT",
    "Mã",
    "Tên",
    "Cơ quan chủ quản",
    "Mã định danh",
    "Mục đích, phạm vi, nội dung",
    "Hạng mục dữ liệu",
    "Nội dung đề nghị",
)
CHANGES = {
    ProposalType.REGISTER: "Bổ sung",
    ProposalType.AMEND: "Sửa đổi",
    ProposalType.SUSPEND: "Tạm ngừng chia sẻ",
    ProposalType.END: "Đưa ra khỏi danh mục",
}


def of(
    session: Session, profile: Profile, proposals: Sequence[Proposal], day: date
) -> dict[str, Any]:
    """Return the annex as of a day: lists in order, each with its rows, and the hash of
    what each proposal says.
    """
    register = Register(session, profile, Moment(day, journal.head(session)), PUBLIC)
    owners = {owner for owner in map(_owner, proposals) if owner}
    agencies, used = register.by_ids(owners), codes.in_use(register, owners)
    ids = [proposal.entry_id for proposal in proposals]
    known = {
        entry.id: entry.local_id
        for entry in session.scalars(select(Entry).where(Entry.id.in_(ids)))
    }
    titles = [*LISTS.values(), UNDECIDED] + [
        k.plural["vi"] for k in profile.kinds.values() if k.name != DATABASE
    ]
    lists: dict[str, list[list[str]]] = {title: [] for title in titles}
    for proposal in proposals:
        rows = lists[_list(profile, proposal)]
        rows.append(
            [str(len(rows) + 1), *_row(profile, proposal, known, agencies, used)]
        )
    return {
        "columns": list(COLUMNS),
        "lists": [
            {"title": title, "rows": rows} for title, rows in lists.items() if rows
        ],
        "proposals": [
            {"number": proposal.number, "hash": proposal.content_hash}
            for proposal in proposals
        ],
    }


def _owner(proposal: Proposal) -> UUID | None:
    named = proposal.content.get("owner") or proposal.content.get("holder")
    return UUID(named) if named else None


def _list(profile: Profile, proposal: Proposal) -> str:
    if proposal.kind != DATABASE:
        return profile.kinds[proposal.kind].plural["vi"]
    return LISTS.get(str(proposal.content.get("sharing_class")), UNDECIDED)


def _row(
    profile: Profile,
    proposal: Proposal,
    known: dict[UUID, str | None],
    agencies: dict[UUID, EntryView],
    used: dict[UUID, EntryView],
) -> list[str]:
    kind, owner = profile.kinds[proposal.kind], _owner(proposal)
    content = cut.cut(kind.fields, proposal.content, PUBLIC.level)
    texts = [
        content.get(name, {}).get("vi", "")
        for name in ("purpose", "scope", "description")  # as in PRINTED
    ]
    items = [
        item.get("name", {}).get("vi", "") for item in content.get("data_items", ())
    ]
    return [
        known.get(proposal.entry_id) or "(cấp khi ban hành)",
        facts.title(kind, content)
        + (" [minh họa]" if content.get("illustrative") else ""),
        agencies[owner].title if owner in agencies else "",
        used[owner].title if owner in used else "",
        "; ".join(text.removesuffix(".") for text in texts if text),
        "; ".join(text for text in items if text),
        CHANGES.get(proposal.type, ""),
    ]
