"""The one door: every change to a proposal, and through it to the register, goes through `propose()` or `act()`."""

from uuid import UUID

from sqlalchemy import select, update

from app import clock, journal
from app.errors import ConflictError, FourEyesError, InvalidError, NotFoundError
from app.permissions import HANDS, Action, require, require_signature
from app.register import content as contents
from app.register import service as register
from app.register.models import Entry, Version
from app.workflow import clocks, lanes, proposals
from app.workflow.demands import DEMANDS, need_order, need_whole_sight
from app.workflow.demands import nothing as ask_nothing
from app.workflow.desk import Deed, Desk, Request
from app.workflow.effects import EFFECTS, Promulgated, enter
from app.workflow.effects import nothing as do_nothing
from app.workflow.lifecycle import Status
from app.workflow.models import Hand, Part, Proposal, ProposalType
from app.workflow.proposals import WRITING
from app.workflow.typed import typed

_WITHIN = frozenset({Part.AUTHOR, Part.ENDORSER})
BARRED: dict[Action, frozenset[Part]] = {  # four eyes: whoever did this part never does that action
    Action.ENDORSE: frozenset({Part.AUTHOR}),
    Action.MEND: _WITHIN,
    Action.RESOLVE: _WITHIN,
    Action.RETURN: _WITHIN,
    Action.RECOMMEND: _WITHIN,
    Action.CLEAR: frozenset(Part),
    Action.APPROVE: frozenset(Part),
    Action.REJECT: frozenset(Part),
    Action.ENTER: frozenset(Part),
}
_PARTS: dict[Action, Part] = {Action.MEND: Part.EDITOR, Action.ENDORSE: Part.ENDORSER}


def propose(desk: Desk, request: Request) -> Proposal:
    """Open a draft for the actor's agency; nothing in it is visible to the public, nor findable.

    ForbiddenError without the right, NotFoundError for an unknown entry, InvalidError for content that is no object.
    """
    require(desk.actor, Action.PROPOSE, desk.actor.agency_id)
    if request.kind not in desk.profile.kinds:
        raise NotFoundError(f"Không có loại đối tượng “{request.kind}”")
    need_order(request.effective_from, request.effective_to)
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
        copied=sorted(request.copied),
        effective_from=request.effective_from,
        effective_to=request.effective_to,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    desk.session.add(proposal)
    desk.session.flush()
    _lend_hand(desk, proposal, Part.AUTHOR)
    _journal(desk, proposal, Action.PROPOSE)
    return proposal


def act(desk: Desk, proposal_id: UUID, action: Action, deed: Deed) -> Proposal:
    """Do `action` to a proposal and return it as it then stands.

    In this order: the right, four eyes, the transition, the signature, what the action itself asks; then
    compare-and-swap on (status, lock version), its effect and its journal row, all in the caller's transaction.
    NotFoundError for what the actor may not even read; ForbiddenError, FourEyesError, TransitionError,
    SecondFactorError, InvalidError, ConflictError.
    """
    proposal = proposals.get(desk, proposal_id)
    before, status = Status(proposal.status), following(desk, proposal, action)
    DEMANDS.get(action, ask_nothing)(desk, proposal, deed)
    _swap(desk, proposal, status, deed.lock_version)
    clocks.turn(desk, proposal, before)
    EFFECTS.get(action, do_nothing)(desk, proposal, deed)
    if action in HANDS:
        _lend_hand(desk, proposal, _PARTS.get(action, Part.AUTHOR))
    _journal(desk, proposal, action)
    if status is Status.APPROVED and not (desk.practice.waits(proposal) and not lanes.is_short(desk, proposal)):
        _swap(desk, proposal, desk.practice.path.after(status, Action.ENTER), proposal.lock_version)
        clocks.turn(desk, proposal, status)
        enter(desk, proposal)
    return proposal


def promulgate(desk: Desk, proposal: Proposal, by: Promulgated) -> None:
    """Enter an approved proposal by a decision; FourEyesError, TransitionError, InvalidError, ConflictError."""
    before, status = Status(proposal.status), following(desk, proposal, Action.ENTER)
    _swap(desk, proposal, status, proposal.lock_version)
    clocks.turn(desk, proposal, before)
    _journal(desk, proposal, Action.ENTER)
    enter(desk, proposal, by)


def following(desk: Desk, proposal: Proposal, action: Action) -> Status:
    """Return the status to which `action` of the actor leads; ForbiddenError, FourEyesError, TransitionError.

    SecondFactorError, last of all, where the action is signed: nobody is asked for a code in vain.
    """
    require(desk.actor, action, proposal.agency_id)
    if bars(desk, proposal, action):
        raise FourEyesError("Người đã soạn, sửa hoặc gửi hồ sơ không được quyết định về hồ sơ đó")
    status = desk.practice.path.after(Status(proposal.status), action)
    require_signature(desk.actor, action)
    return status


def confirm(desk: Desk, entry_id: UUID, seen: UUID) -> Proposal:
    """Say that the description of an entry is still right, in one act that needs no examination.

    `seen` is the version that was looked at. ForbiddenError unless the entry is the agency's own, ConflictError when
    there is a newer version.
    """
    entry = desk.session.get(Entry, entry_id)
    if entry is None or entry.local_id is None:
        raise NotFoundError("Không có mục này trong danh mục")
    latest = proposals.latest_version(desk.session, entry_id)
    if latest is None or latest.id != seen:
        raise ConflictError("Mục này vừa có phiên bản mới; xem lại rồi xác nhận")
    proposal = propose(desk, Request(entry.kind, {}, ProposalType.CONFIRM, entry_id))
    return act(desk, proposal.id, Action.CONFIRM, Deed(proposal.lock_version))


def bars(desk: Desk, proposal: Proposal, action: Action) -> bool:
    """Tell whether four eyes keeps the actor from doing `action`."""
    hand = desk.session.get(Hand, (proposal.id, desk.actor.person_id))
    return hand is not None and Part(hand.part) in BARRED.get(action, frozenset())


def _swap(desk: Desk, proposal: Proposal, status: Status, lock_version: int) -> None:
    swap = update(Proposal).where(
        Proposal.id == proposal.id, Proposal.status == proposal.status, Proposal.lock_version == lock_version
    )
    values = {"status": status, "lock_version": lock_version + 1, "changed_at": clock.now()}
    done = desk.session.execute(swap.values(**values).execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ConflictError("Hồ sơ vừa được người khác thay đổi; tải lại để xem rồi làm lại việc này")
    desk.session.refresh(proposal)


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
    if not _reserved_here(desk, request.entry_id):
        raise NotFoundError("Không có mục này trong danh mục")
    latest = proposals.latest_version(desk.session, request.entry_id)
    need_whole_sight(desk, request.kind, request.entry_id, latest)
    return latest


def _reserved_here(desk: Desk, entry_id: UUID) -> bool:
    """Tell whether an entry that is not entered yet is free, or was begun by the actor's own agency."""
    begun = set(desk.session.scalars(select(Proposal.agency_id).where(Proposal.entry_id == entry_id)))
    entered = proposals.latest_version(desk.session, entry_id) is not None
    return entered or not begun or desk.actor.agency_id in begun


def _lend_hand(desk: Desk, proposal: Proposal, part: Part) -> None:
    hand = desk.session.get(Hand, (proposal.id, desk.actor.person_id))
    if hand is None:
        desk.session.add(Hand(proposal_id=proposal.id, person_id=desk.actor.person_id, part=part))
    elif part is Part.AUTHOR or hand.part == Part.EDITOR:
        hand.part = part  # the part that keeps a person from more counts: who mended and later writes is an author


def _journal(desk: Desk, proposal: Proposal, action: Action) -> None:
    journal.record(
        desk.session,
        journal.Note(
            f"proposal.{action}",
            post_id=desk.actor.post_id,
            entry_id=proposal.entry_id,
            proposal_id=proposal.id,
            hash=proposal.content_hash,
        ),
    )
