"""What keeps a decision from being frozen, and frozen from being signed on a day.

Each rule yields sentences that name the mend; what a signed paper may not say is in
`signing`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.errors import FieldError
from app.register.conditions import OVER, Condition
from app.register.latest_versions import latest_version
from app.register.models import Version
from app.register.queries import EntryView
from app.vietnamese import clean
from app.workflow.consultations import service as consultations
from app.workflow.context import Desk
from app.workflow.decisions import annex as annexes
from app.workflow.decisions import text
from app.workflow.decisions.models import Decision, DecisionKind, Effect
from app.workflow.decisions.text import Wording
from app.workflow.official_words import Capacity, printed_name, slips
from app.workflow.proposals.models import Proposal, ProposalType
from catalog_schema.profile import DATABASE

LAW = "legal-document"
_BEGINS = {
    DecisionKind.NEW: "Ban hành kèm theo Quyết định này",
    DecisionKind.REPLACE: "Ban hành kèm theo Quyết định này",
    DecisionKind.AMEND: "Sửa đổi",
    DecisionKind.REVOKE: "Bãi bỏ",
}
_SIGNING = frozenset({Capacity.HEAD, Capacity.DEPUTY, Capacity.ACTING})


def _errors(field_name: str, sentences: Iterator[str]) -> list[FieldError]:
    return [FieldError(field_name, "decision", sentence) for sentence in sentences]


def wrong(
    desk: Desk,
    decision: Decision,
    members: Sequence[Proposal],
    annex: Mapping[str, Any],
    day: date,
) -> list[FieldError]:
    """Return what keeps the draft from being frozen, or signed on a day."""
    errors = [
        *_errors("proposals", _members(desk, decision, members, day)),
        *_errors("effective_from", _day_of_effect(decision, day)),
        *_errors("bases", _bases(desk, decision, day)),
        *_errors("target", _target(desk, decision, members, day)),
    ]
    for name, message in _signer(desk, decision, day):
        errors.append(FieldError(name, "decision", message))
    paper = text.compose(desk, decision, annex, day)
    errors += _errors("title", iter(slips([paper["title"]])))
    errors += _errors("articles", _articles(decision, paper, annex))
    errors += _errors("receivers", iter(slips(paper["receivers"])))
    return errors


def _members(
    desk: Desk, decision: Decision, members: Sequence[Proposal], day: date
) -> Iterator[str]:
    empty = decision.kind is DecisionKind.REVOKE or decision.target_from is not None
    if not members and not empty:
        yield "Chưa có phiếu nào; chọn ít nhất một phiếu đã được phê duyệt"
    if members and empty:
        yield (
            "Quyết định này không mang phụ lục; đưa các phiếu ra, vào một quyết định "
            "khác"
        )
    yield from consultations.unsettled(desk.session, decision)
    for proposal in members:
        for message in _unfit(desk, decision, proposal, day):
            yield f"Phiếu số {proposal.number} {message}"


def _unfit(
    desk: Desk, decision: Decision, proposal: Proposal, day: date
) -> Iterator[str]:
    """Yield why a proposal cannot be promulgated by a decision."""
    if proposal.content.get("illustrative") and not desk.office.demonstration:
        yield "là dữ liệu minh họa; không ban hành được"
    holds_from = decision.effective_from or day
    end = proposal.effective_to
    if end is not None and end <= holds_from:
        yield (
            f"chỉ có hiệu lực đến trước ngày {end:%d/%m/%Y}, khi quyết định chưa có "
            "hiệu lực; đưa phiếu ra khỏi quyết định"
        )
    if proposal.approved_hash not in (None, proposal.content_hash):
        yield "đã đổi sau khi phê duyệt; đưa phiếu ra để phê duyệt lại"
    yield from annexes.wrong(proposal)


def _day_of_effect(decision: Decision, day: date) -> Iterator[str]:
    if decision.effect is Effect.DAY and decision.effective_from is None:
        yield "Nhập ngày có hiệu lực, hoặc chọn “kể từ ngày ký”"
    elif decision.effective_from is not None and decision.effective_from < day:
        yield (
            f"Ngày có hiệu lực trước ngày {day:%d/%m/%Y}; nhập ngày sau, hoặc chọn “kể "
            "từ ngày ký”"
        )


def _bases(desk: Desk, decision: Decision, day: date) -> Iterator[str]:
    if not decision.bases:
        yield "Chọn ít nhất một căn cứ pháp lý"
        return
    wording = Wording.of(decision.wording)
    bases = text.bases(desk, decision)
    views = text.register_on(desk, day).by_ids([law_id for law_id, *_ in bases])
    authority = False
    for law_id, law, basis in bases:
        authority = authority or basis.authority
        yield from _holds(law, views.get(law_id), day, wording)
        if not basis.printable:
            yield (
                f"Chưa ai đọc trích yếu của văn bản {basis.number} trên bản gốc; gõ "
                "trích yếu từ bản gốc ở ô bên dưới"
            )
    if not authority:
        yield (
            "Thiếu căn cứ quy định thẩm quyền của cơ quan ban hành, ví dụ Luật Tổ chức "
            "chính quyền địa phương; thêm vào căn cứ"
        )


def _holds(
    law: Version, view: EntryView | None, day: date, wording: Wording
) -> Iterator[str]:
    """Yield why a legal document cannot be a basis on a day."""
    name = law.content.get("number")
    condition = view.thing.condition if view else Condition.UNDETERMINED
    ended = law.content.get("in_force_to")
    if condition in OVER or (ended and ended <= str(day)):
        yield f"Văn bản {name} hết hiệu lực trước ngày {day:%d/%m/%Y}; bỏ hoặc thay"
    elif condition is Condition.NOT_YET:
        yield f"Văn bản {name} chưa có hiệu lực ngày {day:%d/%m/%Y}; bỏ hoặc đợi"
    elif condition is Condition.UNDETERMINED and not wording.unknown_bases:
        yield (
            f"Chưa xác định văn bản {name} còn hiệu lực hay không; nêu vì sao vẫn làm "
            "căn cứ, hoặc bỏ"
        )


def _target(
    desk: Desk, decision: Decision, members: Sequence[Proposal], day: date
) -> Iterator[str]:
    """Yield what does not fit between a decision and the one that it changes."""
    changing = [
        proposal
        for proposal in members
        if proposal.kind == DATABASE and proposal.type is not ProposalType.REGISTER
    ]
    if decision.kind is DecisionKind.NEW:
        if changing:
            numbers = ", ".join(str(proposal.number) for proposal in changing)
            yield (
                f"Phiếu số {numbers} sửa đổi Danh mục đã ban hành: chọn loại “Sửa đổi, "
                "bổ sung” và văn bản được sửa đổi"
            )
        return
    law = (
        latest_version(desk.session, decision.target_id) if decision.target_id else None
    )
    if law is None:
        yield "Chọn quyết định được sửa đổi, thay thế hoặc bãi bỏ"
        return
    view = text.register_on(desk, day).by_ids([law.entry_id]).get(law.entry_id)
    number, issuer = law.content.get("number"), law.content.get("issuer_name", "")
    if view is None or view.thing.condition in OVER:
        yield f"Văn bản {number} không còn hiệu lực; chọn văn bản khác"
    same = body(issuer) == body(text.issuer_name(desk, decision, day))
    if not same and not Wording.of(decision.wording).other_issuer:
        yield (
            f"Văn bản {number} do {issuer} ban hành; chọn đúng nơi ban hành, hoặc nêu "
            "vì sao nơi khác ban hành"
        )
    yield from _outside(desk, decision, changing)
    yield from _new_day(desk, decision)


def body(issuer: str) -> str:
    """Return a body without the type of its province, which may have changed since."""
    return re.sub(r" (tỉnh|thành phố) .*", "", clean(issuer))


def _outside(
    desk: Desk, decision: Decision, changing: Sequence[Proposal]
) -> Iterator[str]:
    """Yield what is changed and stands in another list than the one of the target."""
    family = _family(desk, decision.target_id)
    for proposal in changing:
        query = select(Version.decision_id).where(
            Version.entry_id == proposal.entry_id, Version.decision_id.is_not(None)
        )
        promulgated = set(desk.session.scalars(query))
        if promulgated and not promulgated & family:
            yield (
                f"Phiếu số {proposal.number} nói về mục không nằm trong Danh mục của "
                "văn bản được sửa đổi; đưa phiếu ra hoặc chọn văn bản khác"
            )


def _family(desk: Desk, target_id: UUID | None) -> set[UUID]:
    """Return a decision's document and those of the decisions that amend it."""
    family = {target_id} if target_id else set()
    query = select(Decision.target_id, Decision.entry_id)
    amending = query.where(
        Decision.kind == DecisionKind.AMEND, Decision.entry_id.is_not(None)
    )
    pairs = [
        (target, document)
        for target, document in desk.session.execute(amending)
        if target is not None and document is not None
    ]
    size = 0
    while size != len(family):
        size = len(family)
        for target, document in pairs:
            if target in family or document in family:
                family |= {target, document}
    return family


def _new_day(desk: Desk, decision: Decision) -> Iterator[str]:
    """Yield why the target cannot be given another effective day."""
    if decision.target_from is None:
        return
    target = target_of(desk, decision)
    if target is None or target.signed_on is None:
        yield "Chỉ sửa được ngày có hiệu lực của quyết định ghi nhận tại đây"
    elif decision.target_from < target.signed_on:
        signed = f"{target.signed_on:%d/%m/%Y}"
        yield f"Ngày có hiệu lực mới trước ngày ký {signed}; nhập lại"


def target_of(desk: Desk, decision: Decision) -> Decision | None:
    """Return the decision of this register that one changes, None where that was made
    elsewhere.
    """
    if decision.target_id is None:
        return None
    query = select(Decision).where(Decision.entry_id == decision.target_id)
    return desk.session.scalar(query)


def _signer(desk: Desk, decision: Decision, day: date) -> Iterator[tuple[str, str]]:
    wording = Wording.of(decision.wording)
    name = printed_name(wording.signatory)
    if not name:
        yield "signatory", "Nhập họ tên người ký: quyết định in tên người ký"
        return
    if wording.capacity not in _SIGNING:
        yield "capacity", "Quyết định do người đứng đầu ký hoặc cấp phó ký thay"
    if not clean(wording.unit):
        yield "unit", "Nhập ký hiệu đơn vị soạn thảo: dòng “Lưu: VT, …” in ký hiệu đó"
    recorded = _recorded_signers(desk, day)
    if recorded and (name, wording.capacity) not in recorded:
        message = (
            f"{name} không được ký với tư cách này ngày {day:%d/%m/%Y}; chọn người "
            "khác, hoặc sửa “Người được ký văn bản” của Ủy ban nhân dân"
        )
        yield "signatory", message


def _recorded_signers(desk: Desk, day: date) -> set[tuple[str, str]]:
    """Return who may sign for the People's Committee on a day; nothing where nobody
    has recorded it.
    """
    department = text.department(desk, day)
    parent = department.content.get("parent") if department else None
    committee = latest_version(desk.session, UUID(parent)) if parent else None
    listed = committee.content.get("signers", ()) if committee else ()
    return {
        (printed_name(signer.get("name", "")), signer.get("capacity", ""))
        for signer in listed
        if signer.get("valid_from", "") <= str(day)
        and str(day) < (signer.get("valid_to") or "9999")
    }


def _articles(
    decision: Decision, paper: Mapping[str, Any], annex: Mapping[str, Any]
) -> Iterator[str]:
    sentences = [
        sentence
        for words, clauses in paper["articles"]
        for sentence in (words, *clauses)
    ]
    yield from slips(sentences)
    first = paper["articles"][0][0] if paper["articles"] else ""
    if not first.startswith(_BEGINS[decision.kind]):
        yield f"Điều 1 phải bắt đầu bằng “{_BEGINS[decision.kind]}”"
    whole = "\n".join(sentences)
    if paper["effective"] not in whole:
        yield f"Các điều phải nói “có hiệu lực {paper['effective']}”; dùng {{hiệu lực}}"
    names = text.annex_names(annex["lists"])
    missing = [name for name in names if not _mentions(whole, name)]
    if annex["lists"] and missing:
        unnamed = ", ".join(missing)
        yield f"Các điều chưa nhắc {unnamed}; dùng {{phụ lục}} hoặc {{các khoản}}"
    if not annex["lists"] and "Phụ lục" in whole:
        yield "Các điều nhắc Phụ lục, nhưng quyết định không có phụ lục"
    if len(names) == 1 and decision.kind in (DecisionKind.NEW, DecisionKind.REPLACE):
        count = annex["lists"][0]["count"]
        if not re.search(rf"\b0?{count}\b", whole):
            yield f"Điều 1 phải nêu số mục ({count}); dùng {{số cơ sở dữ liệu}}"


def _mentions(whole: str, name: str) -> bool:
    return re.search(rf"{re.escape(name)}(?![IVX])", whole) is not None
