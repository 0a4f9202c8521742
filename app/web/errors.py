"""Errors as pages: what went wrong and what to do, in the reader's words; API paths get problems instead."""

import structlog
from flask import Flask, Response, make_response, render_template
from werkzeug.exceptions import HTTPException

from app.api import problems
from app.errors import DanhmucError

_log = structlog.get_logger()


def install(flask: Flask) -> None:
    """Handle every error at this edge; nothing below catches `Exception`."""
    flask.register_error_handler(DanhmucError, _known)
    flask.register_error_handler(HTTPException, _http)
    flask.register_error_handler(Exception, _unknown)


def _known(error: DanhmucError) -> Response:
    return _answer(problems.of_error(error))


def _http(error: HTTPException) -> Response:
    return _answer(problems.of_http(error))


def _unknown(error: Exception) -> Response:
    problem = problems.of_unknown(error)
    _log.error("unhandled", incident=problem.incident, status=problem.status.value, exc_info=error)
    return _answer(problem)


def _answer(problem: problems.Problem) -> Response:
    if problems.wanted():
        return problems.response(problem)
    return make_response(render_template("error.html", problem=problem), problem.status, problem.headers)
