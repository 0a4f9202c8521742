"""The figures that `/metrics` shows, on the machine itself."""

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from app.permissions import declares
from app.web.http.request_log import Figures

blueprint = Blueprint("metrics", __name__)
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


@blueprint.get("/metrics")
@declares(None)
def metrics() -> Response:
    """Give the figures to whoever asks on the machine itself; absent for everybody
    else.
    """
    if request.remote_addr not in _LOOPBACK:
        abort(404)
    figures: Figures = current_app.extensions["danhmuc-figures"]
    answer = Response(figures.text(), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer
