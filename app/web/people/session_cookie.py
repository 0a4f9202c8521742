"""The cookie of a session: set when one begins or changes, never read by scripts."""

from typing import Any

from flask import current_app, redirect, session
from werkzeug.wrappers import Response as BaseResponse

from app.web.http.current import installation


def begun(secret: str, wanted: str) -> BaseResponse:
    """Go on to a page with a new session; a form that was open when the last one ended
    can still be sent.
    """
    forms = session.get("csrf_token")
    session.clear()
    if forms:
        session["csrf_token"] = forms
    return keep(redirect(wanted), secret)


def keep(answer: BaseResponse, secret: str) -> BaseResponse:
    """Have the browser keep the session's secret from now on."""
    hours = installation().settings.session_hours
    answer.set_cookie(value=secret, max_age=hours * 3600, **cookie_settings())
    return answer


def cookie_settings() -> dict[str, Any]:
    """Return the name and the limits of the cookie, as the settings have them."""
    found: dict[str, Any] = current_app.config["DANHMUC_COOKIE"]
    return found
