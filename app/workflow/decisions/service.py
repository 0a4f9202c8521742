"""Approved proposals enter the register together, by a decision: gathered, frozen, sent
up, and signed on.

The annex is what the decision says of each proposal, with the names and codes of the
day from which it holds. It is frozen with a hash; nothing enters unless it still says
the same when the decision is signed on (NĐ 30/2020, Điều 10-15 keep these as steps of
their own).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app import clock, journal
from app.db import claim
from app.errors import (
    ConflictError,
    FieldError,
    InvalidError,
    NotFoundError,
)
from app.permissions import Action, require, require_signature
from app.register import service as register
from app.register.content import hashing, schema
from app.register.latest_versions import latest_version
from app.register.models import Entry, Version
from app.register.service import Order
from app.vietnamese import clean
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Question
from app.workflow.consultations.models import Consultation
from app.workflow.context import Desk
from app.workflow.decisions import annex
from app.workflow.decisions.lifecycle import (
    PATH,
    RIGHTS_ASKED,
    DecisionAction,
    DecisionStatus,
)
from app.workflow.decisions.models import Decision, Issuer
from app.workflow.decisions.queries import day_of, gathered, get, waiting
from app.workflow.proposals import effects, service
from app.workflow.proposals.inputs import Reopen
from app.workflow.proposals.models import Proposal
from catalog_schema.profile import Stage

LAW = "legal-document"
_NUMBER = re.compile(r"[0-9]{1,6}(/[0-9]{4})?/QĐ-[A-ZĐ0-9-]{1,30}")


@dataclass(frozen=True)
class Draft:
    """What the clerk writes of a decision before it is signed. `bases` are entries of
    legal documents.
    """

    title: str
    issuer: Issuer
    bases: Sequence[UUID]
    effective_from: date | None


@dataclass(frozen=True)
class Signature:
    """What the signed decision says of itself, and the file of it (sha256)."""

    number: str
    signed_on: date | None
    signatory: str
    effective_from: date | None
    file: str | None
    issuer_name: str


def begin(desk: Desk, draft: Draft) -> Decision:
    """Open a decision; InvalidError without a title."""
    require(desk.actor, Action.PREPARE_DECISION, None)
    decision = Decision(
        number=register.next_number(desk.session, "decision"),
        step=DecisionStatus.GATHERING,
        made_post=desk.actor.post_id,
        made_at=clock.now(),
    )
    _fill(decision, draft)
    desk.session.add(decision)
    desk.session.flush()
    _note(desk, decision, "begun")
    return decision


def write(
    desk: Desk, number: int, lock: int, draft: Draft, chosen: Sequence[int] = ()
) -> Decision:
    """Change what the draft says, and gather the proposals with these numbers."""
    decision = _take(desk, number, lock, DecisionAction.WRITE)
    _fill(decision, draft)
    ready = {proposal.number: proposal for proposal in waiting(desk)}
    for chosen_number in chosen:
        if chosen_number not in ready:
            raise ConflictError(
                f"Phiếu số {chosen_number} không còn chờ ban hành; "
                "tải lại trang rồi chọn lại"
            )
        ready[chosen_number].decision_id = decision.id
    return decision


def consult(desk: Desk, number: int, lock: int, question: Question) -> Consultation:
    """Ask agencies for their opinion on the draft; InvalidError."""
    decision = _take(desk, number, lock, DecisionAction.CONSULT)
    consultations.require_sound(desk.session, question)
    return consultations.ask(desk, question, decision)


def take_out(desk: Desk, number: int, lock: int, proposal: int, reason: str) -> None:
    """Send one of its proposals back to examination, with its history; a reason is
    needed.
    """
    decision = _take(desk, number, lock, DecisionAction.TAKE_OUT)
    taken = next(
        (
            member
            for member in gathered(desk.session, decision)
            if member.number == proposal
        ),
        None,
    )
    if taken is None:
        raise NotFoundError("Dự thảo này không có phiếu đó")
    taken.decision_id = None
    desk.session.flush()
    service.act(desk, taken.id, taken.lock_version, Reopen(reason=reason))


def freeze(desk: Desk, number: int, lock: int, files: tuple[str, str]) -> Decision:
    """Fix the annex and its hash; `files` are the spreadsheet and the text that were
    made of it (sha256).

    InvalidError names what is missing: a day, a legal basis that does not hold that
    day, proposals.
    """
    decision = _take(desk, number, lock, DecisionAction.FREEZE)
    members = gathered(desk.session, decision)
    _require_none(_wrong(desk, decision, members))
    decision.annex = annex.of(desk.session, desk.profile, members, day_of(decision))
    decision.annex_hash = hashing.content_hash(decision.annex)
    decision.annex_file, decision.text_file = files
    _note(desk, decision, "frozen")
    return decision


def thaw(desk: Desk, number: int, lock: int) -> None:
    """Open the draft again; what was frozen is no longer the annex."""
    _melt(_take(desk, number, lock, DecisionAction.THAW))


def send(desk: Desk, number: int, lock: int, report: str) -> None:
    """Record that it was sent up ("đã trình"), under which number."""
    decision = _take(desk, number, lock, DecisionAction.SEND)
    decision.report = _text(report, "report", "Ghi số, ngày của tờ trình", 120)
    _note(desk, decision, "sent")


def give_back(desk: Desk, number: int, lock: int, reason: str) -> None:
    """Record that the People's Committee returned it ("UBND trả lại"), and why; the
    draft is open again.
    """
    decision = _take(desk, number, lock, DecisionAction.GIVE_BACK)
    decision.reason = _text(reason, "reason", "Nêu lý do trả lại", 5000)
    _melt(decision)
    _note(desk, decision, "given-back")


def drop(desk: Desk, number: int, lock: int) -> None:
    """Give a draft up; what it had gathered waits for another."""
    decision = _take(desk, number, lock, DecisionAction.DROP)
    desk.session.execute(
        update(Proposal)
        .where(Proposal.decision_id == decision.id)
        .values(decision_id=None)
    )
    _note(desk, decision, "dropped")


def checked(desk: Desk, number: int) -> dict[str, schema.Checked]:
    """Return what checking the content of each of its proposals finds, by its hash.

    Asked before `sign()`, so that nobody waits for it.
    """
    checks = {}
    for proposal in gathered(desk.session, get(desk, number)):
        kind = desk.profile.kinds[proposal.kind]
        checks[proposal.content_hash] = schema.check(
            kind, proposal.content, Stage.ENTER, desk.profile.base
        )
    return checks


def sign(
    desk: Desk,
    number: int,
    lock: int,
    signature: Signature,
    checks: Mapping[str, schema.Checked] | None = None,
) -> Decision:
    """Enter the decision and everything that it gathered, in this transaction, from its
    effective day; or nothing.

    InvalidError for what the signature lacks or contradicts, ConflictError when the
    annex would say something else by now, or an entry has a newer version;
    FourEyesError for whoever wrote any of it. `checks`: what `checked()` has found
    before.
    """
    require(desk.actor, Action.ENTER, None)
    require_signature(desk.actor, Action.ENTER)
    decision = _take(desk, number, lock, DecisionAction.SIGN)
    _require_none(_unsigned(desk, decision, signature))
    decision.effective_from = signature.effective_from
    members = gathered(desk.session, decision)
    says_now = annex.of(desk.session, desk.profile, members, day_of(decision))
    if hashing.content_hash(says_now) != decision.annex_hash:
        raise ConflictError(
            "Tên, mã hoặc nội dung trong phụ lục đã khác bản đã chốt; mở lại "
            "dự thảo, xem chỗ khác rồi chốt lại"
        )
    law = _law(desk, decision, signature)
    decision.symbol = signature.number
    decision.signed_on = signature.signed_on
    decision.signatory = clean(signature.signatory)[:200]
    decision.signed_file = signature.file
    decision.entry_id = law.entry_id
    promulgated = effects.Promulgated(law.entry_id, day_of(decision), checks or {})
    service.promulgate(desk, members, promulgated)
    _note(desk, decision, "signed", law.entry_id)
    return decision


def _take(desk: Desk, number: int, lock: int, action: DecisionAction) -> Decision:
    """Move a decision on; ForbiddenError, TransitionError, ConflictError."""
    require(desk.actor, RIGHTS_ASKED[action], None)
    decision = get(desk, number)
    after = PATH.after(decision.step, action)
    message = (
        "Dự thảo vừa được người khác thay đổi; tải lại để xem rồi làm lại việc này"
    )
    claim(decision, lock, message, step=after)
    return decision


def _fill(decision: Decision, draft: Draft) -> None:
    decision.title = _text(draft.title, "title", "Nhập trích yếu của quyết định", 500)
    decision.issuer = draft.issuer
    decision.bases = sorted({str(basis_id) for basis_id in draft.bases})
    decision.effective_from = draft.effective_from


def _melt(decision: Decision) -> None:
    decision.annex = None
    decision.annex_hash = None
    decision.annex_file = None
    decision.text_file = None


def _wrong(
    desk: Desk,
    decision: Decision,
    members: Sequence[Proposal],
    from_day: date | None = None,
) -> list[FieldError]:
    """Return what keeps the draft from being frozen, or signed from `from_day`."""
    day = from_day or day_of(decision)
    errors: list[FieldError] = []

    def note(field: str, message: str) -> None:
        errors.append(FieldError(field, "decision", message))

    if not members:
        note("proposals", "Chưa có phiếu nào; chọn ít nhất một phiếu đã được phê duyệt")
    if decision.effective_from is None:
        message = "Nhập ngày dự kiến có hiệu lực: phụ lục ghi tên và mã của ngày đó"
        note("effective_from", message)
    if not decision.bases:
        note("bases", "Chọn ít nhất một căn cứ pháp lý")
    for sentence in consultations.unsettled(desk.session, decision):
        note("proposals", sentence)
    for basis in decision.bases:
        law = latest_version(desk.session, UUID(basis))
        if not _holds(law, day):
            name = law.content.get("number") if law else basis
            ended = f"Văn bản {name} hết hiệu lực trước ngày {day:%d/%m/%Y}"
            note("bases", f"{ended}; bỏ hoặc thay")
    for proposal in members:
        for message in _unfit(desk, proposal, day):
            note("proposals", f"Phiếu số {proposal.number} {message}")
    return errors


def _holds(law: Version | None, day: date) -> bool:
    """Tell whether a legal document may still be a basis on a day."""
    if law is None or law.content.get("status") == "het-hieu-luc":
        return False
    ended = law.content.get("in_force_to")
    return not ended or ended > str(day)


def _unfit(desk: Desk, proposal: Proposal, day: date) -> Iterator[str]:
    """Yield why a proposal cannot be promulgated from a day."""
    if proposal.content.get("illustrative") and not desk.office.demonstration:
        yield "là dữ liệu minh họa; không ban hành được"
    end = proposal.effective_to
    if end is not None and end <= day:
        yield (
            f"chỉ có hiệu lực đến trước ngày {end:%d/%m/%Y}, khi quyết định chưa có "
            "hiệu lực; đưa phiếu ra khỏi quyết định"
        )


def _unsigned(desk: Desk, decision: Decision, signature: Signature) -> list[FieldError]:
    errors = []
    if not _NUMBER.fullmatch(signature.number):
        errors.append(
            ("number", "Nhập số, ký hiệu như trên văn bản, ví dụ 1234/QĐ-UBND")
        )
    if signature.signed_on is None or signature.signed_on > clock.today():
        errors.append(("signed_on", "Nhập ngày ký, không sau hôm nay"))
    elif (
        signature.effective_from is None
        or signature.effective_from < signature.signed_on
    ):
        errors.append(
            ("effective_from", "Ngày có hiệu lực không được trước ngày ký quyết định")
        )
    elif _taken(desk, signature):
        year = signature.signed_on.year
        errors.append(
            (
                "number",
                (
                    f"Số {signature.number} của năm {year} đã có trong danh mục "
                    "văn bản; kiểm tra lại số"
                ),
            )
        )
    if not clean(signature.signatory):
        errors.append(("signatory", "Nhập họ tên người ký"))
    if signature.file is None:
        errors.append(("signed", "Chọn tệp quyết định đã ký"))
    wrong = [FieldError(name, "signature", message) for name, message in errors]
    return wrong or _wrong(
        desk, decision, gathered(desk.session, decision), signature.effective_from
    )


def _taken(desk: Desk, signature: Signature) -> bool:
    """Tell whether the issuer has a document of this number in the year (NĐ 30/2020,
    Điều 15).
    """
    query = (
        select(Version.content)
        .join(Entry, Entry.id == Version.entry_id)
        .where(Entry.kind == LAW)
    )
    same = query.where(Version.content["number"].as_string() == signature.number)
    year = str(signature.signed_on)[:4]
    return any(
        str(content.get("issued", ""))[:4] == year
        and content.get("issuer_name") == signature.issuer_name
        for content in desk.session.scalars(same)
    )


def _law(desk: Desk, decision: Decision, signature: Signature) -> Version:
    """Enter the decision as a legal document of the register."""
    kind = desk.profile.kinds[LAW]
    issued, start = str(signature.signed_on), str(signature.effective_from)
    content: dict[str, Any] = {
        "number": signature.number,
        "title": {"vi": decision.title},
        "document_type": "quyet-dinh",
        "issuer_name": signature.issuer_name,
        "issued": issued,
        "in_force_from": start,
        "status": "con-hieu-luc" if start <= str(clock.today()) else "chua-co-hieu-luc",
        **({"illustrative": True} if desk.office.demonstration else {}),
        "certainty": "minh-hoa" if desk.office.demonstration else "co-quan-khai",
    }
    checked = schema.check(kind, content, Stage.ENTER, desk.profile.base)
    if checked.errors:
        raise InvalidError("Thông tin quyết định chưa đúng", checked.errors)
    order = Order(
        entry_id=register.reserve(desk.session, kind).id,
        content=checked.content,
        start=signature.signed_on,
        post_id=desk.actor.post_id,
        person_id=desk.actor.person_id,
    )
    return register.enter(desk.session, desk.profile, order)


def _require_none(errors: Sequence[FieldError]) -> None:
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", list(errors))


def _text(text: str, field: str, message: str, most: int) -> str:
    cleaned = clean(text)[:most]
    if not cleaned:
        raise InvalidError(message, [FieldError(field, "required", message)])
    return cleaned


def _note(
    desk: Desk, decision: Decision, event: str, entry_id: UUID | None = None
) -> None:
    note = desk.note(
        f"decision.{event}",
        entry_id=entry_id,
        hash=decision.annex_hash,
    )
    journal.record(desk.session, note)
