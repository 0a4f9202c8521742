"""The catalogue in pages for state agencies: what the public feed holds, and what is
for agencies only, with a key.
"""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from app.api.access import bearer
from app.api.arguments import installation
from app.config import LARGEST_PAGE
from app.operations.installation import open_register
from app.permissions import Action, Audience, declares
from app.rdf.publishing import feed, receipts
from app.rdf.writing.formats import FORMATS
from catalog_schema.profile import Visibility

blueprint = Blueprint(
    "harvest",
    __name__,
    url_prefix="/api/v1",
    description="Thu hoạch dành cho cơ quan nhà nước",
)
# the same for every key, whatever its agency owns
AGENCIES = Audience(Visibility.STATE)
ANSWERS: dict[str, dict[str, object]] = {
    known.content_type: {} for known in FORMATS.values()
}


class PageArguments(Schema):
    """Which page, of which state of the register."""

    page = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1),
        metadata={"description": "Số trang, từ 1"},
    )
    snapshot = fields.Integer(
        load_default=None,
        metadata={"description": "Dòng nhật ký; có sẵn trong địa chỉ trang sau"},
    )
    per_page = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1, max=LARGEST_PAGE),
        metadata={
            "description": "Số cơ sở dữ liệu trên trang; có sẵn trong địa chỉ trang sau"
        },
    )
    records = fields.String(
        load_default="own",
        validate=validate.OneOf(["own", "all"]),
        metadata={"description": "own: bản ghi gốc; all: cả bản ghi tham chiếu"},
    )


@blueprint.route(f"/catalog.<any({', '.join(FORMATS)}):extension>", methods=["GET"])
@blueprint.arguments(PageArguments, location="query", unknown=RAISE)
@blueprint.response(200, content_type="text/turtle")
@blueprint.doc(responses={200: {"content": ANSWERS}})
@declares(Action.READ)
def catalogue(arguments: dict[str, Any], extension: str) -> Response:
    """Serve a page of the catalogue with the fields that are for state agencies; follow
    `hydra:next`.
    """
    system, who = installation(), bearer()
    with open_register(system, None, arguments["snapshot"], AGENCIES) as register:
        shown = feed.snapshot(register, arguments["snapshot"])
    page = feed.PageRequest(
        extension,
        number=arguments["page"],
        day=None,
        everything=arguments["records"] == "all",
        size=arguments["per_page"] or system.settings.feed_page_size,
        path="api/v1/catalog",
    )
    # the page is read on the day of its snapshot
    with open_register(system, shown.as_of, shown.known_at, AGENCIES) as register:
        body = feed.page(register, system.settings, page)
    path = request.full_path.rstrip("?")
    receipts.note(
        system.settings.data_dir,
        receipts.receipt(
            f"khóa {who.prefix}: {who.name}", "/api/v1/catalog", path, 200, len(body)
        ),
    )
    return Response(body, content_type=FORMATS[extension].content_type)
