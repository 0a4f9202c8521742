"""Proposals over the interface: open, read, edit, act, compare; the same services, the
same rights, with a key.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, current_app
from flask_smorest import Blueprint
from marshmallow import RAISE
from sqlalchemy.orm import Session

from app.accounts.service import posts_by_id
from app.api.access import bearer, require_scope
from app.api.idempotency import StoredAnswer as Answered
from app.api.idempotency import expected, once
from app.api.proposal_schemas import (
    ChangeSchema,
    ContentBody,
    DeedBody,
    DiffArguments,
    EventSchema,
    FindingSchema,
    MeSchema,
    NewProposal,
    ProblemSchema,
    ProposalListArguments,
    ProposalPage,
    ProposalSchema,
    SeenBody,
    StageArguments,
)
from app.errors import NotFoundError
from app.operations.installation import Installation
from app.permissions import Action, audience, declares
from app.register.latest_versions import latest_version
from app.register.models import Version
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.context import Desk
from app.workflow.life import Place
from app.workflow.proposals import diff, drafting, service
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.actions import offered, request_of
from app.workflow.proposals.inputs import Answer, ProposalRequest, Remark
from app.workflow.proposals.models import Proposal, Revision
from app.workflow.proposals.queries import ProposalFilter
from catalog_schema.profile import DATABASE

blueprint = Blueprint(
    "proposals",
    __name__,
    url_prefix="/api/v1",
    description="Lập, thẩm định và quyết định phiếu",
)

ACTIONS = offered(Place.API)


EXAMPLE = {
    "kind": DATABASE,
    "content": {"title": {"vi": "Cơ sở dữ liệu đất đai"}, "record_kind": "goc"},
}
DEED_EXAMPLE = {
    "reason": "Bổ sung căn cứ",
    "remarks": [
        {
            "field": "legal_basis",
            "message": "Nêu văn bản còn hiệu lực",
            "severity": "error",
        }
    ],
}


KEY: dict[str, Any] = {"security": [{"key": []}]}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "ETag của phiếu đã đọc; thiếu thì 428, cũ thì 412",
    "schema": {"type": "string"},
    "example": '"3"',
}
CODE = {
    "in": "header",
    "name": "One-Time-Code",
    "required": False,
    "description": (
        "Mã xác thực sáu chữ số, bắt buộc khi (không) phê duyệt; "
        "khóa này dùng nó được 15 phút"
    ),
    "schema": {"type": "string", "maxLength": 20},
}
IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": (
        "Chuỗi bất kỳ tới 100 ký tự; gửi lại cùng chuỗi thì nhận lại câu trả lời cũ"
    ),
    "schema": {"type": "string", "maxLength": 100},
}


_NO_VERSION = UUID(int=0)  # with which confirming is a conflict


def _installation() -> Installation:
    running: Installation = current_app.extensions["danhmuc"]
    return running


def _desk(session: Session) -> Desk:
    return Desk(
        session, _installation().profile, bearer().actor, _installation().office
    )


def _whole(proposal: Proposal, status: int = 200) -> Answered:
    body = ProposalSchema().dump(proposal)
    return Answered(
        body, status, str(proposal.lock_version), f"/api/v1/proposals/{proposal.number}"
    )


@blueprint.route("/me", methods=["GET"])
@blueprint.response(200, MeSchema)
@blueprint.doc(**KEY)
@declares(Action.WORK)
def me() -> dict[str, Any]:
    """Tell whose key this is."""
    caller = bearer()
    return {**vars(caller.actor), "scopes": sorted(caller.scopes)}


@blueprint.route("/proposals", methods=["GET"])
@blueprint.arguments(ProposalListArguments, location="query", unknown=RAISE)
@blueprint.response(200, ProposalPage)
@blueprint.doc(**KEY)
@declares(Action.READ)
def listed(arguments: dict[str, Any]) -> dict[str, Any]:
    """List the proposals that the key's post may read, by number."""
    criteria = ProposalFilter(
        [status.value for status in arguments.get("status", ())],
        arguments.get("agency"),
        arguments.get("kind"),
        arguments.get("after"),
    )
    with _installation().database.reading() as session:
        rows, following = proposals.page(_desk(session), criteria, arguments["limit"])
        return {
            "items": rows,
            "total": proposals.count(_desk(session), criteria),
            "next": following,
        }


@blueprint.route("/proposals", methods=["POST"])
@blueprint.arguments(NewProposal, example=EXAMPLE, unknown=RAISE)
@blueprint.response(201, ProposalSchema)
@blueprint.doc(**KEY, parameters=[IDEMPOTENCY])
@declares(Action.PROPOSE)
def opened(body: dict[str, Any]) -> Response:
    """Open a draft; send an Idempotency-Key so that a repetition opens no second
    one.
    """

    def work(session: Session) -> Answered:
        desk, entry_id = _desk(session), None
        if "entry" in body:
            entry_id = _entry(desk, body["kind"], body["entry"])
        request = ProposalRequest(
            body["kind"],
            body["content"],
            body["type"],
            entry_id,
            effective_from=body.get("effective_from"),
            effective_to=body.get("effective_to"),
        )
        return _whole(service.propose(desk, request), HTTPStatus.CREATED)

    return once(_installation(), work)


def _entry(desk: Desk, kind: str, identifier: str) -> UUID:
    register = Register(
        desk.session, desk.profile, moment(desk.session), audience(desk.actor)
    )
    return register.get(kind, identifier).id


@blueprint.route("/proposals/<int:number>", methods=["GET"])
@blueprint.response(200, ProposalSchema)
@blueprint.doc(**KEY)
@declares(Action.READ)
def one(number: int) -> Response:
    """Return a proposal; the ETag is its lock version."""
    with _installation().database.reading() as session:
        return _whole(proposals.by_number(_desk(session), number)).response()


@blueprint.route("/proposals/<int:number>/content", methods=["PUT"])
@blueprint.arguments(
    ContentBody, example={"content": EXAMPLE["content"]}, unknown=RAISE
)
@blueprint.response(200, ProposalSchema)
@blueprint.doc(**KEY, parameters=[IF_MATCH, IDEMPOTENCY])
@declares(Action.READ)
def written(body: dict[str, Any], number: int) -> Response:
    """Save the content, valid or not: an edit of the agency's, a mend of the
    reviewer's. Needs If-Match.
    """

    def work(session: Session) -> Answered:
        desk = _desk(session)
        proposal = proposals.by_number(desk, number)
        action = drafting.editing(desk, proposal)
        require_scope(action)
        request = request_of(action, {"content": body["content"]})
        lock_version = expected(proposal.lock_version)
        return _whole(service.act(desk, proposal.id, lock_version, request))

    return once(_installation(), work)


@blueprint.route("/proposals/<int:number>/actions/<action>", methods=["POST"])
@blueprint.arguments(DeedBody, example=DEED_EXAMPLE, unknown=RAISE)
@blueprint.response(200, ProposalSchema)
@blueprint.doc(**KEY, parameters=[IF_MATCH, IDEMPOTENCY, CODE])
@declares(Action.READ)
def acted(body: dict[str, Any], number: int, action: str) -> Response:
    """Do one thing to a proposal: submit, recall, withdraw, take, find, return,
    recommend, approve … Needs If-Match.
    """
    if action not in ACTIONS:
        raise NotFoundError("Không có việc này; các việc: " + ", ".join(ACTIONS))
    action_ = Action(action)
    require_scope(action_)

    def work(session: Session) -> Answered:
        desk = _desk(session)
        proposal = proposals.by_number(desk, number)
        # who may not do it is not told whether they read the latest
        service.following(desk, proposal, action_)
        lock_version = expected(proposal.lock_version)
        request = request_of(action_, _values(body))
        return _whole(service.act(desk, proposal.id, lock_version, request))

    return once(_installation(), work)


def _values(body: dict[str, Any]) -> dict[str, Any]:
    """Return what the body says, by the names of what comes with actions."""
    return {
        "content": body.get("content"),
        "remarks": [Remark(**remark) for remark in body["remarks"]],
        "answers": [
            Answer(answer["finding"], answer["message"], answer["mended"])
            for answer in body["answers"]
        ],
        "resolved": body["resolve"],
        "reason": body.get("reason"),
        "seen_hash": body.get("seen_hash"),
        "base": body.get("base"),
        "assignee": body.get("assignee"),
    }


@blueprint.route("/proposals/<int:number>/findings", methods=["GET"])
@blueprint.response(200, FindingSchema(many=True))
@blueprint.doc(**KEY)
@declares(Action.READ)
def findings(number: int) -> list[dict[str, Any]]:
    """Return what people and machine checks said, of all rounds, with the threads."""
    with _installation().database.reading() as session:
        proposal = proposals.by_number(_desk(session), number)
        opened_findings = proposals.findings(proposal)
        threads = proposals.replies(session, opened_findings)
        posts = {finding.post_id for finding in opened_findings if finding.post_id}
        for replies in threads.values():
            posts |= {reply.post_id for reply in replies}
        titles = {
            post_id: post.title for post_id, post in posts_by_id(session, posts).items()
        }
        rows = []
        for finding in opened_findings:
            thread = [
                {**vars(reply), "post": titles[reply.post_id]}
                for reply in threads[finding.id]
            ]
            post = titles.get(finding.post_id) if finding.post_id else None
            rows.append({**vars(finding), "post": post, "replies": thread})
        return rows


@blueprint.route("/proposals/<int:number>/problems", methods=["GET"])
@blueprint.arguments(StageArguments, location="query", unknown=RAISE)
@blueprint.response(200, ProblemSchema(many=True))
@blueprint.doc(**KEY)
@declares(Action.READ)
def checked(arguments: dict[str, Any], number: int) -> list[Any]:
    """Return what bars the present content from a stage, and what is worth a look."""
    with _installation().database.reading() as session:
        desk = _desk(session)
        return list(
            proposals.problems(
                desk, proposals.by_number(desk, number), arguments["stage"]
            )
        )


@blueprint.route("/proposals/<int:number>/diff", methods=["GET"])
@blueprint.arguments(DiffArguments, location="query", unknown=RAISE)
@blueprint.response(200, ChangeSchema(many=True))
@blueprint.doc(**KEY)
@declares(Action.READ)
def differences(arguments: dict[str, Any], number: int) -> list[Any]:
    """Return the fields that differ from the version in force, or from what the agency
    had sent before.
    """
    with _installation().database.reading() as session:
        desk = _desk(session)
        proposal = proposals.by_number(desk, number)
        before: Version | Revision | None = proposals.compared_with(proposal)
        if arguments["against"] == "base":
            before = proposals.base_version(session, proposal)
        members = desk.profile.kinds[proposal.kind].fields
        old = before.content if before else {}
        return diff.changed(diff.compare(members, old, proposal.content))


@blueprint.route("/proposals/<int:number>/history", methods=["GET"])
@blueprint.response(200, EventSchema(many=True))
@blueprint.doc(**KEY)
@declares(Action.READ)
def history(number: int) -> list[dict[str, Any]]:
    """Return what happened to the proposal, oldest first."""
    with _installation().database.reading() as session:
        return [
            vars(row)
            for row in proposals.history(
                session, proposals.by_number(_desk(session), number)
            )
        ]


@blueprint.route("/entries/<kind>/<identifier>/confirm", methods=["POST"])
@blueprint.arguments(SeenBody, example={"version": 2}, unknown=RAISE)
@blueprint.response(201, ProposalSchema)
@blueprint.doc(**KEY, parameters=[IDEMPOTENCY])
@declares(Action.CONFIRM)
def confirmed(body: dict[str, Any], kind: str, identifier: str) -> Response:
    """Confirm that the description of one's own entry is still right; `version` is the
    number that was read.
    """

    def work(session: Session) -> Answered:
        desk = _desk(session)
        entry_id = _entry(desk, kind, identifier)
        latest = latest_version(session, entry_id)
        is_latest = latest is not None and latest.number == body["version"]
        seen = latest.id if latest and is_latest else _NO_VERSION
        return _whole(service.confirm(desk, entry_id, seen), HTTPStatus.CREATED)

    return once(_installation(), work)
