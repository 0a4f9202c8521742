"""Errors as pages: what went wrong and what to do, in the reader's words.

API paths, and whoever takes no page, get problems instead.
"""

import structlog
from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from app.api import problems
from app.errors import DanhmucError, SecondFactorError
from app.register import arguments
from app.web.http import guard

_log = structlog.get_logger()
# the days that pages ask for in their addresses: as of; from and to
_DAYS = ("as_of", "tu", "den")


def install(flask: Flask) -> None:
    """Handle every error at this edge; nothing below catches `Exception`."""
    flask.register_error_handler(DanhmucError, _known)
    flask.register_error_handler(HTTPException, _http)
    flask.register_error_handler(Exception, _unknown)


def _known(error: DanhmucError) -> Response:
    if isinstance(error, SecondFactorError) and not problems.wanted():
        return _ask_to_sign(error)
    return _answer(problems.of_error(error))


def _ask_to_sign(error: SecondFactorError) -> Response:
    """Ask for the second factor, with everything that was typed carried along, and then
    go on with the same act.
    """
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {guard.CODE, "csrf_token"}
    ]
    wrong, target = bool(request.form.get(guard.CODE)), request.full_path.rstrip("?")
    sent = [
        (name, file.filename)
        for name, file in request.files.items(multi=True)
        if file.filename
    ]
    page = render_template(
        "people/sign.html",
        error=error if wrong else None,
        typed=typed,
        sent=sent,
        target=target,
    )
    return make_response(page, problems.of_error(error).status)


def _http(error: HTTPException) -> Response:
    # another host than ours was asked for: there is no page to make links on
    if isinstance(error, SecurityError):
        return Response(
            "Máy chủ này không phục vụ địa chỉ được hỏi.",
            error.code,
            content_type="text/plain",
        )
    return _answer(problems.of_http(error))


def _unknown(error: Exception) -> Response:
    problem = problems.of_unknown(error)
    _log.error(
        "unhandled",
        incident=problem.incident,
        status=problem.status.value,
        exc_info=error,
    )
    return _answer(problem)


def _answer(problem: problems.Problem) -> Response:
    if problems.wanted():
        answer = problems.response(problem)
    else:
        answer = make_response(
            render_template(
                "layout/error.html", problem=problem, wrong_days=_wrong_days()
            ),
            problem.status,
            problem.headers,
        )
    answer.vary.add("Accept")
    return answer


def _wrong_days() -> frozenset[str]:
    """Return which days of the address are none, so that they are mended where they
    were typed.
    """
    if request.method != "GET" or request.url_rule is None:
        return frozenset()
    return frozenset(
        name for name in _DAYS if not arguments.is_day(request.args.get(name))
    )
