"""What is measured beside entries, over the interface: to which day data are current,
how much ran, what the shared warehouse holds; the same services, the same rights, with
a key.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, current_app
from flask_smorest import Blueprint
from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    validate,
    validates_schema,
)
from sqlalchemy.orm import Session

from app.api.access import bearer
from app.api.arguments import MomentArguments, opened
from app.api.idempotency import StoredAnswer, once
from app.api.proposals import IDEMPOTENCY, KEY
from app.errors import FieldError, InvalidError, NotFoundError
from app.exchange import freshness, measurements, statements, traffic, warehouse
from app.exchange.connections import CONNECTION
from app.exchange.freshness import Fresh, Freshness
from app.exchange.models import CountedBy, DataStatement, Extent, Flow, Integrated
from app.exchange.traffic import Figure
from app.exchange.warehouse import WHOLE_DATABASE, Load
from app.operations.installation import Installation
from app.permissions import Action, audience, declares
from app.register.content.facts import UNDETERMINED
from app.register.queries import EntryView, Register
from app.register.standing import moment
from app.workflow.context import Desk
from catalog_schema.profile import DATABASE

MOST = 1_000  # figures of one request
_LONGEST = 1_000
_AS_AGENCIES_SAY = "co-quan-khai"  # how certain what they send is
_TEXT = validate.Length(0, _LONGEST)
_COUNT = validate.Range(0, measurements.MOST)

blueprint = Blueprint(
    "measurements",
    __name__,
    url_prefix="/api/v1",
    description="Độ mới của dữ liệu, số liệu lưu thông",
)


class FreshSchema(Schema):
    """How fresh the data of a database are on a day."""

    state = fields.Enum(Freshness, by_value=True, required=True)
    current_to = fields.Date(required=True, allow_none=True, attribute="known.day")
    due = fields.Date(required=True, allow_none=True)
    days_late = fields.Integer(required=True, attribute="late")
    delayed_until = fields.Date(
        required=True, allow_none=True, attribute="known.delayed_until"
    )
    reason = fields.String(required=True, attribute="known.reason")


class StatementBody(Schema):
    """To which day data are current; or until when they will be late, and why."""

    day = fields.Date()
    until = fields.Date()
    reason = fields.String(validate=validate.Length(1, _LONGEST))

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **_kwargs: object) -> None:
        """Take a day, or a delay with its reason."""
        if len({"day", "until"} & data.keys()) != 1:
            raise ValidationError("Gửi day, hoặc until kèm reason", "day")
        if "until" in data and "reason" not in data:
            raise ValidationError("Nêu reason của lần chậm", "reason")


class StatementSchema(Schema):
    """What was said."""

    kind = fields.String(required=True)
    day = fields.Date(required=True)
    reason = fields.String(required=True, allow_none=True)


class FigureBody(Schema):
    """How much ran over a connection in a month."""

    connection = fields.String(required=True, validate=validate.Length(1, 60))
    month = fields.String(required=True, validate=validate.Regexp(r"^\d{4}-\d{2}$"))
    flow = fields.Enum(Flow, by_value=True, required=True)
    extent = fields.Enum(Extent, by_value=True, load_default=Extent.ALL)
    counted_by = fields.Enum(CountedBy, by_value=True, required=True)
    unit = fields.String(required=True, validate=validate.Length(1, 40))
    value = fields.Integer(required=True, validate=_COUNT)
    source = fields.String(required=True, validate=validate.Length(1, _LONGEST))


class FiguresBody(Schema):
    """Figures to be recorded as one act."""

    figures = fields.List(
        fields.Nested(FigureBody), required=True, validate=validate.Length(1, MOST)
    )


class LoadBody(Schema):
    """What the shared warehouse holds of a database, or of one of its items."""

    database = fields.String(required=True, validate=validate.Length(1, 60))
    item = fields.String(load_default=WHOLE_DATABASE, validate=_TEXT)
    day = fields.Date(required=True)
    integrated = fields.Enum(Integrated, by_value=True, required=True)
    records = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=_COUNT,
    )
    missing = fields.String(load_default="", validate=_TEXT)
    source = fields.String(required=True, validate=validate.Length(1, _LONGEST))


class LoadsBody(Schema):
    """Rows to be recorded as one act."""

    rows = fields.List(
        fields.Nested(LoadBody), required=True, validate=validate.Length(1, MOST)
    )


class RecordedSchema(Schema):
    """What became of figures: how many are new, corrected an earlier one, or were there
    already.
    """

    new = fields.Integer(required=True)
    corrected = fields.Integer(required=True)
    same = fields.Integer(required=True)


def _installation() -> Installation:
    running: Installation = current_app.extensions["danhmuc"]
    return running


def _desk(session: Session) -> Desk:
    running = _installation()
    return Desk(session, running.profile, bearer().actor, running.office)


def _register(desk: Desk) -> Register:
    return Register(
        desk.session, desk.profile, moment(desk.session), audience(desk.actor)
    )


@blueprint.route(f"/entries/{DATABASE}/<identifier>/freshness", methods=["GET"])
@blueprint.arguments(MomentArguments, location="query", unknown=RAISE)
@blueprint.response(200, FreshSchema)
@declares(None)
def fresh(arguments: dict[str, Any], identifier: str) -> Fresh:
    """Return how fresh the data of a database are; only what was promised is late."""
    with opened(arguments) as register:
        view = register.get(DATABASE, identifier)
        return freshness.all_of(register, [view])[view.id]


@blueprint.route(f"/entries/{DATABASE}/<identifier>/statements", methods=["POST"])
@blueprint.arguments(StatementBody, example={"day": "2026-09-30"}, unknown=RAISE)
@blueprint.response(201, StatementSchema)
@blueprint.doc(**KEY, parameters=[IDEMPOTENCY])
@declares(Action.STATE)
def state(body: dict[str, Any], identifier: str) -> Response:
    """Say to which day the data of one's own database are current, or until when they
    will be late. No version comes of it.
    """

    def work(session: Session) -> StoredAnswer:
        desk = _desk(session)
        view = _register(desk).get(DATABASE, identifier)
        statement: DataStatement
        if "day" in body:
            statement = statements.say_current(desk, view, body["day"])
        else:
            statement = statements.announce_delay(
                desk, view, body["until"], body["reason"]
            )
        answer = StatementSchema().dump(statement)
        where = f"/api/v1/entries/{DATABASE}/{view.local_id}/freshness"
        return StoredAnswer(answer, HTTPStatus.CREATED, None, where)

    return once(_installation(), work)


@blueprint.route("/traffic", methods=["POST"])
@blueprint.arguments(
    FiguresBody,
    example={
        "figures": [
            {
                "connection": "QHKN-0001",
                "month": "2026-09",
                "flow": "sent",
                "counted_by": "source",
                "unit": "bản ghi",
                "value": 1234,
                "source": "Nhật ký hệ thống",
            }
        ]
    },
    unknown=RAISE,
)
@blueprint.response(200, RecordedSchema)
@blueprint.doc(**KEY, parameters=[IDEMPOTENCY])
@declares(Action.COUNT)
def record(body: dict[str, Any]) -> Response:
    """Record how much ran, all or nothing; what was recorded otherwise before is
    corrected, and stays known.
    """

    def work(session: Session) -> StoredAnswer:
        desk = _desk(session)
        register = _register(desk)
        figures = _figures(register, body["figures"])
        answer = _counted(traffic.record(desk, register, figures))
        return StoredAnswer(answer, HTTPStatus.OK, None, "/chia-se/luu-thong")

    return once(_installation(), work)


@blueprint.route("/warehouse", methods=["POST"])
@blueprint.arguments(
    LoadsBody,
    example={
        "rows": [
            {
                "database": "CSDL-0001",
                "day": "2026-09-30",
                "integrated": "part",
                "records": 120000,
                "missing": "Hồ sơ trước năm 2015",
                "source": "Nhật ký tích hợp của kho",
            }
        ]
    },
    unknown=RAISE,
)
@blueprint.response(200, RecordedSchema)
@blueprint.doc(**KEY, parameters=[IDEMPOTENCY])
@declares(Action.COUNT)
def load(body: dict[str, Any]) -> Response:
    """Record what the shared warehouse holds, all or nothing; what was recorded
    otherwise before is corrected, and stays known.
    """

    def work(session: Session) -> StoredAnswer:
        desk = _desk(session)
        register = _register(desk)
        loads = _loads(register, body["rows"])
        answer = _counted(warehouse.record(desk, register, loads))
        return StoredAnswer(answer, HTTPStatus.OK, None, "/chia-se/kho")

    return once(_installation(), work)


def _counted(changes: Sequence[traffic.Change | warehouse.Change]) -> dict[str, int]:
    """Return how many figures were new, corrected, and there already."""
    others = [change for change in changes if not change.same]
    new = len([change for change in others if change.before is None])
    return {
        "new": new,
        "corrected": len(others) - new,
        "same": len(changes) - len(others),
    }


def _loads(register: Register, rows: list[dict[str, Any]]) -> list[Load]:
    """Return the rows that a request gives; InvalidError names each that is of no
    database, or is wrong.
    """
    loads, errors = [], []
    for place, row in enumerate(rows):
        database = _entry(register, DATABASE, row["database"])
        if database is None:
            message = f"Không có cơ sở dữ liệu “{row['database']}”"
            errors.append(FieldError(f"rows.{place}.database", "entry", message))
            continue
        said = {**row, "database": database.id}
        load = Load(**said, certainty=_AS_AGENCIES_SAY, illustrative=False)
        for wrong in warehouse.faults(database, load):
            where = f"rows.{place}.{wrong.field}"
            errors.append(FieldError(where, wrong.code, wrong.message))
        loads.append(load)
    if errors:
        raise InvalidError(f"Có {len(errors)} chỗ phải sửa", errors)
    return loads


def _entry(register: Register, kind: str, identifier: str) -> EntryView | None:
    try:
        return register.get(kind, identifier)
    except NotFoundError:
        return None


def _figures(register: Register, rows: list[dict[str, Any]]) -> list[Figure]:
    """Return the figures that a request gives; InvalidError names each that is of no
    connection or of no month.
    """
    figures, errors = [], []
    for place, row in enumerate(rows):
        month = traffic.month_of(row["month"])
        connection = _entry(register, CONNECTION, row["connection"])
        if month is None:
            message = "Tháng phải có thật và đã đến, dạng 2026-09"
            errors.append(FieldError(f"figures.{place}.month", "month", message))
        if connection is None:
            message = f"Không có kết nối “{row['connection']}”"
            errors.append(FieldError(f"figures.{place}.connection", "entry", message))
        if month is None or connection is None:
            continue
        channels = connection.content.get("channel", ())
        figures.append(
            Figure(
                connection=connection.id,
                channel=next(iter(channels), UNDETERMINED),
                flow=row["flow"],
                extent=row["extent"],
                counted_by=row["counted_by"],
                unit=row["unit"],
                value=row["value"],
                month=month,
                since=None,
                until_first=None,
                until_last=None,
                source=row["source"],
                certainty=_AS_AGENCIES_SAY,
                illustrative=False,
            )
        )
    if errors:
        raise InvalidError(f"Có {len(errors)} chỗ phải sửa", errors)
    return figures
