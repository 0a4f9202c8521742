"""Where machines find everything."""

from flask import Blueprint, Response, render_template

from app.permissions import declares
from app.rdf.writing.formats import FORMATS
from app.web.http.current import installation
from app.web.http.negotiation import finish

blueprint = Blueprint("downloads", __name__)


@blueprint.get("/tai-ve")
@declares(None)
def downloads() -> Response:
    """Tell machines where everything is."""
    page = render_template(
        "public/downloads.html",
        formats=FORMATS.values(),
        base=installation().settings.base_uri,
    )
    return finish(Response(page), None)
