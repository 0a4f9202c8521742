"""The feed to practise on, for whoever writes a harvester; and how a harvester would
see the register.
"""

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.testing import FlaskClient
from werkzeug.wrappers import Response as BaseResponse

from app.errors import MalformedError, NotFoundError
from app.permissions import Action, declares
from app.rdf.harvesting import rehearsal
from app.rdf.harvesting.rehearsal import Fetch, Page
from app.rdf.publishing import practice_feed
from app.rdf.writing.formats import FORMATS
from app.register import arguments
from app.web.http.current import installation
from app.web.http.negotiation import finish

blueprint = Blueprint("practice_feed", __name__)
_NAMES = {"page", "snapshot", "per_page", "lang"}  # of what may be asked
PAGES = 5  # of the feed that the page looks at; the command looks at all


@blueprint.get("/dien-tap")
@declares(None)
def scenes() -> Response:
    """Tell what the practice feed is and which scenes it has."""
    base = installation().settings.base_uri
    return Response(
        render_template(
            "machines/practice_feed.html",
            scenes=practice_feed.SCENES,
            base=base,
            last=len(practice_feed.SCENES),
        )
    )


@blueprint.get("/dien-tap/<int:scene>/catalog.<extension>", endpoint="before")
@blueprint.get("/dien-tap-moi/<int:scene>/catalog.<extension>", endpoint="after")
@declares(None)
def catalogue(scene: int, extension: str) -> BaseResponse:
    """Serve a page of a scene; a scene of the other address is led to there."""
    if not 1 <= scene <= len(practice_feed.SCENES) or extension not in FORMATS:
        raise NotFoundError(
            f"Diễn tập có cảnh 1 đến {len(practice_feed.SCENES)}, ở dạng "
            f"{', '.join(FORMATS)}"
        )
    moved = scene == len(practice_feed.SCENES)
    if moved != (request.endpoint == "practice_feed.after"):
        there = "practice_feed.after" if moved else "practice_feed.before"
        asked: dict[str, Any] = {
            name: request.args[name] for name in sorted(_NAMES) if name in request.args
        }
        return redirect(
            url_for(there, scene=scene, extension=extension, **asked), code=308
        )
    number = arguments.whole(request.args.get("page", "1"))
    if not number:
        raise MalformedError("page phải là số trang, từ 1")
    strange = request.args.keys() - _NAMES
    if strange:
        raise MalformedError(
            "Diễn tập chỉ nhận page, snapshot và per_page, không nhận "
            f"{', '.join(sorted(strange))}"
        )
    snapshot = arguments.number(request.args.get("snapshot"))
    size = arguments.page_size(request.args.get("per_page"), practice_feed.SIZE)
    body = practice_feed.page(
        installation().settings, scene, extension, number, snapshot, size
    )
    return finish(Response(body, content_type=FORMATS[extension].content_type), None)


def through(client: FlaskClient, base: str) -> Fetch:
    """Return what fetches from this very application, as a harvester would."""

    def fetch(path: str) -> Page:
        answer = client.get(
            path, base_url=base, headers={"User-Agent": "danhmuc: tu dien tap"}
        )
        return Page(
            path,
            answer.status_code,
            answer.headers.get("Content-Type", ""),
            answer.data,
        )

    return fetch


@blueprint.get("/van-hanh/dien-tap")
@declares(Action.OPERATE)
def rehearsed() -> Response:
    """Harvest the first pages of the feed as others do, and show what to mend."""
    fetch = through(current_app.test_client(), installation().settings.base_uri)
    report = rehearsal.rehearse(installation().profile, "ttl", fetch, most=PAGES)
    return Response(
        render_template("machines/rehearsal.html", report=report, most=PAGES)
    )
