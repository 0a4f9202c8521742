"""The one door: every change to a proposal, and through it to the register, goes through `propose()` or `act()`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock, journal
from app.errors import ConflictError, FieldError, FourEyesError, InvalidError, NotFoundError
from app.permissions import DECISIONS, HANDS, Action, Actor, may, require
from app.register import content as contents
from app.register import service as register
from app.register.models import Entry, Version
from app.register.service import Order
from app.register.vietnamese import clean
from app.workflow import checks, lifecycle
from app.workflow.lifecycle import Status
from app.workflow.models import Finding, Hand, Proposal, ProposalType, Severity
from app.workflow.typed import typed
from catalog_schema.profile import Profile, Stage

WRITING = (ProposalType.REGISTER, ProposalType.AMEND)  # the others keep the content that is in force


@dataclass(frozen=True)
class Request:
    """What a proposal asks for. `entry_id` None: something new; `effective_from` None: the day of entering."""

    kind: str
    content: Mapping[str, Any]
    type: ProposalType = ProposalType.REGISTER
    entry_id: UUID | None = None
    effective_from: date | None = None
    effective_to: date | None = None


@dataclass(frozen=True)
class Remark:
    """What a reviewer says about one field (dotted name)."""

    field: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Deed:
    """What comes with an action: new content, findings, those resolved, a reason, the hash that was seen."""

    lock_version: int
    content: Mapping[str, Any] | None = None
    remarks: Sequence[Remark] = field(default_factory=tuple)
    resolved: Sequence[UUID] = field(default_factory=tuple)
    reason: str | None = None
    seen_hash: str | None = None


@dataclass(frozen=True)
class Desk:
    """What a service works with: the session of the transaction, the profile, and who acts."""

    session: Session
    profile: Profile
    actor: Actor


def propose(desk: Desk, request: Request) -> Proposal:
    """Open a draft for the actor's agency; nothing in it is visible to the public, nor findable.

    ForbiddenError without the right, NotFoundError for an unknown entry, InvalidError for content that is no object.
    """
    require(desk.actor, Action.PROPOSE, desk.actor.agency_id)
    if request.kind not in desk.profile.kinds:
        raise NotFoundError(f"Không có loại đối tượng “{request.kind}”")
    _need_order(request.effective_from, request.effective_to)
    base = _base(desk, request)
    entry_id = request.entry_id or register.reserve(desk.session, desk.profile.kinds[request.kind]).id
    content = typed(request.content if base is None or request.type in WRITING else base.content)
    proposal = Proposal(
        number=register.next_number(desk.session, "proposal"),
        type=request.type,
        kind=request.kind,
        entry_id=entry_id,
        base_version_id=base.id if base else None,
        agency_id=desk.actor.agency_id,
        status=Status.DRAFT,
        content=content,
        content_hash=contents.content_hash(content),
        effective_from=request.effective_from,
        effective_to=request.effective_to,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    desk.session.add(proposal)
    desk.session.flush()
    _lend_hand(desk, proposal)
    _journal(desk, proposal, Action.PROPOSE)
    return proposal


def act(desk: Desk, proposal_id: UUID, action: Action, deed: Deed) -> Proposal:
    """Do `action` to a proposal and return it as it then stands.

    In this order: the right, four eyes, the transition, what the action itself asks; then compare-and-swap on
    (status, lock version), its effect and its journal row, all in the caller's transaction. NotFoundError for what
    the actor may not even read; ForbiddenError, FourEyesError, TransitionError, InvalidError, ConflictError.
    """
    proposal = get(desk, proposal_id)
    require(desk.actor, action, proposal.agency_id)
    _require_four_eyes(desk, proposal, action)
    status = lifecycle.after(Status(proposal.status), action)
    DEMANDS.get(action, _nothing)(desk, proposal, deed)
    _swap(desk, proposal, status, deed.lock_version)
    EFFECTS.get(action, _nothing)(desk, proposal, deed)
    if action in HANDS:
        _lend_hand(desk, proposal)
    _journal(desk, proposal, action)
    if action is Action.APPROVE:
        _enter(desk, proposal)
    return proposal


def get(desk: Desk, proposal_id: UUID) -> Proposal:
    """Return a proposal that the actor may read; NotFoundError otherwise, the same as for one that never was."""
    proposal = desk.session.get(Proposal, proposal_id)
    if proposal is None or not may(desk.actor, Action.READ, proposal.agency_id):
        raise NotFoundError("Không có hồ sơ này")
    return proposal


def by_number(desk: Desk, number: int) -> Proposal:
    """Return the proposal with this number, under the same rule as `get`."""
    found = desk.session.scalar(select(Proposal.id).where(Proposal.number == number))
    if found is None:
        raise NotFoundError("Không có hồ sơ này")
    return get(desk, found)


def findings(session: Session, proposal: Proposal, *, only_open: bool = False) -> list[Finding]:
    """Return the findings of all rounds, oldest first."""
    query = select(Finding).where(Finding.proposal_id == proposal.id).order_by(Finding.raised_at, Finding.field)
    return list(session.scalars(query.where(Finding.resolved_at.is_(None)) if only_open else query))


def problems(desk: Desk, proposal: Proposal, stage: Stage) -> list[checks.Found]:
    """Return what bars a proposal from `stage` and what a reviewer should look at: profile first, then wider rules."""
    kind = desk.profile.kinds[proposal.kind]
    checked = contents.check(kind, proposal.content, stage, desk.profile.base)
    if checked.errors:
        return [checks.Found(f"profile-{e.code}", e.field, Severity.ERROR, e.message) for e in checked.errors]
    effective = proposal.effective_from if proposal.effective_from not in (None, date.min) else clock.today()
    candidate = checks.Candidate(
        desk.session, desk.profile, kind, proposal.entry_id, checked.content, effective or clock.today()
    )
    return checks.run(candidate)


def _require_four_eyes(desk: Desk, proposal: Proposal, action: Action) -> None:
    hand = desk.session.get(Hand, (proposal.id, desk.actor.person_id))
    if action in DECISIONS and hand is not None:
        raise FourEyesError("Người đã soạn, sửa hoặc gửi hồ sơ không được quyết định về hồ sơ đó")


def _swap(desk: Desk, proposal: Proposal, status: Status, lock_version: int) -> None:
    swap = update(Proposal).where(
        Proposal.id == proposal.id, Proposal.status == proposal.status, Proposal.lock_version == lock_version
    )
    values = {"status": status, "lock_version": lock_version + 1, "changed_at": clock.now()}
    done = desk.session.execute(swap.values(**values).execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ConflictError("Hồ sơ vừa được người khác thay đổi; tải lại để xem rồi làm lại việc này")
    desk.session.refresh(proposal)


def _submit(desk: Desk, proposal: Proposal, _deed: Deed) -> None:
    found = problems(desk, proposal, Stage.SUBMIT)
    errors = [FieldError(f.field, f.rule, f.message) for f in found if f.severity is Severity.ERROR]
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải sửa trước khi gửi", errors)


def _note_warnings(desk: Desk, proposal: Proposal, _deed: Deed) -> None:
    for earlier in findings(desk.session, proposal, only_open=True):
        if earlier.post_id is None:
            earlier.resolved_at = clock.now()
    for found in problems(desk, proposal, Stage.SUBMIT):
        _add_finding(desk, proposal, Remark(found.field, found.message, found.severity), found.rule)


def _need_reason(_desk: Desk, _proposal: Proposal, deed: Deed) -> None:
    if not clean(deed.reason or ""):
        raise InvalidError("Nêu rõ lý do", [FieldError("reason", "required", "Nêu rõ lý do")])


def _need_clear_remarks(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    known = {dotted for dotted, _ in desk.profile.kinds[proposal.kind].walk()}
    for remark in deed.remarks:
        name = ".".join(part for part in remark.field.split(".") if not part.isdigit())
        if name not in known or not clean(remark.message):
            message = "Mỗi ý kiến nêu tên một trường của đặc tả và nội dung, ví dụ title=Ghi đủ tên"
            raise InvalidError(message, [FieldError("remarks", "invalid", f"“{remark.field[:40]}”: {message}")])


def _need_remarks(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    _need_clear_remarks(desk, proposal, deed)
    still_open = [f for f in findings(desk.session, proposal, only_open=True) if f.post_id is not None]
    if not deed.remarks and not still_open:
        message = "Cần ít nhất một ý kiến về một trường trước khi trả lại"
        raise InvalidError(message, [FieldError("remarks", "required", message)])
    _need_reason(desk, proposal, deed)


def _need_clean(desk: Desk, proposal: Proposal, _deed: Deed) -> None:
    still_open = [f for f in findings(desk.session, proposal, only_open=True) if f.post_id is not None]
    if still_open:
        errors = [FieldError(f.field, "open-finding", f.message) for f in still_open]
        raise InvalidError("Còn ý kiến chưa được đóng", errors)
    _need_complete(desk, proposal)


def _need_complete(desk: Desk, proposal: Proposal) -> None:
    if proposal.type not in WRITING:
        return
    found = problems(desk, proposal, Stage.ENTER)
    errors = [FieldError(f.field, f.rule, f.message) for f in found if f.severity is Severity.ERROR]
    if errors:
        raise InvalidError(f"Còn {len(errors)} chỗ phải bổ sung trước khi vào danh mục", errors)


def _need_seen_hash(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    if deed.seen_hash != proposal.content_hash:
        raise ConflictError("Nội dung hồ sơ không phải là nội dung đã xem; tải lại, xem rồi quyết định")
    base = _latest_version(desk.session, proposal.entry_id)
    if (base.id if base else None) != proposal.base_version_id:
        raise ConflictError("Mục này đã có phiên bản mới hơn phiên bản mà hồ sơ dựa vào; trả lại để cập nhật")
    _need_complete(desk, proposal)


def _need_order(start: date | None, end: date | None) -> None:
    if start is not None and end is not None and end <= start:
        message = "Ngày kết thúc phải sau ngày bắt đầu; sửa một trong hai ngày"
        raise InvalidError(message, [FieldError("effective_to", "date-order", message)])


def _need_content(_desk: Desk, proposal: Proposal, deed: Deed) -> None:
    if proposal.type not in WRITING:
        raise InvalidError("Phiếu xác nhận, tạm ngừng hoặc chấm dứt không mang nội dung mới; lập phiếu sửa đổi")
    if deed.content is None:
        raise InvalidError("Thiếu nội dung", [FieldError("content", "required", "Gửi kèm nội dung của hồ sơ")])


def _write_content(_desk: Desk, proposal: Proposal, deed: Deed) -> None:
    proposal.content = typed(deed.content)
    proposal.content_hash = contents.content_hash(proposal.content)


def _raise_findings(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    for remark in deed.remarks:
        _add_finding(desk, proposal, replace(remark, message=clean(remark.message)), None)
    proposal.reason = clean(deed.reason or "") or proposal.reason


def _return(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    _raise_findings(desk, proposal, deed)
    proposal.round += 1


def _resolve(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    by_id = {f.id: f for f in findings(desk.session, proposal, only_open=True)}
    for finding_id in deed.resolved or list(by_id):
        if finding_id not in by_id:
            raise NotFoundError("Không có ý kiến này, hoặc ý kiến đã được đóng")
        by_id[finding_id].resolved_at = clock.now()


def _approve(_desk: Desk, proposal: Proposal, deed: Deed) -> None:
    proposal.approved_hash = deed.seen_hash


def _nothing(_desk: Desk, _proposal: Proposal, _deed: Deed) -> None:
    """Ask for nothing, do nothing more."""


_Step = Callable[[Desk, Proposal, Deed], None]

DEMANDS: dict[Action, _Step] = {
    Action.EDIT: _need_content,
    Action.SUBMIT: _submit,
    Action.FIND: _need_clear_remarks,
    Action.RETURN: _need_remarks,
    Action.RECOMMEND: _need_clean,
    Action.APPROVE: _need_seen_hash,
    Action.REJECT: _need_reason,
}

EFFECTS: dict[Action, _Step] = {
    Action.EDIT: _write_content,
    Action.SUBMIT: _note_warnings,
    Action.FIND: _raise_findings,
    Action.RETURN: _return,
    Action.RESOLVE: _resolve,
    Action.REJECT: _raise_findings,
    Action.APPROVE: _approve,
}


def _enter(desk: Desk, proposal: Proposal) -> None:
    """Enter what was approved. Until decisions exist every kind is entered at its approval."""
    status = lifecycle.after(Status(proposal.status), Action.ENTER)
    _swap(desk, proposal, status, proposal.lock_version)
    kind = desk.profile.kinds[proposal.kind]
    checked = contents.check(kind, proposal.content, Stage.ENTER, desk.profile.base)
    if checked.errors:
        raise InvalidError("Nội dung không còn đúng đặc tả; lập phiếu sửa đổi trước", checked.errors)
    department = desk.session.get_one(Entry, desk.actor.agency_id)
    order = Order(
        entry_id=proposal.entry_id,
        content=checked.content,
        start=proposal.effective_from,
        end=proposal.effective_to,
        suspended=ProposalType(proposal.type) is ProposalType.SUSPEND,
        proposal_id=proposal.id,
        post_id=desk.actor.post_id,
        decided_by_id=department.id if department.iri else None,  # nobody is named before they are entered
    )
    match ProposalType(proposal.type):
        case ProposalType.END:
            register.end(desk.session, proposal.entry_id, proposal.effective_from or clock.today(), order)
        case ProposalType.CONFIRM:
            register.confirm(desk.session, order)
        case _:
            register.enter(desk.session, desk.profile, order)


def _base(desk: Desk, request: Request) -> Version | None:
    if request.entry_id is None:
        if request.type is not ProposalType.REGISTER:
            raise InvalidError("Chọn mục cần sửa đổi, xác nhận, tạm ngừng hoặc chấm dứt")
        return None
    entry = desk.session.get(Entry, request.entry_id)
    if entry is None or entry.kind != request.kind:
        raise NotFoundError("Không có mục này trong danh mục")
    if request.type is ProposalType.REGISTER and entry.local_id is not None:
        raise InvalidError("Mục này đã có trong danh mục; lập phiếu sửa đổi thay vì đăng ký")
    if request.type is not ProposalType.REGISTER and entry.local_id is None:
        raise NotFoundError("Không có mục này trong danh mục")
    return _latest_version(desk.session, request.entry_id)


def _latest_version(session: Session, entry_id: UUID) -> Version | None:
    query = select(Version).where(Version.entry_id == entry_id).order_by(Version.number.desc()).limit(1)
    return session.scalars(query).first()


def _add_finding(desk: Desk, proposal: Proposal, remark: Remark, rule: str | None) -> None:
    desk.session.add(
        Finding(
            proposal_id=proposal.id,
            round=proposal.round,
            field=remark.field[:120],
            severity=remark.severity,
            message=remark.message,
            rule=rule,
            post_id=None if rule else desk.actor.post_id,
            raised_at=clock.now(),
        )
    )


def _lend_hand(desk: Desk, proposal: Proposal) -> None:
    if desk.session.get(Hand, (proposal.id, desk.actor.person_id)) is None:
        desk.session.add(Hand(proposal_id=proposal.id, person_id=desk.actor.person_id))


def _journal(desk: Desk, proposal: Proposal, action: Action) -> None:
    journal.queue(
        desk.session,
        journal.Note(
            f"proposal.{action}",
            post_id=desk.actor.post_id,
            entry_id=proposal.entry_id,
            proposal_id=proposal.id,
            hash=proposal.content_hash,
        ),
    )
