"""Version 1 of the interface: entries, their versions, code lists. It only ever grows."""

from contextlib import AbstractContextManager
from datetime import UTC
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from flask import Flask, current_app, request
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields, validate
from werkzeug.wrappers import Response

from app import reading
from app.api import access, proposals
from app.errors import NotFoundError
from app.permissions import declares
from app.reading import Installation
from app.register.content import schema_class
from app.register.queries import EntryView, Register
from app.register.standing import State
from app.search import service as search
from catalog_schema.profile import Profile, Stage

MAX_PAGE = 100

blueprint = Blueprint("v1", __name__, url_prefix="/api/v1", description="Đọc danh mục")


class MomentArguments(Schema):
    """The two times of a read."""

    as_of = fields.Date(metadata={"description": "Ngày cần xem, mặc định hôm nay"})
    known_at = fields.Integer(
        validate=validate.Range(min=0), metadata={"description": "Số dòng nhật ký, mặc định dòng mới nhất"}
    )


class ListArguments(MomentArguments):
    """What a list of entries can be narrowed by."""

    q = fields.String(validate=validate.Length(max=200), metadata={"description": "Câu tìm, như ở trang tra cứu"})
    kind = fields.String(metadata={"description": "Loại đối tượng"})
    owner = fields.UUID(metadata={"description": "Cơ quan chủ quản (id)"})
    theme = fields.String(metadata={"description": "Mã lĩnh vực"})
    state = fields.Enum(State, by_value=True, metadata={"description": "Trạng thái vào ngày xem"})
    after = fields.String(metadata={"description": "Khóa trang, lấy từ `next` của trang trước"})
    limit = fields.Integer(validate=validate.Range(1, MAX_PAGE), load_default=20)


class EntrySchema(Schema):
    """An entry as it stands at a moment, cut to what the public may see."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    identifier = fields.String(required=True, attribute="local_id")
    iri = fields.Url(required=True, require_tld=False)
    title = fields.String(required=True)
    state = fields.Enum(State, by_value=True, required=True)
    illustrative = fields.Boolean(required=True)
    version = fields.Integer(required=True, attribute="number")
    valid_from = fields.Function(lambda view: _day(view.valid_from), metadata={"type": "string", "format": "date"})
    valid_to = fields.Function(lambda view: _day(view.valid_to), metadata={"type": "string", "format": "date"})
    issued = fields.Date(required=True, attribute="issued_on")
    modified = fields.AwareDateTime(required=True, attribute="recorded_at", default_timezone=UTC)
    content = fields.Dict(required=True)


class EntryPage(Schema):
    """A part of a list; `next` is the key of the following part, null at the end."""

    items = fields.List(fields.Nested(EntrySchema), required=True)
    total = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    facets = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.Integer()))
    as_of = fields.Date(required=True)
    known_at = fields.Integer(required=True)


class VersionSchema(Schema):
    """A version of an entry and the days for which it holds; `valid_to` is exclusive, null where open."""

    version = fields.Integer(required=True, attribute="number")
    title = fields.String(required=True)
    valid_from = fields.Function(lambda view: _day(view.valid_from), metadata={"type": "string", "format": "date"})
    valid_to = fields.Function(lambda view: _day(view.valid_to), metadata={"type": "string", "format": "date"})
    suspended = fields.Boolean(required=True)
    recorded = fields.AwareDateTime(required=True, attribute="recorded_at", default_timezone=UTC)


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
    return None if value.year in (1, 9999) else value.isoformat()


def installation() -> Installation:
    """Return the installation that this application serves."""
    found: Installation = current_app.extensions["danhmuc"]
    return found


def opened(arguments: dict[str, Any]) -> AbstractContextManager[Register]:
    """Open the register at the moment that a request asks about."""
    return reading.register(installation(), arguments.get("as_of"), arguments.get("known_at"))


@blueprint.route("/entries", methods=["GET"])
@blueprint.arguments(ListArguments, location="query", unknown=RAISE)
@blueprint.response(200, EntryPage)
@declares(None)
def entries(arguments: dict[str, Any]) -> dict[str, Any]:
    """List entries, by text best first, else in Vietnamese order of titles; pages by key."""
    names = ("kind", "owner", "theme", "state")
    given = {name: [str(arguments[name])] for name in names if name in arguments}
    with opened(arguments) as register:
        wanted = reading.filters(register.profile, given, names)
        found = search.search(
            register,
            installation().index,
            arguments.get("q", ""),
            wanted,
            after=arguments.get("after"),
            limit=arguments["limit"],
        )
    facets = {name: dict(counts) for name, counts in found.facets.items()}
    page = {"items": found.items, "total": found.total, "next": found.after, "facets": facets}
    return page | vars(register.at)


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


def describe(flask: Flask, profile: Profile) -> APISpec:
    """Register the routes and return their description; it depends on the profile and on nothing installed."""
    from app.api import changes, codes, harvest  # noqa: PLC0415 - their schemas grow out of those above

    flask.config |= {
        "API_TITLE": "Danh mục cơ sở dữ liệu dùng chung",
        "API_VERSION": "1.0.0",
        "OPENAPI_VERSION": "3.1.0",
        "ETAG_DISABLED": True,
    }
    api = Api(flask)
    for kind in profile.kinds:
        schema = schema_class(kind, Stage.ENTER, profile.base)
        api.spec.components.schema(schema.__name__, schema=schema)
    api.register_blueprint(blueprint)
    api.register_blueprint(codes.blueprint)
    api.register_blueprint(changes.blueprint)
    api.register_blueprint(harvest.blueprint)
    api.register_blueprint(proposals.blueprint)
    found: APISpec = api.spec
    found.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    return found


def install(flask: Flask, installation: Installation) -> None:
    """Put the routes, their description and their validators into the application."""
    flask.extensions["danhmuc"] = installation
    access.install(flask)
    spec = describe(flask, installation.profile)
    flask.extensions["danhmuc-openapi"] = spec

    @flask.get("/api/openapi.json")
    @declares(None)
    def openapi() -> Any:
        """Serve the description of the interface."""
        return flask.json.response(spec.to_dict())

    @flask.after_request
    def _validators(response: Response) -> Response:
        if not request.path.startswith("/api/"):
            return response
        private = "Authorization" in request.headers
        response.vary.add("Authorization")
        response.headers["Cache-Control"] = "no-store" if private else "no-cache"
        if request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK:
            response.add_etag()
            response.make_conditional(request)
        return response
