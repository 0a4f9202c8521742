"""What each action does to a proposal once it is allowed: `actions` says
which does what; and entering, when it is approved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from app import clock
from app.errors import InvalidError
from app.register import service as register
from app.register.content import schema
from app.register.latest_versions import latest_version
from app.register.models import Entry
from app.register.service import Order
from app.vietnamese import clean
from app.workflow.consultations import service as consultations
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import typed_bases
from app.workflow.proposals.inputs import (
    AnswerFindings,
    Approve,
    Assign,
    Clear,
    Consult,
    Decline,
    Link,
    Mend,
    Rebase,
    Recommend,
    Reject,
    Remark,
    Remarked,
    Reopen,
    Resolve,
    Return,
    Submit,
    Take,
    Written,
)
from app.workflow.proposals.models import (
    Finding,
    Occasion,
    Proposal,
    ProposalType,
    Reply,
    Revision,
)
from app.workflow.proposals.sanitising import sanitise
from catalog_schema.profile import Stage


def write(_desk: Desk, proposal: Proposal, request: Written) -> None:
    """Keep new content."""
    sanitised = sanitise(request.content)
    proposal.content = sanitised.content
    proposal.content_hash = sanitised.content_hash
    proposal.edited_in = request.editing
    proposal.copied = [
        name for name in proposal.copied or () if name not in request.reviewed
    ]


def rebase(desk: Desk, proposal: Proposal, request: Rebase) -> None:
    """Keep the merged content, based on the version it was merged with."""
    latest = latest_version(desk.session, proposal.entry_id)
    restates = latest is not None and proposal.type not in proposals.WRITING
    write(
        desk,
        proposal,
        replace(request, content=latest.content) if latest and restates else request,
    )
    proposal.base_version_id = request.base


def mend(desk: Desk, proposal: Proposal, request: Mend) -> None:
    """Keep what the reviewer wrote, as a revision of its own."""
    write(desk, proposal, request)
    _keep(desk, proposal, Occasion.MEND)
    _note_warnings(desk, proposal)


def link(desk: Desk, proposal: Proposal, request: Link) -> None:
    """Have a typed legal basis name the document that it is; what was sent once is kept
    as a revision.
    """
    if request.basis is None or request.law_id is None:
        return
    content = typed_bases.linked(proposal.content, request.basis, request.law_id)
    sanitised = sanitise(content)
    proposal.content = sanitised.content
    proposal.content_hash = sanitised.content_hash
    if proposal.revisions:
        _keep(desk, proposal, Occasion.MEND)


def submit(desk: Desk, proposal: Proposal, request: Submit) -> None:
    """Keep what is sent, and what checks say of it."""
    proposal.reason = clean(request.reason) if request.reason else None
    if request.since is not None:
        proposal.effective_from = (
            None if request.since == clock.OPEN_START else request.since
        )
    if request.until is not None:
        proposal.effective_to = (
            None if request.until == clock.OPEN_END else request.until
        )
    _keep(desk, proposal, Occasion.SUBMIT, proposal.reason)
    _note_warnings(desk, proposal)


def _keep(
    desk: Desk, proposal: Proposal, action: Occasion, reason: str | None = None
) -> None:
    proposal.revisions.append(
        Revision(
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
    for earlier in proposals.findings(proposal, only_open=True):
        if earlier.post_id is None:
            earlier.resolved_at = clock.now()
    for problem in proposals.problems(desk, proposal, Stage.SUBMIT):
        _add_finding(
            desk,
            proposal,
            Remark(problem.field, problem.message, problem.severity),
            problem.rule,
        )


def raise_findings(desk: Desk, proposal: Proposal, request: Remarked) -> None:
    """Open a thread for each remark."""
    for remark in request.remarks:
        _add_finding(
            desk, proposal, replace(remark, message=clean(remark.message)), None
        )


def _add_finding(
    desk: Desk, proposal: Proposal, remark: Remark, rule: str | None
) -> None:
    proposal.findings.append(
        Finding(
            round=proposal.round,
            field=remark.field[:120],
            severity=remark.severity,
            message=remark.message,
            rule=rule,
            post_id=None if rule else desk.actor.post_id,
            raised_at=clock.now(),
        )
    )


def decline(desk: Desk, proposal: Proposal, request: Decline) -> None:
    """Keep why the head of the agency gave it back."""
    proposal.reason = clean(request.reason or "")
    _keep(desk, proposal, Occasion.DECLINE, proposal.reason)


def take(desk: Desk, proposal: Proposal, _request: Take) -> None:
    """Make it the actor's to examine."""
    proposal.assignee_id = desk.actor.post_id


def assign(_desk: Desk, proposal: Proposal, request: Assign) -> None:
    """Make it somebody's to examine."""
    proposal.assignee_id = request.assignee


def consult(desk: Desk, proposal: Proposal, request: Consult) -> None:
    """Open the consultation."""
    if request.question is not None:
        consultations.ask(desk, request.question, proposal)


def return_to_agency(desk: Desk, proposal: Proposal, request: Return) -> None:
    """Keep why, and begin another round."""
    _refuse(desk, proposal, request, Occasion.RETURN)
    proposal.round += 1


def reject(desk: Desk, proposal: Proposal, request: Reject) -> None:
    """Keep why."""
    _refuse(desk, proposal, request, Occasion.REJECT)


def _refuse(
    desk: Desk, proposal: Proposal, request: Return | Reject, action: Occasion
) -> None:
    raise_findings(desk, proposal, request)
    proposal.reason = clean(request.reason or "")
    _keep(desk, proposal, action, proposal.reason)


def resolve(desk: Desk, proposal: Proposal, request: Resolve) -> None:
    """Close what is named; without names, everything that this post opened."""
    for finding in proposals.findings(proposal, only_open=True):
        if finding.id in request.resolved or (
            not request.resolved and finding.post_id == desk.actor.post_id
        ):
            finding.resolved_at = clock.now()


def answer_findings(desk: Desk, _proposal: Proposal, request: AnswerFindings) -> None:
    """Keep the answers in their threads."""
    for answer in request.answers:
        message = clean(answer.message) or "Cơ quan báo đã sửa"
        reply = Reply(
            finding_id=answer.finding_id,
            post_id=desk.actor.post_id,
            message=message,
            at=clock.now(),
        )
        reply.mended = answer.mended
        desk.session.add(reply)


def recommend(desk: Desk, proposal: Proposal, request: Recommend) -> None:
    """Keep the reviewer's conclusion."""
    _conclude(desk, proposal, Occasion.RECOMMEND, request.reason)


def approve(desk: Desk, proposal: Proposal, request: Approve | Clear) -> None:
    """Keep which content was approved, and why."""
    proposal.approved_hash = request.seen_hash
    if isinstance(request, Approve):
        _conclude(desk, proposal, Occasion.APPROVE, request.reason)


def _conclude(
    desk: Desk, proposal: Proposal, occasion: Occasion, reason: str | None
) -> None:
    text = clean(reason or "")
    if text:
        _keep(desk, proposal, occasion, text)


def reopen(desk: Desk, proposal: Proposal, request: Reopen) -> None:
    """Keep why; what was approved no longer is."""
    proposal.reason, proposal.approved_hash = clean(request.reason or ""), None
    _keep(desk, proposal, Occasion.REOPEN, proposal.reason)


@dataclass(frozen=True)
class Promulgated:
    """The decision by which something enters: its document in the register, and the day
    from which it holds.

    `checks`: what was found in content that was checked already, by its hash.
    """

    entry_id: UUID
    effective_from: date
    checks: Mapping[str, schema.Checked] = field(default_factory=dict)


def enter(
    desk: Desk,
    proposal: Proposal,
    by: Promulgated | None = None,
    prepared: register.Prepared | None = None,
) -> None:
    """Have the register hold what was approved; InvalidError when the profile has moved
    on meanwhile.

    By a decision nothing holds before the day of the decision, whatever was asked for.
    """
    kind = desk.profile.kinds[proposal.kind]
    checked = by.checks.get(proposal.content_hash) if by else None
    if checked is None:
        checked = schema.check(kind, proposal.content, Stage.ENTER, desk.profile.base)
    if checked.errors:
        raise InvalidError(
            "Nội dung không còn đúng đặc tả; lập phiếu sửa đổi trước", checked.errors
        )
    consequence = desk.office.consequences.get(proposal.kind)
    begins = consequence.begins(checked.content) if consequence else None
    start = proposal.effective_from
    if by is not None:
        start = max(by.effective_from, start or by.effective_from)
    department = desk.session.get_one(Entry, desk.actor.agency_id)
    # nobody is named before they are entered
    decided_by_id = department.id if department.iri else None
    order = Order(
        entry_id=proposal.entry_id,
        content=checked.content,
        start=begins or start,
        end=proposal.effective_to,
        suspended=proposal.type is ProposalType.SUSPEND,
        proposal_id=proposal.id,
        post_id=desk.actor.post_id,
        person_id=desk.actor.person_id,
        decided_by_id=decided_by_id,
        decision_id=by.entry_id if by else None,
        checked=checked,
    )
    match proposal.type:
        case ProposalType.END:
            register.end(desk.session, proposal.entry_id, start or clock.today(), order)
        case ProposalType.CONFIRM:
            register.confirm(desk.session, order)
        case _:
            register.enter(desk.session, desk.profile, order, prepared)
            if consequence is not None:
                consequence.carry_out(desk.session, order)
