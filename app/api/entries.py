"""Entries, their versions, code lists: version 1 of the interface only ever grows."""

from datetime import UTC
from typing import Any

from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from app.api.arguments import MAX_PAGE, MomentArguments, installation, opened
from app.clock import OPEN_END, OPEN_START
from app.errors import NotFoundError
from app.permissions import declares
from app.register.conditions import Condition
from app.register.filters import SCOPE, WITHIN
from app.register.queries import EntryView
from app.register.standing import State
from app.search import service as search

blueprint = Blueprint("v1", __name__, url_prefix="/api/v1", description="Đọc danh mục")


_DAY = {"type": ["string", "null"], "format": "date"}  # null where it is open


class EntryListArguments(MomentArguments):
    """What a list of entries can be narrowed by."""

    q = fields.String(
        validate=validate.Length(max=200),
        metadata={"description": "Câu tìm, như ở trang tra cứu"},
    )
    kind = fields.String(metadata={"description": "Loại đối tượng"})
    owner = fields.UUID(metadata={"description": "Cơ quan chủ quản (id)"})
    theme = fields.String(metadata={"description": "Mã lĩnh vực"})
    state = fields.Enum(
        State, by_value=True, metadata={"description": "Trạng thái vào ngày xem"}
    )
    scope = fields.String(
        validate=validate.OneOf([WITHIN, search.EVERYWHERE]),
        load_default=search.EVERYWHERE,
        metadata={
            "description": f"“{WITHIN}”: bỏ mục tham chiếu của tỉnh khác, "
            "như trang tra cứu (lọc theo owner thì đã rõ là của ai); mặc định là tất cả"
        },
    )
    exact = fields.Boolean(
        load_default=False,
        metadata={"description": "Chỉ tìm đúng các từ đã gõ"},
    )
    after = fields.String(
        metadata={"description": "Khóa trang, lấy từ `next` của trang trước"}
    )
    limit = fields.Integer(validate=validate.Range(1, MAX_PAGE), load_default=20)


class EntrySchema(Schema):
    """An entry as it stands at a moment, cut to what the public may see."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    identifier = fields.String(required=True, attribute="local_id")
    iri = fields.Url(required=True, require_tld=False)
    title = fields.String(required=True)
    state = fields.Enum(
        State,
        by_value=True,
        required=True,
        metadata={"description": "Mục trong danh mục đứng thế nào vào ngày xem"},
    )
    condition = fields.Enum(
        Condition,
        by_value=True,
        required=True,
        attribute="thing.condition",
        metadata={
            "description": "Chính đối tượng đứng thế nào vào ngày xem: văn bản hết "
            "hiệu lực, mã đã đóng, cơ quan đã giải thể"
        },
    )
    condition_since = fields.Date(
        required=True,
        allow_none=True,
        attribute="thing.since",
        metadata={"description": "Từ ngày nào, nếu biết"},
    )
    succeeded_by = fields.List(
        fields.UUID(),
        required=True,
        attribute="thing.successors",
        metadata={"description": "Những mục thay thế (id)"},
    )
    illustrative = fields.Boolean(required=True)
    version = fields.Integer(required=True, attribute="number")
    valid_from = fields.Function(
        lambda view: _day(view.valid_from),
        metadata=_DAY,
    )
    valid_to = fields.Function(lambda view: _day(view.valid_to), metadata=_DAY)
    issued = fields.Date(required=True, attribute="issued_on")
    modified = fields.AwareDateTime(
        required=True, attribute="recorded_at", default_timezone=UTC
    )
    content = fields.Dict(required=True)


class EntryPage(Schema):
    """A part of a list; `next` is the key of the following part, null at the end;
    `meant` the words by which something was found where nothing has those that were
    asked, null else; `near` whether these are only the nearest.
    """

    items = fields.List(fields.Nested(EntrySchema), required=True)
    total = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    meant = fields.String(required=True, allow_none=True)
    near = fields.Boolean(required=True)
    facets = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer()),
    )
    as_of = fields.Date(required=True)
    known_at = fields.Integer(required=True)


class VersionSchema(Schema):
    """A version of an entry and the days for which it holds; `valid_to` is exclusive,
    null where open.
    """

    version = fields.Integer(required=True, attribute="number")
    title = fields.String(required=True)
    valid_from = fields.Function(
        lambda view: _day(view.valid_from),
        metadata=_DAY,
    )
    valid_to = fields.Function(lambda view: _day(view.valid_to), metadata=_DAY)
    suspended = fields.Boolean(required=True)
    recorded = fields.AwareDateTime(
        required=True, attribute="recorded_at", default_timezone=UTC
    )


class ConceptSchema(Schema):
    """A value of a code list."""

    code = fields.String(required=True)
    iri = fields.String(required=True)
    labels = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)


class SchemeSummary(Schema):
    """A code list without its values."""

    name = fields.String(required=True)
    iri = fields.String(required=True)
    labels = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SchemeSchema(SchemeSummary):
    """A code list with its values."""

    concepts = fields.List(fields.Nested(ConceptSchema))


def _day(value: Any) -> str | None:
    return None if value in (OPEN_START, OPEN_END) else value.isoformat()


@blueprint.route("/entries", methods=["GET"])
@blueprint.arguments(EntryListArguments, location="query", unknown=RAISE)
@blueprint.response(200, EntryPage)
@declares(None)
def entries(arguments: dict[str, Any]) -> dict[str, Any]:
    """List entries, by text best first, else in Vietnamese order of titles; pages by
    key.
    """
    asked = {
        name: [str(arguments[name])]
        for name in ("kind", "owner", "theme", "state", SCOPE)
        if name in arguments
    }
    with opened(arguments) as register:
        criteria = search.filters(register.profile, asked)
        hits = search.search(
            register,
            installation().index,
            arguments.get("q", ""),
            criteria,
            after=arguments.get("after"),
            limit=arguments["limit"],
            exact=arguments["exact"],
        )
    facets = {name: dict(counts) for name, counts in hits.facets.items()}
    return {
        "items": hits.items,
        "total": hits.total,
        "next": hits.after,
        "meant": hits.meant,
        "near": hits.near,
        "facets": facets,
        "as_of": register.at.as_of,
        "known_at": register.at.known_at,
    }


@blueprint.route("/entries/<kind>/<identifier>", methods=["GET"])
@blueprint.arguments(MomentArguments, location="query", unknown=RAISE)
@blueprint.response(200, EntrySchema)
@declares(None)
def entry(arguments: dict[str, Any], kind: str, identifier: str) -> EntryView:
    """Return one entry as it stands at a moment."""
    with opened(arguments) as register:
        return register.get(kind, identifier)


@blueprint.route("/entries/<kind>/<identifier>/versions", methods=["GET"])
@blueprint.arguments(MomentArguments, location="query", unknown=RAISE)
@blueprint.response(200, VersionSchema(many=True))
@declares(None)
def versions(arguments: dict[str, Any], kind: str, identifier: str) -> list[Any]:
    """Return every version of an entry with its days, newest first."""
    with opened(arguments) as register:
        return list(register.versions(register.get(kind, identifier).id))


@blueprint.route("/code-lists", methods=["GET"])
@blueprint.response(200, SchemeSummary(many=True))
@declares(None)
def code_lists() -> list[Any]:
    """List the code lists."""
    schemes = installation().profile.lists.schemes
    return [schemes[name] for name in sorted(schemes)]


@blueprint.route("/code-lists/<name>", methods=["GET"])
@blueprint.response(200, SchemeSchema)
@declares(None)
def code_list(name: str) -> dict[str, Any]:
    """Return one code list with its values."""
    scheme = installation().profile.lists.schemes.get(name)
    if scheme is None:
        raise NotFoundError(f"Không có bảng mã “{name}”")
    return {**vars(scheme), "concepts": list(scheme.concepts.values())}
