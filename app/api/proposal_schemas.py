"""How proposals look over the interface: what is sent, what is answered."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import ProposalType, Severity
from catalog_schema.profile import Stage

MAX_PAGE = 100


class Code(fields.Enum):  # type: ignore[type-arg]
    """A value of a closed set that the database keeps as text."""

    def _serialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002
        obj: Any,  # noqa: ARG002
        **_: Any,
    ) -> str | None:
        return None if value is None else str(value)


class ProposalSummary(Schema):
    """A proposal in a list."""

    number = fields.Integer(required=True)
    type = Code(ProposalType, by_value=True, required=True)
    kind = fields.String(required=True)
    status = Code(Status, by_value=True, required=True)
    round = fields.Integer(required=True, metadata={"description": "Lượt gửi, từ 1"})
    agency_id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    submitted_at = fields.AwareDateTime(allow_none=True)
    changed_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(
        allow_none=True,
        metadata={"description": "Hạn của bước hiện tại; null là không quy định"},
    )


class ProposalSchema(ProposalSummary):
    """A proposal with its proposed content; its ETag is what If-Match must name."""

    content = fields.Dict(required=True)
    content_hash = fields.String(
        required=True, metadata={"description": "SHA-256; phê duyệt phải nêu mã này"}
    )
    base_version_id = fields.UUID(allow_none=True)
    effective_from = fields.Date(allow_none=True)
    effective_to = fields.Date(allow_none=True)
    reason = fields.String(allow_none=True)


class ProposalPage(Schema):
    """A part of a list; `next` is the key of the following part, null at the end."""

    items = fields.List(fields.Nested(ProposalSummary), required=True)
    total = fields.Integer(required=True)
    next = fields.Integer(required=True, allow_none=True)


class ProposalListArguments(Schema):
    """What a list of proposals can be narrowed by."""

    status = fields.List(
        fields.Enum(Status, by_value=True), validate=validate.Length(max=10)
    )
    kind = fields.String(validate=validate.Length(max=40))
    agency = fields.UUID(metadata={"description": "Cơ quan lập phiếu (id)"})
    after = fields.Integer(validate=validate.Range(0, 2**31 - 1))
    limit = fields.Integer(validate=validate.Range(1, MAX_PAGE), load_default=50)


class NewProposal(Schema):
    """What a proposal asks for; amending and the like name the entry by its
    identifier.
    """

    kind = fields.String(required=True, validate=validate.Length(max=40))
    type = fields.Enum(ProposalType, by_value=True, load_default=ProposalType.REGISTER)
    entry = fields.String(
        validate=validate.Length(max=60),
        metadata={"description": "Mã của mục, ví dụ CSDL-0007"},
    )
    content = fields.Dict(keys=fields.String(), load_default=dict)
    effective_from = fields.Date()
    effective_to = fields.Date()


class ContentBody(Schema):
    """The content, whole: what is not in it is taken off."""

    content = fields.Dict(keys=fields.String(), required=True)


class RemarkSchema(Schema):
    """What a reviewer says about one field."""

    field = fields.String(required=True, validate=validate.Length(max=120))
    message = fields.String(required=True)
    severity = fields.Enum(Severity, by_value=True, load_default=Severity.ERROR)


class AnswerSchema(Schema):
    """An answer in the thread of a finding."""

    finding = fields.UUID(required=True)
    message = fields.String(load_default="")
    mended = fields.Boolean(load_default=False)


class DeedBody(Schema):
    """What comes with an action; each takes what it needs of this."""

    reason = fields.String(allow_none=True)
    remarks = fields.List(
        fields.Nested(RemarkSchema),
        validate=validate.Length(max=200),
        load_default=list,
    )
    answers = fields.List(
        fields.Nested(AnswerSchema),
        validate=validate.Length(max=200),
        load_default=list,
    )
    resolve = fields.List(
        fields.UUID(), validate=validate.Length(max=200), load_default=list
    )
    seen_hash = fields.String(
        allow_none=True, metadata={"description": "Mã băm của nội dung đã xem"}
    )
    content = fields.Dict(
        keys=fields.String(), metadata={"description": "Nội dung đã hợp nhất (rebase)"}
    )
    base = fields.UUID(metadata={"description": "Phiên bản đã hợp nhất với (rebase)"})
    assignee = fields.UUID(
        metadata={"description": "Vị trí thẩm định được phân công (assign)"}
    )


class ReplySchema(Schema):
    """An answer as it stands in a thread."""

    post = fields.String(required=True)
    message = fields.String(required=True)
    mended = fields.Boolean(required=True)
    at = fields.AwareDateTime(required=True)


class FindingSchema(Schema):
    """What a reviewer (`post`) or a machine check (`rule`) said about a field, with its
    thread.
    """

    id = fields.UUID(required=True)
    field = fields.String(required=True)
    severity = Code(Severity, by_value=True, required=True)
    message = fields.String(required=True)
    rule = fields.String(allow_none=True)
    round = fields.Integer(required=True)
    post = fields.String(allow_none=True)
    raised_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(allow_none=True)
    replies = fields.List(fields.Nested(ReplySchema), required=True)


class ProblemSchema(Schema):
    """What the profile and the wider rules say of the present content."""

    field = fields.String(required=True)
    rule = fields.String(required=True)
    severity = Code(Severity, by_value=True, required=True)
    message = fields.String(required=True)


class ChangeSchema(Schema):
    """A field that differs; rows of groups are marked one by one in `rows`."""

    field = fields.String(required=True, attribute="name")
    mark = fields.String(required=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)
    rows = fields.Function(
        lambda change: [
            {"key": row.key, "mark": row.mark, "moved": row.moved}
            for row in change.items
        ],
        metadata={"type": "array", "items": {"type": "object"}},
    )


class EventSchema(Schema):
    """What happened to a proposal: a journal row."""

    seq = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    post_id = fields.UUID(allow_none=True)
    hash = fields.String(allow_none=True)


class MeSchema(Schema):
    """Whose key this is."""

    role = fields.String(required=True)
    post_id = fields.UUID(required=True)
    agency_id = fields.UUID(required=True)
    scopes = fields.List(fields.String(), required=True)


class StageArguments(Schema):
    """For which stage to check."""

    stage = fields.Enum(Stage, by_value=True, load_default=Stage.ENTER)


class DiffArguments(Schema):
    """What to compare the present content with."""

    against = fields.String(
        validate=validate.OneOf(["base", "sent"]),
        load_default="base",
        metadata={"description": "base: phiên bản đang có; sent: lần gửi trước"},
    )


class SeenBody(Schema):
    """The number of the version that was looked at."""

    version = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))
