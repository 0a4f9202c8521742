"""Vietnamese by default, English with `?lang=en`, carried along by every link; no
cookie, so pages can be cached.
"""

from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_babel import Babel

from app.register import arguments

LANGUAGES = ("vi", "en")
_KEPT = ("lang", "as_of", "known_at")
# pages that show a day
_DATED = (
    "home.",
    "agencies.",
    "standards.",
    "downloads.",
    "entry.",
)


def install(flask: Flask) -> None:
    """Choose the language of each request and have links keep it, with the moment that
    is being looked at.
    """
    flask.config["BABEL_TRANSLATION_DIRECTORIES"] = str(
        Path(__file__).parents[1] / "translations"
    )
    flask.config["BABEL_DEFAULT_LOCALE"] = "vi"
    Babel(flask, locale_selector=current)

    @flask.before_request
    def _keep() -> None:
        g.kept = {name: request.args[name] for name in _KEPT if request.args.get(name)}
        if g.kept.get("lang") not in LANGUAGES[1:]:
            g.kept.pop("lang", None)
        if not arguments.is_day(g.kept.get("as_of")):
            del g.kept["as_of"]  # what is no day stays on its page

    @flask.url_defaults
    def _carry(endpoint: str, values: dict[str, Any]) -> None:
        public = endpoint.startswith(_DATED)
        if endpoint == "static_files.static" or endpoint.startswith("v1."):
            return
        for name, value in g.get("kept", {}).items():
            if public or name == "lang":  # what is proposed and done is always of today
                values.setdefault(name, value)


def current() -> str:
    """Return the language of this request."""
    return "en" if request.args.get("lang") == "en" else "vi"
