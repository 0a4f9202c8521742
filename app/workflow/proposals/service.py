"""The one door: a proposal begins, moves on, and enters the register through
`propose()`, `act()` and `promulgate()` alone.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import clock, journal
from app.db import claim
from app.errors import ConflictError, FourEyesError, InvalidError, NotFoundError
from app.permissions import Action, require, require_signature
from app.register import service as register
from app.register.latest_versions import latest_version, latest_version_ids
from app.register.models import Entry, Version
from app.register.service import Prepared
from app.workflow.context import Desk
from app.workflow.proposals import effects, preconditions, short_lane, typed_bases
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.actions import ACTIONS, BY_INPUT, path
from app.workflow.proposals.effects import Promulgated, enter
from app.workflow.proposals.inputs import Confirm, Link, ProposalRequest
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import (
    Contribution,
    Involvement,
    Proposal,
    ProposalType,
)
from app.workflow.proposals.preconditions import require_order, require_whole_sight
from app.workflow.proposals.queries import WRITING
from app.workflow.proposals.sanitising import sanitise
from app.workflow.proposals.typed_bases import TypedBasis
from app.workflow.time import clocks

CHANGED = "Hồ sơ vừa được người khác thay đổi; tải lại để xem rồi làm lại việc này"


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
    sanitised = sanitise(
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
        content=sanitised.content,
        content_hash=sanitised.content_hash,
        copied=sorted(request.copied),
        effective_from=request.effective_from,
        effective_to=request.effective_to,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    desk.session.add(proposal)
    desk.session.flush()
    _involve(desk, proposal, Action.PROPOSE)
    _journal(desk, proposal, Action.PROPOSE)
    return proposal


def act(desk: Desk, proposal_id: UUID, lock_version: int, request: Any) -> Proposal:
    """Do to a proposal what `request` (a class of `inputs`) asks, and return it.

    In this order: the right, four eyes, the transition, the signature, what the action
    itself asks; then that nobody changed it since `lock_version`, its effect and its
    journal row, all in the caller's transaction. NotFoundError for what the actor may
    not even read; ForbiddenError, FourEyesError, TransitionError, SecondFactorError,
    InvalidError, ConflictError.
    """
    action = BY_INPUT[type(request)]
    rule = ACTIONS[action]
    proposal = proposals.get(desk, proposal_id)
    before = proposal.status
    status = following(desk, proposal, action)
    rule.precondition(desk, proposal, request)
    _move(proposal, status, lock_version)
    clocks.turn(desk, proposal, before)
    rule.effect(desk, proposal, request)
    _involve(desk, proposal, action)
    _journal(desk, proposal, action)
    if status is Status.APPROVED and not _waits(desk, proposal):
        entered = path(desk.office.steps).after(status, Action.ENTER)
        _move(proposal, entered, proposal.lock_version)
        clocks.turn(desk, proposal, status)
        enter(desk, proposal)
    return proposal


def link(desk: Desk, basis: TypedBasis, law_id: UUID) -> list[int]:
    """Link a typed legal basis to a document of the register wherever the same number
    and day were typed, in drafts that the reviewer may not read too; return the numbers
    of the proposals.

    ForbiddenError, InvalidError.
    """
    require(desk.actor, Action.LINK, None)
    request = Link(basis=basis, law_id=law_id)
    statuses = ACTIONS[Action.LINK].moves
    settled = []
    query = select(Proposal).where(Proposal.status.in_(statuses))
    for proposal in desk.session.scalars(query.order_by(Proposal.number)):
        if basis.key in {one.key for one in typed_bases.typed(proposal.content)}:
            preconditions.require_document(desk, proposal, request)
            _move(proposal, proposal.status, proposal.lock_version)
            effects.link(desk, proposal, request)
            _journal(desk, proposal, Action.LINK)
            settled.append(proposal.number)
    return settled


def _waits(desk: Desk, proposal: Proposal) -> bool:
    """Tell whether what is approved waits for a decision."""
    return desk.office.waits(proposal) and not short_lane.is_short(desk, proposal)


def promulgate(desk: Desk, approved: Sequence[Proposal], by: Promulgated) -> None:
    """Enter approved proposals by a decision; what has consequences goes last.

    FourEyesError, TransitionError, InvalidError, ConflictError.
    """
    proposals.load(desk.session, approved)
    consequences = desk.office.consequences
    plain = [proposal for proposal in approved if proposal.kind not in consequences]
    entry_ids = [proposal.entry_id for proposal in plain]
    latest = latest_version_ids(desk.session, entry_ids)
    preparing = register.preparing(desk.session, desk.profile, entry_ids)
    with desk.session.no_autoflush, preparing as prepared:
        for proposal in plain:
            superseded = latest.get(proposal.entry_id) != proposal.base_version_id
            changed = proposal.entry_id in journal.changed(desk.session)
            _require_current(proposal, superseded=superseded or changed)
            _promulgate(desk, proposal, by, prepared)
    for proposal in approved:
        if proposal.kind in consequences:
            superseded = proposals.superseded(desk.session, proposal)
            _require_current(proposal, superseded=superseded)
            _promulgate(desk, proposal, by, None)


def _require_current(proposal: Proposal, *, superseded: bool) -> None:
    if superseded:
        raise ConflictError(
            f"Mục của phiếu số {proposal.number} đã có phiên bản mới hơn; "
            "đưa phiếu này ra khỏi dự thảo"
        )


def _promulgate(
    desk: Desk, proposal: Proposal, by: Promulgated, prepared: Prepared | None
) -> None:
    before = proposal.status
    status = following(desk, proposal, Action.ENTER)
    _move(proposal, status, proposal.lock_version)
    clocks.turn(desk, proposal, before)
    _journal(desk, proposal, Action.ENTER)
    enter(desk, proposal, by, prepared)


def following(desk: Desk, proposal: Proposal, action: Action) -> Status:
    """Return the status to which `action` of the actor leads; ForbiddenError,
    TransitionError, FourEyesError.

    SecondFactorError, last of all, where the action is signed: nobody is asked for a
    code in vain.
    """
    require(desk.actor, action, proposal.agency_id)
    status = path(desk.office.steps).after(proposal.status, action)
    if bars(desk, proposal, action):
        raise FourEyesError(
            "Người đã soạn, sửa, gửi, trình hoặc duyệt hồ sơ không được quyết "
            "định về hồ sơ đó"
        )
    require_signature(desk.actor, action)
    return status


def confirm(desk: Desk, entry_id: UUID, seen: UUID) -> Proposal:
    """Say that the description of an entry is still right, in one act that needs no
    examination.

    `seen` is the version that was looked at. ForbiddenError unless the entry is the
    agency's own, ConflictError when there is a newer version.
    """
    entry = desk.session.get(Entry, entry_id)
    if entry is None or entry.iri is None:
        raise NotFoundError("Không có mục này trong danh mục")
    latest = latest_version(desk.session, entry_id)
    if latest is None or latest.id != seen:
        raise ConflictError("Mục này vừa có phiên bản mới; xem lại rồi xác nhận")
    proposal = propose(
        desk, ProposalRequest(entry.kind, {}, ProposalType.CONFIRM, entry_id)
    )
    return act(desk, proposal.id, proposal.lock_version, Confirm())


def follows(desk: Desk, proposal: Proposal, action: Action) -> bool:
    """Tell whether an action follows from where the proposal stands, in this office."""
    return path(desk.office.steps).follows(proposal.status, action)


def bars(desk: Desk, proposal: Proposal, action: Action) -> bool:
    """Tell whether four eyes keeps the actor from doing `action`."""
    involvement = _involvement(desk, proposal)
    if involvement is None:
        return False
    return involvement.part in ACTIONS[action].barred


def _involvement(desk: Desk, proposal: Proposal) -> Involvement | None:
    """Return what the actor has done to the proposal."""
    for involvement in proposal.involvements:
        if involvement.person_id == desk.actor.person_id:
            return involvement
    return None


def _move(proposal: Proposal, status: Status, lock_version: int) -> None:
    """Have it stand where an action leads; ConflictError where it has gone on."""
    moved = {"status": status, "changed_at": clock.now()}
    claim(proposal, lock_version, CHANGED, **moved)


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
    if request.type is ProposalType.REGISTER and entry.iri is not None:
        raise InvalidError(
            "Mục này đã có trong danh mục; lập phiếu sửa đổi thay vì đăng ký"
        )
    if request.type is not ProposalType.REGISTER and entry.iri is None:
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


def _involve(desk: Desk, proposal: Proposal, action: Action) -> None:
    """Note the part that doing `action` gives the actor in the proposal's history.

    The part that keeps a person from more counts: who mended and later writes is an
    author.
    """
    involves = ACTIONS[action].involves
    if involves is None:
        return
    part = Contribution(involves)
    involvement = _involvement(desk, proposal)
    if involvement is None:
        involvement = Involvement(person_id=desk.actor.person_id, part=part)
        proposal.involvements.append(involvement)
    elif part is Contribution.AUTHOR or involvement.part == Contribution.EDITOR:
        involvement.part = part


def _journal(desk: Desk, proposal: Proposal, action: Action) -> None:
    journal.record(
        desk.session,
        desk.note(
            f"proposal.{action}",
            entry_id=proposal.entry_id,
            proposal_id=proposal.id,
            hash=proposal.content_hash,
        ),
    )
