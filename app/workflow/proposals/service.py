"""The one door: every change to a proposal, and through it to the register, goes
through `propose()` or `act()`.
"""

from uuid import UUID

from sqlalchemy import select, update

from app import clock, journal
from app.errors import ConflictError, FourEyesError, InvalidError, NotFoundError
from app.permissions import HANDS, Action, require, require_signature
from app.register import service as register
from app.register.content import hashing
from app.register.models import Entry, Version
from app.register.queries import latest_version
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import short_lane
from app.workflow.proposals.effects import EFFECTS, Promulgated, enter
from app.workflow.proposals.effects import nothing as do_nothing
from app.workflow.proposals.inputs import Deed, ProposalRequest
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import (
    Contribution,
    Involvement,
    Proposal,
    ProposalType,
)
from app.workflow.proposals.preconditions import (
    DEMANDS,
    require_order,
    require_whole_sight,
)
from app.workflow.proposals.preconditions import nothing as ask_nothing
from app.workflow.proposals.queries import WRITING
from app.workflow.proposals.sanitising import typed
from app.workflow.time import clocks

_WITHIN = frozenset({Contribution.AUTHOR, Contribution.ENDORSER})
BARRED: dict[
    Action, frozenset[Contribution]
] = {  # four eyes: whoever did this part never does that action
    Action.ENDORSE: frozenset({Contribution.AUTHOR}),
    Action.MEND: _WITHIN,
    Action.RESOLVE: _WITHIN,
    Action.RETURN: _WITHIN,
    Action.RECOMMEND: _WITHIN,
    Action.CLEAR: frozenset(Contribution),
    Action.APPROVE: frozenset(Contribution),
    Action.REJECT: frozenset(Contribution),
    Action.ENTER: frozenset(Contribution),
}
_PARTS: dict[Action, Contribution] = {
    Action.MEND: Contribution.EDITOR,
    Action.ENDORSE: Contribution.ENDORSER,
}


def propose(desk: Desk, request: ProposalRequest) -> Proposal:
    """Open a draft for the actor's agency; nothing in it is visible to the public, nor
    findable.

    ForbiddenError without the right, NotFoundError for an unknown entry, InvalidError
    for content that is no object.
    """
    require(desk.actor, Action.PROPOSE, desk.actor.agency_id)
    if request.kind not in desk.profile.kinds:
        raise NotFoundError(f"Không có loại đối tượng “{request.kind}”")
    require_order(request.effective_from, request.effective_to)
    base = _base(desk, request)
    entry_id = (
        request.entry_id
        or register.reserve(desk.session, desk.profile.kinds[request.kind]).id
    )
    content = typed(
        request.content if base is None or request.type in WRITING else base.content
    )
    proposal = Proposal(
        number=register.next_number(desk.session, "proposal"),
        type=request.type,
        kind=request.kind,
        entry_id=entry_id,
        base_version_id=base.id if base else None,
        agency_id=desk.actor.agency_id,
        status=Status.DRAFT,
        content=content,
        content_hash=hashing.content_hash(content),
        copied=sorted(request.copied),
        effective_from=request.effective_from,
        effective_to=request.effective_to,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    desk.session.add(proposal)
    desk.session.flush()
    _lend_hand(desk, proposal, Contribution.AUTHOR)
    _journal(desk, proposal, Action.PROPOSE)
    return proposal


def act(desk: Desk, proposal_id: UUID, action: Action, deed: Deed) -> Proposal:
    """Do `action` to a proposal and return it as it then stands.

    In this order: the right, four eyes, the transition, the signature, what the action
    itself asks; then compare-and-swap on (status, lock version), its effect and its
    journal row, all in the caller's transaction. NotFoundError for what the actor may
    not even read; ForbiddenError, FourEyesError, TransitionError, SecondFactorError,
    InvalidError, ConflictError.
    """
    proposal = proposals.get(desk, proposal_id)
    before, status = Status(proposal.status), following(desk, proposal, action)
    DEMANDS.get(action, ask_nothing)(desk, proposal, deed)
    _swap(desk, proposal, status, deed.lock_version)
    clocks.turn(desk, proposal, before)
    EFFECTS.get(action, do_nothing)(desk, proposal, deed)
    if action in HANDS:
        _lend_hand(desk, proposal, _PARTS.get(action, Contribution.AUTHOR))
    _journal(desk, proposal, action)
    if status is Status.APPROVED and not (
        desk.office.waits(proposal) and not short_lane.is_short(desk, proposal)
    ):
        _swap(
            desk,
            proposal,
            desk.office.path.after(status, Action.ENTER),
            proposal.lock_version,
        )
        clocks.turn(desk, proposal, status)
        enter(desk, proposal)
    return proposal


def promulgate(desk: Desk, proposal: Proposal, by: Promulgated) -> None:
    """Enter an approved proposal by a decision; FourEyesError, TransitionError,
    InvalidError, ConflictError.
    """
    before, status = Status(proposal.status), following(desk, proposal, Action.ENTER)
    _swap(desk, proposal, status, proposal.lock_version)
    clocks.turn(desk, proposal, before)
    _journal(desk, proposal, Action.ENTER)
    enter(desk, proposal, by)


def following(desk: Desk, proposal: Proposal, action: Action) -> Status:
    """Return the status to which `action` of the actor leads; ForbiddenError,
    FourEyesError, TransitionError.

    SecondFactorError, last of all, where the action is signed: nobody is asked for a
    code in vain.
    """
    require(desk.actor, action, proposal.agency_id)
    if bars(desk, proposal, action):
        raise FourEyesError(
            "Người đã soạn, sửa hoặc gửi hồ sơ không được quyết định về hồ sơ đó"
        )
    status = desk.office.path.after(Status(proposal.status), action)
    require_signature(desk.actor, action)
    return status


def confirm(desk: Desk, entry_id: UUID, seen: UUID) -> Proposal:
    """Say that the description of an entry is still right, in one act that needs no
    examination.

    `seen` is the version that was looked at. ForbiddenError unless the entry is the
    agency's own, ConflictError when there is a newer version.
    """
    entry = desk.session.get(Entry, entry_id)
    if entry is None or entry.local_id is None:
        raise NotFoundError("Không có mục này trong danh mục")
    latest = latest_version(desk.session, entry_id)
    if latest is None or latest.id != seen:
        raise ConflictError("Mục này vừa có phiên bản mới; xem lại rồi xác nhận")
    proposal = propose(
        desk, ProposalRequest(entry.kind, {}, ProposalType.CONFIRM, entry_id)
    )
    return act(desk, proposal.id, Action.CONFIRM, Deed(proposal.lock_version))


def bars(desk: Desk, proposal: Proposal, action: Action) -> bool:
    """Tell whether four eyes keeps the actor from doing `action`."""
    hand = desk.session.get(Involvement, (proposal.id, desk.actor.person_id))
    return hand is not None and Contribution(hand.part) in BARRED.get(
        action, frozenset()
    )


def _swap(desk: Desk, proposal: Proposal, status: Status, lock_version: int) -> None:
    swap = update(Proposal).where(
        Proposal.id == proposal.id,
        Proposal.status == proposal.status,
        Proposal.lock_version == lock_version,
    )
    values = {
        "status": status,
        "lock_version": lock_version + 1,
        "changed_at": clock.now(),
    }
    done = desk.session.execute(
        swap.values(**values).execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ConflictError(
            "Hồ sơ vừa được người khác thay đổi; tải lại để xem rồi làm lại việc này"
        )
    desk.session.refresh(proposal)


def _base(desk: Desk, request: ProposalRequest) -> Version | None:
    if request.entry_id is None:
        if request.type is not ProposalType.REGISTER:
            raise InvalidError(
                "Chọn mục cần sửa đổi, xác nhận, tạm ngừng hoặc chấm dứt"
            )
        return None
    entry = desk.session.get(Entry, request.entry_id)
    if entry is None or entry.kind != request.kind:
        raise NotFoundError("Không có mục này trong danh mục")
    if request.type is ProposalType.REGISTER and entry.local_id is not None:
        raise InvalidError(
            "Mục này đã có trong danh mục; lập phiếu sửa đổi thay vì đăng ký"
        )
    if request.type is not ProposalType.REGISTER and entry.local_id is None:
        raise NotFoundError("Không có mục này trong danh mục")
    if not _reserved_here(desk, request.entry_id):
        raise NotFoundError("Không có mục này trong danh mục")
    latest = latest_version(desk.session, request.entry_id)
    require_whole_sight(desk, request.kind, request.entry_id, latest)
    return latest


def _reserved_here(desk: Desk, entry_id: UUID) -> bool:
    """Tell whether an entry that is not entered yet is free, or was begun by the
    actor's own agency.
    """
    begun = set(
        desk.session.scalars(
            select(Proposal.agency_id).where(Proposal.entry_id == entry_id)
        )
    )
    entered = latest_version(desk.session, entry_id) is not None
    return entered or not begun or desk.actor.agency_id in begun


def _lend_hand(desk: Desk, proposal: Proposal, part: Contribution) -> None:
    hand = desk.session.get(Involvement, (proposal.id, desk.actor.person_id))
    if hand is None:
        desk.session.add(
            Involvement(
                proposal_id=proposal.id, person_id=desk.actor.person_id, part=part
            )
        )
    elif part is Contribution.AUTHOR or hand.part == Contribution.EDITOR:
        # the part that keeps a person from more counts: who mended and later writes is
        # an author
        hand.part = part


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
