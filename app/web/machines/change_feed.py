"""The change feed at `/changes`: Activity Streams 2.0 as JSON-LD, in pages or after a
journal row.
"""

import json
from math import ceil
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from app.errors import MalformedError, NotFoundError
from app.permissions import declares
from app.rdf.publishing import activities
from app.rdf.publishing.activities import ActivityWindow
from app.register import arguments
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from app.web.machines.feed_requests import everything, receive, require_one

blueprint = Blueprint("change_feed", __name__)
blueprint.after_request(receive)


@blueprint.get("/changes")
@declares(None)
def changes() -> BaseResponse:
    """Serve the collection, one of its pages, or what came after a row."""
    given, every = request.args, everything(request.args)
    require_one(given, "after", "page")
    base, query = installation().settings.base_uri, "records=all" if every else ""
    with opened() as register:
        if "after" in given:
            after = arguments.whole(given["after"])
            if after is None or after > register.at.known_at:
                raise MalformedError(
                    "after phải là số của một dòng nhật ký đã có, từ 0"
                )
            items, last = activities.page(register, ActivityWindow(every, after=after))
            return _answer(activities.following(base, after, last, items, query))
        total = activities.count(register, everything=every)
        if "page" not in given:
            return _answer(activities.collection(base, total, query))
        number = _number(given["page"], total)
        if number * activities.SIZE < total:
            items = activities.kept(
                register, installation().settings, number, everything=every
            )
        else:
            items, _ = activities.page(
                register, ActivityWindow(every, start=(number - 1) * activities.SIZE)
            )
        return _answer(activities.document(base, number, total, items, query))


def _number(text: str, total: int) -> int:
    number = arguments.whole(text)
    if not number:
        raise MalformedError("page phải là số trang, từ 1")
    if number > max(1, ceil(total / activities.SIZE)):
        raise NotFoundError(f"Dòng thay đổi không có trang {number}")
    return number


@blueprint.get("/changes/<int:row>")
@declares(None)
def change(row: int) -> BaseResponse:
    """Serve one activity, as it was and will be."""
    with opened() as register:
        found = activities.one(register, row) if row <= register.at.known_at else None
    if found is None:
        raise NotFoundError(f"Dòng nhật ký {row} không phải một thay đổi được công bố")
    return _answer({"@context": activities.CONTEXT, **found})


def _answer(body: dict[str, Any]) -> BaseResponse:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return finish(Response(text, content_type="application/ld+json"), None)
