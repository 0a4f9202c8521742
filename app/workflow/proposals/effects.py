"""What each action does to a proposal once it is allowed: one table, EFFECTS; and
entering, when it is approved.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app import clock
from app.errors import InvalidError
from app.permissions import Action
from app.register import service as register
from app.register.content import hashing, schema
from app.register.models import Entry
from app.register.queries import latest_version
from app.register.service import Order
from app.vietnamese import clean
from app.workflow.consultations import service as consultations
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Deed, Remark
from app.workflow.proposals.models import (
    Finding,
    Proposal,
    ProposalType,
    Reply,
    Revision,
)
from app.workflow.proposals.sanitising import typed
from catalog_schema.profile import Stage

Effect = Callable[[Desk, Proposal, Deed], None]


def nothing(_desk: Desk, _proposal: Proposal, _deed: Deed) -> None:
    """Do nothing more."""


def _write_content(_desk: Desk, proposal: Proposal, deed: Deed) -> None:
    proposal.content = typed(deed.content)
    proposal.content_hash = hashing.content_hash(proposal.content)
    proposal.edited_in = deed.editing
    proposal.copied = [
        name for name in proposal.copied or () if name not in deed.reviewed
    ]


def _rebase(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    latest = latest_version(desk.session, proposal.entry_id)
    kept = latest is not None and proposal.type not in proposals.WRITING
    _write_content(
        desk,
        proposal,
        replace(deed, content=latest.content) if latest and kept else deed,
    )
    proposal.base_version_id = deed.base


def _mend(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    _write_content(desk, proposal, deed)
    _keep(desk, proposal, Action.MEND)
    _note_warnings(desk, proposal)


def _submit(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    proposal.reason = clean(deed.reason) if deed.reason else None
    if deed.until is not None:
        proposal.effective_to = None if deed.until == clock.OPEN_END else deed.until
    _keep(desk, proposal, Action.SUBMIT, proposal.reason)
    _note_warnings(desk, proposal)


def _keep(
    desk: Desk, proposal: Proposal, action: Action, reason: str | None = None
) -> None:
    desk.session.add(
        Revision(
            proposal_id=proposal.id,
            round=proposal.round,
            action=action,
            content=proposal.content,
            content_hash=proposal.content_hash,
            reason=reason,
            post_id=desk.actor.post_id,
            at=clock.now(),
        )
    )


def _note_warnings(desk: Desk, proposal: Proposal) -> None:
    for earlier in proposals.findings(desk.session, proposal, only_open=True):
        if earlier.post_id is None:
            earlier.resolved_at = clock.now()
    for found in proposals.problems(desk, proposal, Stage.SUBMIT):
        _add_finding(
            desk,
            proposal,
            Remark(found.field, found.message, found.severity),
            found.rule,
        )


def _raise_findings(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    for remark in deed.remarks:
        _add_finding(
            desk, proposal, replace(remark, message=clean(remark.message)), None
        )


def _add_finding(
    desk: Desk, proposal: Proposal, remark: Remark, rule: str | None
) -> None:
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


def _decline(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    proposal.reason = clean(deed.reason or "")
    _keep(desk, proposal, Action.DECLINE, proposal.reason)


def _take(desk: Desk, proposal: Proposal, _deed: Deed) -> None:
    proposal.assignee_id = desk.actor.post_id


def _assign(_desk: Desk, proposal: Proposal, deed: Deed) -> None:
    proposal.assignee_id = deed.assignee


def _consult(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    if deed.asked is not None:
        consultations.ask(desk, deed.asked, proposal)


def _return(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    _refuse(desk, proposal, deed, Action.RETURN)
    proposal.round += 1


def _reject(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    _refuse(desk, proposal, deed, Action.REJECT)


def _refuse(desk: Desk, proposal: Proposal, deed: Deed, action: Action) -> None:
    _raise_findings(desk, proposal, deed)
    proposal.reason = clean(deed.reason or "")
    _keep(desk, proposal, action, proposal.reason)


def _resolve(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    """Close what is named; without names, everything that this post opened."""
    for finding in proposals.findings(desk.session, proposal, only_open=True):
        if finding.id in deed.resolved or (
            not deed.resolved and finding.post_id == desk.actor.post_id
        ):
            finding.resolved_at = clock.now()


def _reply(desk: Desk, _proposal: Proposal, deed: Deed) -> None:
    for answer in deed.answers:
        message = clean(answer.message) or "Đã sửa – đề nghị xem lại"
        reply = Reply(
            finding_id=answer.finding_id,
            post_id=desk.actor.post_id,
            message=message,
            at=clock.now(),
        )
        reply.mended = answer.mended
        desk.session.add(reply)


def _approve(_desk: Desk, proposal: Proposal, deed: Deed) -> None:
    proposal.approved_hash = deed.seen_hash


def _reopen(desk: Desk, proposal: Proposal, deed: Deed) -> None:
    proposal.reason, proposal.approved_hash = clean(deed.reason or ""), None
    _keep(desk, proposal, Action.REOPEN, proposal.reason)


EFFECTS: dict[Action, Effect] = {
    Action.EDIT: _write_content,
    Action.REBASE: _rebase,
    Action.MEND: _mend,
    Action.SUBMIT: _submit,
    Action.FIND: _raise_findings,
    Action.REPLY: _reply,
    Action.RETURN: _return,
    Action.DECLINE: _decline,
    Action.TAKE: _take,
    Action.ASSIGN: _assign,
    Action.CLEAR: _approve,
    Action.CONSULT: _consult,
    Action.RESOLVE: _resolve,
    Action.REJECT: _reject,
    Action.APPROVE: _approve,
    Action.REOPEN: _reopen,
}


@dataclass(frozen=True)
class Promulgated:
    """The decision by which something enters: its document in the register, and the day
    from which it holds.
    """

    entry_id: UUID
    effective_from: date


def enter(desk: Desk, proposal: Proposal, by: Promulgated | None = None) -> None:
    """Have the register hold what was approved; InvalidError when the profile has moved
    on meanwhile.

    By a decision nothing holds before the day of the decision, whatever was asked for.
    """
    kind = desk.profile.kinds[proposal.kind]
    checked = schema.check(kind, proposal.content, Stage.ENTER, desk.profile.base)
    if checked.errors:
        raise InvalidError(
            "Nội dung không còn đúng đặc tả; lập phiếu sửa đổi trước", checked.errors
        )
    consequence = desk.office.consequences.get(proposal.kind)
    begins = consequence.begins(checked.content) if consequence else None
    asked = (
        max(by.effective_from, proposal.effective_from or by.effective_from)
        if by
        else proposal.effective_from
    )
    department = desk.session.get_one(Entry, desk.actor.agency_id)
    order = Order(
        entry_id=proposal.entry_id,
        content=checked.content,
        start=begins or asked,
        end=proposal.effective_to,
        suspended=ProposalType(proposal.type) is ProposalType.SUSPEND,
        proposal_id=proposal.id,
        post_id=desk.actor.post_id,
        decided_by_id=department.id
        if department.iri
        else None,  # nobody is named before they are entered
        decision_id=by.entry_id if by else None,
    )
    match ProposalType(proposal.type):
        case ProposalType.END:
            register.end(desk.session, proposal.entry_id, asked or clock.today(), order)
        case ProposalType.CONFIRM:
            register.confirm(desk.session, order)
        case _:
            register.enter(desk.session, desk.profile, order)
            if consequence is not None:
                consequence.carry_out(desk.session, order)
