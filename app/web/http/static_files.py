"""Style sheets, scripts, fonts and marks."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from app.permissions import declares

blueprint = Blueprint("static_files", __name__)

STATIC = Path(__file__).parents[1] / "static"


@blueprint.get("/static/<path:name>", endpoint="static")
@declares(None)
def static_file(name: str) -> Response:
    """Serve a style sheet, script, font or mark; cached for a day."""
    answer = send_from_directory(STATIC, name, max_age=86400)
    answer.direct_passthrough = False
    answer.get_data()  # whole, so that it can be compressed; no file here is large
    return answer
