"""Cases over the interface: open, follow, answer; the same services, the same rights,
with a key. What comes with a letter is written down on its page, where the file is.
"""

from http import HTTPStatus
from typing import Any

from flask import Response, current_app
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate
from sqlalchemy.orm import Session

from app.api.access import bearer, require_scope
from app.api.idempotency import StoredAnswer, expected, once
from app.api.proposal_schemas import MAX_PAGE, Code
from app.api.proposals import IDEMPOTENCY, IF_MATCH, KEY
from app.errors import NotFoundError
from app.exchange.cases import kinds, queries, service, unconfirmed
from app.exchange.cases.lifecycle import CaseStatus, Side
from app.exchange.cases.models import Case, CaseStep
from app.exchange.cases.queries import CaseFilter
from app.operations.installation import Installation
from app.permissions import Action, declares
from app.workflow.context import Desk
from app.workflow.life import made_of

blueprint = Blueprint(
    "cases_api",
    __name__,
    url_prefix="/api/v1",
    description="Việc giữa các cơ quan: đề nghị, nhu cầu, vướng mắc, nhiệm vụ",
)

_TEXT = validate.Length(0, 5000)
_KINDS = tuple(kinds.KINDS)
# what a letter brings needs its file, which comes by the page
_BY_LETTER = frozenset({Action.ANSWER_ON_PAPER, Action.REFUSE_ON_PAPER})
ACTIONS = tuple(
    sorted(
        {action for kind in kinds.KINDS.values() for action in kind.rules}
        - _BY_LETTER
        - {Action.OPEN_CASE}
    )
)
_WAITS = {"me": Side.PARTY, "others": Side.ASKING}


class CaseSummary(Schema):
    """A case in a list."""

    number = fields.Integer(required=True)
    kind = fields.String(required=True)
    status = Code(CaseStatus, by_value=True, required=True)
    title = fields.String(required=True)
    asking_id = fields.UUID(required=True)
    answering_id = fields.UUID(required=True, allow_none=True)
    about_id = fields.UUID(required=True, allow_none=True)
    level = fields.Integer(required=True)
    due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Hạn trả lời; null khi không có quy định đọc được"},
    )
    opened_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)


class CaseSchema(CaseSummary):
    """A case with what it says and what was answered; its ETag is what If-Match must
    name.
    """

    content = fields.Dict(required=True)
    answer = fields.Dict(required=True, allow_none=True)
    due_rule = fields.String(required=True, allow_none=True)
    actions = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Việc khóa này làm được lúc này"},
    )


class CasePage(Schema):
    """A part of a list; `next` is the number after which the next begins."""

    items = fields.List(fields.Nested(CaseSummary), required=True)
    total = fields.Integer(required=True)
    next = fields.Integer(required=True, allow_none=True)


class CaseListArguments(Schema):
    """What a list of cases can be narrowed by."""

    kind = fields.String(validate=validate.OneOf(_KINDS))
    status = fields.List(
        fields.Enum(CaseStatus, by_value=True), validate=validate.Length(max=10)
    )
    waits = fields.String(validate=validate.OneOf(tuple(_WAITS)))
    late = fields.Boolean(load_default=False)
    after = fields.Integer(validate=validate.Range(0, 2**31 - 1), load_default=0)
    limit = fields.Integer(validate=validate.Range(1, MAX_PAGE), load_default=50)


class NewCase(Schema):
    """What is asked: the kind of case and its content; `send`: at once."""

    kind = fields.String(required=True, validate=validate.OneOf(_KINDS))
    content = fields.Dict(keys=fields.String(), required=True)
    send = fields.Boolean(load_default=False)


class CaseBody(Schema):
    """What comes with an action; each takes what it needs of this."""

    content = fields.Dict(keys=fields.String())
    reason = fields.String(load_default="", validate=_TEXT)
    text = fields.String(load_default="", validate=_TEXT)
    items = fields.List(
        fields.String(validate=validate.Length(1, 300)),
        load_default=list,
        validate=validate.Length(max=200),
    )
    basis = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=20)
    )
    addressee = fields.UUID(load_default=None, allow_none=True)
    due_on = fields.Date(load_default=None, allow_none=True)
    task_state = fields.String(load_default="", validate=validate.Length(max=40))


class StepSchema(Schema):
    """One thing that was done to a case, and where it stood then."""

    action = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    agency_id = fields.UUID(required=True, allow_none=True)
    status = Code(CaseStatus, by_value=True, required=True)
    due_on = fields.Date(required=True, allow_none=True)
    given = fields.Dict(required=True)


def _installation() -> Installation:
    running: Installation = current_app.extensions["danhmuc"]
    return running


def _desk(session: Session) -> Desk:
    running = _installation()
    return Desk(session, running.profile, bearer().actor, running.office)


def _summary(desk: Desk, case: Case) -> dict[str, Any]:
    """Return a case as it stands to whoever asks."""
    summary = {name: getattr(case, name) for name in CaseSummary().fields}
    summary["status"] = unconfirmed.status_for(desk.actor, case, case.status)
    return summary


def _whole(desk: Desk, case: Case, status: int = 200) -> StoredAnswer:
    offered = [
        action
        for action in service.offered(desk, case)
        if action in ACTIONS and bearer().covers(action)
    ]
    answer = unconfirmed.answer_for(desk.actor, case)
    told = {
        **_summary(desk, case),
        "content": case.content,
        "answer": answer,
        "due_rule": case.due_rule,
        "actions": offered,
    }
    body = CaseSchema().dump(told)
    where = f"/api/v1/cases/{case.number}"
    return StoredAnswer(body, status, str(case.lock_version), where)


@blueprint.route("/cases", methods=["GET"])
@blueprint.arguments(CaseListArguments, location="query", unknown=RAISE)
@blueprint.response(200, CasePage)
@blueprint.doc(**KEY)
@declares(Action.READ_CASES)
def listed(arguments: dict[str, Any]) -> dict[str, Any]:
    """List the cases that the key's post may read, by number."""
    kind = arguments.get("kind")
    criteria = CaseFilter(
        kinds=(kind,) if kind else (),
        statuses=arguments.get("status", ()),
        waits=_WAITS.get(arguments.get("waits", "")),
        late=arguments["late"],
        after=arguments["after"],
    )
    with _installation().database.reading() as session:
        desk, limit = _desk(session), arguments["limit"]
        rows = queries.page(desk, criteria, limit)  # one more, where there are more
        shown, rest = rows[:limit], rows[limit:]
        return {
            "items": [_summary(desk, case) for case in shown],
            "total": queries.count(desk, criteria),
            "next": shown[-1].number if rest else None,
        }


@blueprint.route("/cases", methods=["POST"])
@blueprint.arguments(
    NewCase,
    example={
        "kind": "data-request",
        "content": {"title": "Khai thác tình trạng đóng bảo hiểm"},
    },
    unknown=RAISE,
)
@blueprint.response(201, CaseSchema)
@blueprint.doc(**KEY, parameters=[IDEMPOTENCY])
@declares(Action.OPEN_CASE)
def opened(body: dict[str, Any]) -> Response:
    """Open a case of one's own agency, as a draft or sent at once."""

    def work(session: Session) -> StoredAnswer:
        desk = _desk(session)
        case = service.begin(desk, body["kind"], body["content"])
        if body["send"]:
            seen = case.lock_version
            case = service.act(desk, case.number, seen, Action.SEND_CASE)
        return _whole(desk, case, HTTPStatus.CREATED)

    return once(_installation(), work)


@blueprint.route("/cases/<int:serial>", methods=["GET"])
@blueprint.response(200, CaseSchema)
@blueprint.doc(**KEY)
@declares(Action.READ_CASES)
def one(serial: int) -> Response:
    """Return a case; the ETag is its lock version."""
    with _installation().database.reading() as session:
        desk = _desk(session)
        return _whole(desk, queries.get(desk, serial)).response()


@blueprint.route("/cases/<int:serial>/steps", methods=["GET"])
@blueprint.response(200, StepSchema(many=True))
@blueprint.doc(**KEY)
@declares(Action.READ_CASES)
def steps(serial: int) -> list[CaseStep]:
    """Return what was done to a case, oldest first."""
    with _installation().database.reading() as session:
        desk = _desk(session)
        case = queries.get(desk, serial)
        return unconfirmed.steps_for(desk.actor, case, case.steps)


@blueprint.route("/cases/<int:serial>/actions/<action>", methods=["POST"])
@blueprint.arguments(
    CaseBody,
    example={"items": ["Tình trạng đóng"], "text": "Chỉ đối chiếu"},
    unknown=RAISE,
)
@blueprint.response(200, CaseSchema)
@blueprint.doc(**KEY, parameters=[IF_MATCH, IDEMPOTENCY])
@declares(Action.READ_CASES)
def acted(body: dict[str, Any], serial: int, action: str) -> Response:
    """Do one thing to a case: edit, send, answer, refuse, confirm … Needs If-Match."""
    if action not in ACTIONS:
        raise NotFoundError("Không có việc này; các việc: " + ", ".join(ACTIONS))
    action_ = Action(action)
    require_scope(action_)

    def work(session: Session) -> StoredAnswer:
        desk = _desk(session)
        case = queries.get(desk, serial)
        # who may not do it is not told whether they read the latest
        service.following(desk, case, action_)
        seen = expected(case.lock_version)
        given = _given(case, action_, body)
        return _whole(desk, service.act(desk, serial, seen, action_, given))

    return once(_installation(), work)


def _given(case: Case, action: Action, body: dict[str, Any]) -> Any:
    takes = kinds.kind_of(case.kind).rules[action].takes
    # an edit that gives no content keeps what is there
    return made_of(takes, {"content": case.content, **body})
