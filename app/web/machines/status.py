"""For whatever watches the service: does the process live, is the register ready."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify

from app import clock
from app.errors import NotFoundError
from app.operations import health
from app.permissions import declares
from app.web.http.current import installation

blueprint = Blueprint("status", __name__)


@blueprint.get("/healthz")
@declares(None)
def alive() -> Response:
    """Answer as long as the process does."""
    return _fresh(jsonify({"status": "ok"}))


@blueprint.get("/readyz")
@declares(None)
def ready() -> Response:
    """Tell whether people can work: 503 with the questions that have no good answer;
    which answer, the log says. `incomplete`: what keeps nobody from working.
    """
    found = health.problems(installation())
    answer = _fresh(
        jsonify(
            {
                "status": "unavailable" if found else "ok",
                "problems": sorted(found),
                "incomplete": sorted(health.incomplete(installation())),
            }
        )
    )
    answer.status_code = 503 if found else 200
    return answer


@blueprint.get("/.well-known/security.txt")
@declares(None)
def security() -> Response:
    """Tell where weaknesses are reported (RFC 9116); absent where no address is
    configured.
    """
    settings = installation().settings
    if settings.contact is None:
        raise NotFoundError("Chưa có địa chỉ nhận báo lỗi")
    until = clock.now() + timedelta(days=180)
    lines = [
        f"Contact: mailto:{settings.contact}",
        f"Expires: {until:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: vi, en",
        f"Canonical: {settings.base_uri}/.well-known/security.txt",
    ]
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


def _fresh(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
