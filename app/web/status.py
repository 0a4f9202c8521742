"""For whatever watches the service: does the process live, is the register ready."""

from flask import Blueprint, Response, jsonify

from app import health
from app.permissions import declares
from app.web.linked_data import installation

blueprint = Blueprint("status", __name__)


@blueprint.get("/healthz")
@declares(None)
def alive() -> Response:
    """Answer as long as the process does."""
    return _fresh(jsonify({"status": "ok"}))


@blueprint.get("/readyz")
@declares(None)
def ready() -> Response:
    """Tell whether people can work: 503 with the questions that have no good answer; which answer, the log says."""
    found = health.problems(installation())
    answer = _fresh(jsonify({"status": "unavailable" if found else "ok", "problems": sorted(found)}))
    answer.status_code = 503 if found else 200
    return answer


def _fresh(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
