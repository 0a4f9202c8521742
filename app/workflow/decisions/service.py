"""Approved proposals enter the register together, by a decision: gathered, frozen, sent
up, and signed on.

What is frozen is what is signed: the text and the annex, with the names, titles and
codes of the day and identifiers that are reserved, under one hash. Nothing enters
unless it still says the same on the day of the signature (NĐ 30/2020, Điều 10-15 keep
these as steps of their own).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update

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
from app.register.models import Version
from app.register.service import Order
from app.vietnamese import clean
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Question
from app.workflow.consultations.models import Consultation
from app.workflow.context import Desk
from app.workflow.decisions import annex, rectifying, rules, signing, steps, text
from app.workflow.decisions.lifecycle import (
    PATH,
    RIGHTS_ASKED,
    DecisionAction,
    DecisionStatus,
)
from app.workflow.decisions.models import Decision, DecisionKind, Effect, Issuer
from app.workflow.decisions.queries import gathered, get, waiting
from app.workflow.decisions.signing import Signature
from app.workflow.decisions.text import Wording
from app.workflow.proposals import effects, service
from app.workflow.proposals.inputs import Reopen
from app.workflow.proposals.models import Proposal, ProposalType
from catalog_schema.profile import Stage


@dataclass(frozen=True)
class Draft:
    """What the clerk writes of a decision before it is signed.

    `bases` are entries of legal documents, `target` the one that it amends, replaces or
    revokes, `target_from` the effective day that an amendment gives that one.
    """

    title: str
    issuer: Issuer
    bases: Sequence[UUID]
    effective_from: date | None
    kind: DecisionKind = DecisionKind.NEW
    effect: Effect = Effect.DAY
    target: UUID | None = None
    target_from: date | None = None
    wording: Wording = Wording()  # noqa: RUF009 - frozen


def begin(desk: Desk, draft: Draft) -> Decision:
    """Open a decision; InvalidError without a title."""
    require(desk.actor, Action.PREPARE_DECISION, None)
    decision = Decision(
        number=register.next_number(desk.session, "decision"),
        step=DecisionStatus.GATHERING,
        made_post=desk.actor.post_id,
        made_at=clock.now(),
    )
    _fill(desk, decision, draft)
    desk.session.add(decision)
    desk.session.flush()
    steps.record(desk, decision, "begun")
    return decision


def write(
    desk: Desk, number: int, lock: int, draft: Draft, chosen: Sequence[int] = ()
) -> Decision:
    """Change what the draft says, and gather the proposals with these numbers."""
    decision = _take(desk, number, lock, DecisionAction.WRITE)
    _fill(desk, decision, draft)
    ready = {proposal.number: proposal for proposal in waiting(desk)}
    for chosen_number in chosen:
        if chosen_number not in ready:
            raise ConflictError(
                f"Phiếu số {chosen_number} không còn chờ ban hành; "
                "tải lại trang rồi chọn lại"
            )
        ready[chosen_number].decision_id = decision.id
    if chosen:
        named = ", ".join(str(gathered_number) for gathered_number in sorted(chosen))
        steps.record(desk, decision, "gathered", f"Phiếu số {named}")
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
    decision, taken = _let_go(desk, number, lock, proposal)
    service.act(desk, taken.id, taken.lock_version, Reopen(reason=reason))
    steps.record(desk, decision, "taken-out", f"Phiếu số {proposal}: {clean(reason)}")


def set_aside(desk: Desk, number: int, lock: int, proposal: int) -> None:
    """Take one of its proposals out; it stays approved and waits for a decision."""
    decision, _taken = _let_go(desk, number, lock, proposal)
    steps.record(desk, decision, "set-aside", f"Phiếu số {proposal}")


def _let_go(
    desk: Desk, number: int, lock: int, proposal: int
) -> tuple[Decision, Proposal]:
    decision = _take(desk, number, lock, DecisionAction.TAKE_OUT)
    members = gathered(desk.session, decision)
    taken = next((member for member in members if member.number == proposal), None)
    if taken is None:
        raise NotFoundError("Dự thảo này không có phiếu đó")
    taken.decision_id = None
    desk.session.flush()
    return decision, taken


def reserve(desk: Desk, number: int) -> None:
    """Put identifiers aside for what a decision is about to promulgate, so that its
    annex prints them; InvalidError names what keeps it from being frozen.

    Once reserved they stay the entries' own: thawing keeps them, and what is never
    entered leaves a gap.
    """
    require(desk.actor, RIGHTS_ASKED[DecisionAction.FREEZE], None)
    decision = get(desk, number)
    PATH.after(decision.step, DecisionAction.FREEZE)
    members = gathered(desk.session, decision)
    today = clock.today()
    drafted = annex.of(desk, members, today, amends=amends(decision))
    _require_none(rules.wrong(desk, decision, members, drafted, today))
    new = [
        member.entry_id for member in members if member.type is ProposalType.REGISTER
    ]
    for entry in register.reserve_identifiers(desk.session, desk.profile, new):
        note = desk.note(
            register.RESERVED,
            entry_id=entry.id,
            hash=register.reserved_hash(entry),
        )
        journal.record(desk.session, note)
    desk.session.flush()


def amends(decision: Decision) -> bool:
    """Tell whether what a decision brings in joins a list that is there already."""
    return decision.kind is DecisionKind.AMEND


def frozen(desk: Desk, decision: Decision, day: date) -> dict[str, Any]:
    """Return all that a decision says on a day: its annex, and the text around it."""
    members = gathered(desk.session, decision)
    drafted = annex.of(desk, members, day, amends=amends(decision))
    return {**drafted, "paper": text.compose(desk, decision, drafted, day)}


def freeze(desk: Desk, number: int, lock: int, files: tuple[str, str]) -> Decision:
    """Fix what the decision says and its hash; `files` are the spreadsheet and the text
    that were made of it (sha256). `reserve()` goes before.

    InvalidError names what is missing: a day, a legal basis that does not hold that
    day, proposals.
    """
    decision = _take(desk, number, lock, DecisionAction.FREEZE)
    members = gathered(desk.session, decision)
    today = clock.today()
    said = frozen(desk, decision, today)
    _require_none(rules.wrong(desk, decision, members, said, today))
    if annex.NOT_RESERVED in str(said):
        message = "Có phiếu vừa được đưa thêm vào dự thảo; xem lại rồi chốt lần nữa"
        raise ConflictError(message)
    decision.annex = said
    decision.annex_hash = hashing.content_hash(said)
    decision.annex_file, decision.text_file = files
    steps.record(desk, decision, "frozen")
    return decision


def thaw(desk: Desk, number: int, lock: int, reason: str) -> None:
    """Open the draft again, and why; what was frozen is no longer the annex."""
    decision = _take(desk, number, lock, DecisionAction.THAW)
    why = _text(reason, "reason", "Nêu lý do mở lại", 5000)
    _melt(decision)
    steps.record(desk, decision, "thawed", why)


def send(desk: Desk, number: int, lock: int, report: str) -> None:
    """Record that it was sent up ("đã trình"), under which number."""
    decision = _take(desk, number, lock, DecisionAction.SEND)
    decision.report = _text(report, "report", "Ghi số, ngày của tờ trình", 120)
    steps.record(desk, decision, "sent", decision.report)


def give_back(desk: Desk, number: int, lock: int, reason: str) -> None:
    """Record that the People's Committee returned it ("UBND trả lại"), and why; the
    draft is open again.
    """
    decision = _take(desk, number, lock, DecisionAction.GIVE_BACK)
    decision.reason = _text(reason, "reason", "Nêu lý do trả lại", 5000)
    _melt(decision)
    steps.record(desk, decision, "given-back", decision.reason)


def drop(desk: Desk, number: int, lock: int) -> None:
    """Give a draft up; what it had gathered waits for another."""
    decision = _take(desk, number, lock, DecisionAction.DROP)
    desk.session.execute(
        update(Proposal)
        .where(Proposal.decision_id == decision.id)
        .values(decision_id=None)
    )
    steps.record(desk, decision, "dropped")


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
    text or the annex would say something else on the day of the signature, or an entry
    has a newer version; FourEyesError for whoever wrote any of it. `checks`: what
    `checked()` has found before.
    """
    require(desk.actor, Action.ENTER, None)
    require_signature(desk.actor, Action.ENTER)
    decision = _take(desk, number, lock, DecisionAction.SIGN)
    _require_none(signing.wrong(desk, decision, signature))
    signed_on = signature.signed_on or clock.today()
    members = gathered(desk.session, decision)
    says_now = frozen(desk, decision, signed_on)
    if hashing.content_hash(says_now) != decision.annex_hash:
        raise ConflictError(
            "Tên, mã hoặc nội dung vào ngày ký đã khác bản đã chốt; mở lại "
            "dự thảo, xem chỗ khác rồi chốt lại"
        )
    _require_none(rules.wrong(desk, decision, members, says_now, signed_on))
    why = _answered(signing.unlikely(desk, decision, signature), signature.why)
    effective = decision.effective_from
    if decision.effect is Effect.SIGNING or effective is None:
        effective = signed_on
    decision.effective_from = effective
    law = _law(desk, decision, signature)
    decision.symbol = signature.number
    decision.signed_on = signed_on
    decision.signatory = clean(signature.signatory)[:200]
    decision.signed_file = signature.file
    decision.entry_id = law.entry_id
    promulgated = effects.Promulgated(law.entry_id, effective, checks or {})
    service.promulgate(desk, members, promulgated)
    if decision.target_from is not None:
        rectifying.move_target(desk, decision)
    steps.record(desk, decision, "signed", why)
    return decision


def _answered(asked: Sequence[str], why: str) -> str:
    """Return why what is unlikely is so; InvalidError where it is asked and not
    said.
    """
    reason = clean(why)[:5000]
    if asked and not reason:
        errors = [FieldError("why", "unlikely", sentence) for sentence in asked]
        raise InvalidError("Kiểm tra lại rồi nêu lý do để ghi nhận", errors)
    return "; ".join([*asked, reason]) if asked else ""


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


def _fill(desk: Desk, decision: Decision, draft: Draft) -> None:
    decision.title = _text(draft.title, "title", "Nhập trích yếu của quyết định", 500)
    decision.issuer = draft.issuer
    decision.bases = sorted({str(basis_id) for basis_id in draft.bases})
    decision.effective_from = draft.effective_from
    decision.kind, decision.effect = draft.kind, draft.effect
    if draft.effect is Effect.SIGNING:
        decision.effective_from = None
    decision.target_id = None if draft.kind is DecisionKind.NEW else draft.target
    amends = draft.kind is DecisionKind.AMEND
    decision.target_from = draft.target_from if amends else None
    typed = decision.title
    decision.wording = replace(draft.wording, title=typed).stored()
    decision.title = text.title_on(desk, decision, typed, clock.today())[:500]


def _melt(decision: Decision) -> None:
    decision.annex = None
    decision.annex_hash = None
    decision.annex_file = None
    decision.text_file = None


def _law(desk: Desk, decision: Decision, signature: Signature) -> Version:
    """Enter the decision as a legal document of the register."""
    kind = desk.profile.kinds[rules.LAW]
    issued, start = str(signature.signed_on), str(decision.effective_from)
    content: dict[str, Any] = {
        "number": signature.number,
        "title": {"vi": (decision.annex or {})["paper"]["title"].replace("\n", " ")},
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
