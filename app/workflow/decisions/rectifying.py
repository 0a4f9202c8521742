"""The register typed something other than the signed paper says: a second person
corrects it, with a reason and no paper; and days that an amending decision moves.

What the paper itself says wrongly is not corrected here: form and layout by a letter of
the issuer, content by an amending decision (NĐ 30/2020, Điều 18(3)). Where a day
changes, the periods of all entries of the decision are laid again; what stood before
stays on record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app import clock
from app.errors import (
    ConflictError,
    FieldError,
    FourEyesError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.permissions import Action, require, require_signature
from app.register import service as register
from app.register.latest_versions import latest_version
from app.register.models import Entry
from app.register.service import Order
from app.vietnamese import clean
from app.workflow.context import Desk
from app.workflow.decisions import rules, signing, steps, text
from app.workflow.decisions.lifecycle import DecisionStatus
from app.workflow.decisions.models import Decision, Effect, Rectification
from app.workflow.decisions.queries import gathered, get
from app.workflow.decisions.signing import Signature
from app.workflow.proposals.models import Proposal

_MOST_REASON = 5000
FIELDS = ("number", "signed_on", "effective_from", "signatory", "file")


@dataclass(frozen=True)
class AsSigned:
    """What the signed paper says, as it should have been typed. `file` None: the same
    file.
    """

    number: str
    signed_on: date | None
    effective_from: date | None
    signatory: str
    file: str | None


@dataclass(frozen=True)
class Moved:
    """What becomes of one entry where a decision holds from another day: it held, or
    ended, from `old` and does so from `new`; `possible` unless others changed it since.
    """

    entry_id: UUID
    local_id: str
    title: str
    old: date
    new: date
    possible: bool


def pending(desk: Desk, decision: Decision) -> Rectification | None:
    """Return the rectification that waits for a second person."""
    query = select(Rectification).where(
        Rectification.decision_id == decision.id, Rectification.confirmed.is_(None)
    )
    return desk.session.scalar(query)


def all_of(desk: Desk, decision: Decision) -> Sequence[Rectification]:
    """Return what was rectified, and what was refused, first come first."""
    query = select(Rectification).where(Rectification.decision_id == decision.id)
    return desk.session.scalars(query.order_by(Rectification.asked_at)).all()


def ask(desk: Desk, number: int, paper: AsSigned, reason: str) -> Rectification:
    """Ask that a decision be recorded as its signed paper has it.

    InvalidError for what cannot be, or where nothing differs; ConflictError where a
    rectification waits, or entries were changed by others since.
    """
    require(desk.actor, Action.ENTER, None)
    decision = _signed(desk, number)
    if pending(desk, decision) is not None:
        raise ConflictError("Đang có một đề nghị sửa chờ người thứ hai xác nhận")
    why = clean(reason)[:_MOST_REASON]
    if not why:
        message = "Nêu lý do: chỗ ghi sai và bản ký ghi gì"
        raise InvalidError(message, [FieldError("reason", "required", message)])
    changes = _changes(decision, paper)
    if not changes:
        message = "Chưa có gì khác với thông tin đã ghi nhận"
        raise InvalidError(message, [FieldError("number", "same", message)])
    _require_possible(desk, decision, paper)
    rectification = Rectification(
        decision_id=decision.id,
        changes=changes,
        reason=why,
        asked_post=desk.actor.post_id,
        asked_person=desk.actor.person_id,
        asked_at=clock.now(),
    )
    desk.session.add(rectification)
    steps.record(desk, decision, "rectification-asked", why)
    return rectification


def confirm(desk: Desk, number: int, *, seen: UUID) -> None:
    """Rectify what was asked for, all of it or nothing; FourEyesError for who asked."""
    require(desk.actor, Action.ENTER, None)
    require_signature(desk.actor, Action.ENTER)
    decision = _signed(desk, number)
    rectification = _answerable(desk, decision, seen)
    if rectification.asked_person == desk.actor.person_id:
        raise FourEyesError("Người đề nghị sửa không tự xác nhận; cần người thứ hai")
    paper = _as_asked(decision, rectification)
    _require_possible(desk, decision, paper)
    old_day, old_signed = decision.effective_from, decision.signed_on
    decision.symbol = paper.number
    decision.signed_on = paper.signed_on
    decision.signatory = clean(paper.signatory)[:200]
    decision.effective_from = paper.effective_from
    decision.signed_file = paper.file
    _lay_again(desk, decision, old_day, paper.effective_from)
    _rewrite_document(desk, decision, old_signed)
    rectification.confirmed = True
    _answer(desk, rectification)
    steps.record(desk, decision, "rectified", rectification.reason)


def refuse(desk: Desk, number: int, *, seen: UUID) -> None:
    """Leave a decision as it is recorded."""
    require(desk.actor, Action.ENTER, None)
    decision = _signed(desk, number)
    rectification = _answerable(desk, decision, seen)
    rectification.confirmed = False
    _answer(desk, rectification)
    steps.record(desk, decision, "rectification-refused")


def record_letter(
    desk: Desk, number: int, letter: str, day: date | None, file: str | None
) -> None:
    """Record the letter with which the issuer mended form or layout of its paper; what
    the register holds does not change.
    """
    require(desk.actor, Action.PREPARE_DECISION, None)
    decision = _signed(desk, number)
    errors = []
    if not clean(letter):
        message = "Nhập số, ký hiệu công văn đính chính"
        errors.append(FieldError("letter", "required", message))
    signed_on = decision.signed_on
    if day is None or day > clock.today() or (signed_on and day < signed_on):
        message = "Nhập ngày công văn, từ ngày ký quyết định đến hôm nay"
        errors.append(FieldError("letter_day", "required", message))
    if file is None:
        message = "Chọn tệp công văn đã ký"
        errors.append(FieldError("signed", "required", message))
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", errors)
    citation = f"Công văn số {clean(letter)[:60]} ngày {day:%d/%m/%Y}"
    steps.record(desk, decision, "mended", citation, file=file)


def preview(desk: Desk, decision: Decision, new: date | None) -> list[Moved]:
    """Return what becomes of the entries of a decision that holds from another day."""
    old = decision.effective_from
    if old is None or new is None or new == old:
        return []
    members = gathered(desk.session, decision)
    ids = [proposal.entry_id for proposal in members]
    entries = desk.session.scalars(select(Entry).where(Entry.id.in_(ids)))
    names = {entry.id: entry.local_id or "" for entry in entries}
    moved = []
    for proposal in members:
        start, end = _starts(proposal, old, new)
        if start == end:
            continue
        last = latest_version(desk.session, proposal.entry_id)
        moved.append(
            Moved(
                proposal.entry_id,
                names.get(proposal.entry_id, ""),
                last.title if last else "",
                start,
                end,
                register.movable(
                    desk.session, _order(desk, decision, proposal), start, end
                ),
            )
        )
    return moved


def move_target(desk: Desk, decision: Decision) -> None:
    """Have the decision that another amends hold from the day that this one gives
    it.
    """
    target = rules.target_of(desk, decision)
    if target is None or decision.target_from is None:
        return
    old = target.effective_from
    target.effective_from = decision.target_from
    target.effect = Effect.DAY
    _lay_again(desk, target, old, decision.target_from)
    _rewrite_document(desk, target, target.signed_on)
    steps.record(desk, target, "effect-amended", decision.symbol or "")


def _signed(desk: Desk, number: int) -> Decision:
    decision = get(desk, number)
    if decision.step is not DecisionStatus.SIGNED:
        raise TransitionError("Chỉ sửa được thông tin của quyết định đã ghi nhận ký")
    return decision


def _answerable(desk: Desk, decision: Decision, seen: UUID) -> Rectification:
    rectification = pending(desk, decision)
    if rectification is None or rectification.id != seen:
        raise NotFoundError("Đề nghị sửa này đã được trả lời")
    return rectification


def _answer(desk: Desk, rectification: Rectification) -> None:
    rectification.answered_post = desk.actor.post_id
    rectification.answered_at = clock.now()


def _recorded(decision: Decision) -> dict[str, str]:
    return {
        "number": decision.symbol or "",
        "signed_on": str(decision.signed_on or ""),
        "effective_from": str(decision.effective_from or ""),
        "signatory": decision.signatory or "",
        "file": decision.signed_file or "",
    }


def _changes(decision: Decision, paper: AsSigned) -> dict[str, list[str]]:
    """Return (was, is) of what differs."""
    was = _recorded(decision)
    now = {
        "number": paper.number,
        "signed_on": str(paper.signed_on or ""),
        "effective_from": str(_effective(decision, paper) or ""),
        "signatory": clean(paper.signatory)[:200],
        "file": paper.file or was["file"],
    }
    return {name: [was[name], now[name]] for name in FIELDS if was[name] != now[name]}


def _effective(decision: Decision, paper: AsSigned) -> date | None:
    """Return from when it holds: one that holds from its signature moves with it."""
    from_signing = decision.effect is Effect.SIGNING
    return paper.signed_on if from_signing else paper.effective_from


def _as_asked(decision: Decision, rectification: Rectification) -> AsSigned:
    now = _recorded(decision) | {
        name: change[1] for name, change in rectification.changes.items()
    }
    return AsSigned(
        number=now["number"],
        signed_on=date.fromisoformat(now["signed_on"]),
        effective_from=date.fromisoformat(now["effective_from"]),
        signatory=now["signatory"],
        file=now["file"],
    )


def _require_possible(desk: Desk, decision: Decision, paper: AsSigned) -> None:
    """Refuse what no signed paper can say, and days that others have changed since."""
    effective = _effective(decision, paper)
    signature = Signature(
        number=paper.number,
        signed_on=paper.signed_on,
        signatory=paper.signatory,
        effective_from=effective,
        file=paper.file or decision.signed_file,
        issuer_name=text.issuer_name(desk, decision, paper.signed_on or clock.today()),
    )
    # another day than the frozen text has is just what may have been typed wrongly
    errors = [
        error
        for error in signing.wrong(desk, decision, signature)
        if error.field not in {"effective_from", "signatory"}
    ]
    if effective is None or (paper.signed_on and effective < paper.signed_on):
        message = "Ngày có hiệu lực không được trước ngày ký quyết định"
        errors.append(FieldError("effective_from", "signature", message))
    if not clean(paper.signatory):
        message = "Nhập họ tên người ký"
        errors.append(FieldError("signatory", "required", message))
    errors += [
        FieldError(
            "effective_from",
            "moved",
            f"{moved.local_id} đã có thay đổi khác giữa hai ngày; đính chính thay đổi "
            "đó trước",
        )
        for moved in preview(desk, decision, effective)
        if not moved.possible
    ]
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa", errors)


def _starts(proposal: Proposal, old: date, new: date) -> tuple[date, date]:
    """Return from when a proposal held and holds: not before its own day."""
    own = proposal.effective_from
    if own is None:
        return old, new
    return max(old, own), max(new, own)


def _lay_again(
    desk: Desk, decision: Decision, old: date | None, new: date | None
) -> None:
    if old is None or new is None or old == new:
        return
    for proposal in gathered(desk.session, decision):
        start, end = _starts(proposal, old, new)
        if start == end:
            continue
        order = _order(desk, decision, proposal)
        register.relay(desk.session, order, start, end)


def _order(desk: Desk, decision: Decision, proposal: Proposal) -> Order:
    return Order(
        entry_id=proposal.entry_id,
        content={},
        proposal_id=proposal.id,
        post_id=desk.actor.post_id,
        person_id=desk.actor.person_id,
        decision_id=decision.entry_id,
    )


def _rewrite_document(desk: Desk, decision: Decision, old_signed: date | None) -> None:
    """Have the document of a decision say what the decision does."""
    if decision.entry_id is None:
        return
    signed_on, start = str(decision.signed_on), str(decision.effective_from)

    def as_signed(content: Mapping[str, object]) -> dict[str, object]:
        begun = start <= str(clock.today())
        return {
            **content,
            "number": decision.symbol,
            "issued": signed_on,
            "in_force_from": start,
            "status": "con-hieu-luc" if begun else "chua-co-hieu-luc",
        }

    order = Order(
        entry_id=decision.entry_id,
        content={},
        start=old_signed,
        post_id=desk.actor.post_id,
        person_id=desk.actor.person_id,
    )
    register.rewrite(desk.session, desk.profile, order, as_signed)
    if old_signed is not None and decision.signed_on not in (None, old_signed):
        register.relay(
            desk.session, order, old_signed, decision.signed_on or old_signed
        )
