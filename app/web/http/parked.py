"""What somebody sent when their session had ended: it waits, sealed, on the page on
which they log in, and is done once the same person has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.accounts import sessions
from app.errors import UnauthenticatedError
from app.operations.installation import Installation

FIELD = "parked"
MOST_CHARS = 1_000_000  # of what was typed
HOURS = 12  # for which it may be done
# what is good for one page, or once
_LEFT_OUT = frozenset({"csrf_token", "one_time_code", FIELD})
_TOLD = (
    "Phiên làm việc đã hết. Đăng nhập lại ở thẻ khác rồi bấm lưu lần nữa: những gì đã "
    "gõ vẫn còn trên trang"
)


@dataclass(frozen=True)
class Parked:
    """Where something was sent, what was typed, and by whom."""

    path: str
    typed: Sequence[tuple[str, str]]
    person_id: UUID


def ask() -> Response:
    """Show the log-in with what was sent on it; UnauthenticatedError where nobody knows
    whose it was, where it was not sent from a page of ours, or where files came along,
    which a page cannot hold.
    """
    person_id = _whose() if _ours() else None
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in _LEFT_OUT
    ]
    size = sum(len(name) + len(value) for name, value in typed)
    files = any(sent.filename for sent in request.files.values())
    background = request.headers.get("HX-Request") or not request.form
    if person_id is None or background or files or size > MOST_CHARS:
        raise UnauthenticatedError(_TOLD)
    held = Parked(request.full_path.rstrip("?"), typed, person_id)
    return page("people/log_in.html", held, email="", error=None)


def page(template: str, parked: Parked, **more: object) -> Response:
    """Show a step of the log-in with what waits for it."""
    sealed = _seals().dumps([parked.path, list(parked.typed), str(parked.person_id)])
    shown = render_template(template, parked=sealed, next=parked.path, **more)
    answer = Response(shown, 401)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def sent() -> Parked | None:
    """Return what waits on the page that was sent; None where nothing does, or what
    does was not sealed here, or too long ago.
    """
    try:
        path, typed, person = _seals().loads(
            request.form.get(FIELD, ""), max_age=HOURS * 3600
        )
    except BadSignature:
        return None
    return Parked(path, [(name, value) for name, value in typed], UUID(person))


def done(parked: Parked, person_id: UUID) -> Response:
    """Have what waited sent now, once its page is there; only shown to another
    person.
    """
    shown = render_template(
        "people/resumed.html", parked=parked, same=parked.person_id == person_id
    )
    answer = Response(shown)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _ours() -> bool:
    """Tell whether it was sent from a page of ours, by the token against forged
    forms.
    """
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return False
    return True


def _whose() -> UUID | None:
    secret = request.cookies.get(current_app.config["DANHMUC_COOKIE"]["key"])
    if not secret:
        return None
    installation: Installation = current_app.extensions["danhmuc"]
    with installation.database.reading() as session:
        return sessions.whose(session, secret)


def _seals() -> URLSafeTimedSerializer:
    installation: Installation = current_app.extensions["danhmuc"]
    return URLSafeTimedSerializer(installation.key, salt="parked")
