"""Codes for programs that route documents by them: one, or a whole column at once."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from app.api.arguments import MomentArguments, opened
from app.permissions import declares
from app.register import codes
from app.register.codes import CodeStatus, Resolution
from app.register.standing import State

MOST = 1_000  # codes of one request
LONGEST = 200  # characters of what may be a code

blueprint = Blueprint(
    "codes", __name__, url_prefix="/api/v1", description="Tra mã định danh"
)


class CodeNamedSchema(Schema):
    """An entry that a code leads to."""

    kind = fields.String(required=True)
    identifier = fields.String(required=True, attribute="local_id")
    iri = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.Enum(State, by_value=True, required=True)
    illustrative = fields.Boolean(required=True)


class CodeHitSchema(Schema):
    """One thing that a code names; `successors` are what lives on in the place of what
    is closed.
    """

    entry = fields.Nested(CodeNamedSchema, required=True)
    standing = fields.Enum(CodeStatus, by_value=True, required=True)
    holder = fields.Nested(CodeNamedSchema, required=True, allow_none=True)
    successors = fields.List(fields.Nested(CodeNamedSchema), required=True)


class CodeAnswerSchema(Schema):
    """What a text leads to. Several hits: the code names more than one thing on that
    day.
    """

    asked = fields.String(required=True)
    read_as = fields.String(required=True)
    standing = fields.Enum(CodeStatus, by_value=True, required=True)
    suggested = fields.Boolean(
        required=True,
        metadata={
            "description": "Mã dạng cũ được suy ra theo cấu trúc, chưa chắc đúng"
        },
    )
    hits = fields.List(fields.Nested(CodeHitSchema), required=True)


class ManyArguments(MomentArguments):
    """A column of codes."""

    codes = fields.List(
        fields.String(validate=validate.Length(max=LONGEST)),
        required=True,
        validate=validate.Length(1, MOST),
    )


@blueprint.route("/codes/<path:text>", methods=["GET"])
@blueprint.arguments(MomentArguments, location="query", unknown=RAISE)
@blueprint.response(200, CodeAnswerSchema)
@declares(None)
def one(arguments: dict[str, Any], text: str) -> Resolution:
    """Return what a code, in any spelling, leads to; `standing` is `unknown` where the
    register has nothing of it.
    """
    with opened(arguments) as register:
        return codes.resolve(register, [text])[0]


@blueprint.route("/codes", methods=["POST"])
@blueprint.arguments(ManyArguments, unknown=RAISE)
@blueprint.response(200, CodeAnswerSchema(many=True))
@declares(None)
def many(arguments: dict[str, Any]) -> list[Resolution]:
    """Return what each code of a column leads to, in the same order."""
    with opened(arguments) as register:
        return codes.resolve(register, arguments["codes"])
