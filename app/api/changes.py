"""What changed between two days, for programs that keep a copy of their own."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields

from app.api.arguments import MomentArguments, opened
from app.api.codes import CodeNamedSchema
from app.permissions import declares
from app.register import changes
from app.register.changes import Changed, ChangeType

blueprint = Blueprint(
    "changes", __name__, url_prefix="/api/v1", description="Thay đổi giữa hai ngày"
)


class ChangesArguments(MomentArguments):
    """The two days (`as_of` is the later one), and what is asked about."""

    since = fields.Date(
        required=True,
        metadata={"description": "Ngày đầu; `as_of` là ngày sau, mặc định hôm nay"},
    )
    kind = fields.String(metadata={"description": "Loại đối tượng"})
    agency = fields.UUID(
        metadata={"description": "Cơ quan (id): chỉ những gì là của cơ quan này"}
    )


class ChangedSchema(Schema):
    """An entry that stands otherwise on the later day, and which fields differ."""

    what = fields.Enum(ChangeType, by_value=True, required=True)
    entry = fields.Nested(CodeNamedSchema, required=True, attribute="after")
    fields_ = fields.List(
        fields.String(), required=True, attribute="fields", data_key="fields"
    )


@blueprint.route("/changes", methods=["GET"])
@blueprint.arguments(ChangesArguments, location="query", unknown=RAISE)
@blueprint.response(200, ChangedSchema(many=True))
@declares(None)
def listed(arguments: dict[str, Any]) -> list[Changed]:
    """Return what changed from the first day to the later one, by kind and title."""
    kinds = (arguments["kind"],) if "kind" in arguments else ()
    with opened(arguments) as register:
        return changes.between(
            register, arguments["since"], kinds, arguments.get("agency")
        )
