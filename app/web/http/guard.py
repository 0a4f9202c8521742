"""Who is at the door: flask-login over our own sessions, the token against forged
forms, the right of each view.
"""

from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app import clock, journal
from app.accounts import sessions, tries
from app.accounts.sessions import Account, LoginStep
from app.errors import DanhmucError, ForbiddenError, NotFoundError, UnauthenticatedError
from app.operations.installation import Installation
from app.permissions import (
    PUBLIC,
    RIGHTS,
    Action,
    Actor,
    Audience,
    audience,
    may,
    require_signature,
    right_of,
)
from app.register.queries import EntryView
from app.web.http import parked
from app.workflow.context import Desk
from app.workflow.proposals import attachments
from app.workflow.proposals.preconditions import owned

csrf = CSRFProtect()
MOST_BYTES = 3_000_000  # of one request
CODE = "one_time_code"  # the field that carries a second factor in any form
STEPS = {
    LoginStep.CODE: "login_steps.code",
    LoginStep.PASSWORD: "login_steps.password",  # pragma: allowlist secret
    LoginStep.ENROL: "login_steps.enrol",
}
_LEAVING = "log_in.log_out"
_TAKING_FILES = {
    *("attachments.add", "intake.annex", "bulk_upload.bring", "intake_mapping.read"),
    *("decisions.act", "dossiers.act"),
    *("consultations.answer_on_paper", "campaigns.answer_on_paper"),
    "cases.act",
}
_NOTING = 0.1  # seconds that a page waits to note that somebody is there


class User(UserMixin):  # type: ignore[misc]
    """A person who is logged in, as flask-login and the templates know them."""

    def __init__(self, account: Account, secret: str) -> None:
        self.account = account
        self.secret = secret
        self.id = str(account.person_id)


def install(flask: Flask, installation: Installation) -> None:
    """Set up cookies and log-ins, and have every request pass the door."""
    secure = installation.settings.base_uri.startswith("https://")
    prefix = "__Host-danhmuc" if secure else "danhmuc"
    flask.config |= {
        "SECRET_KEY": installation.key,
        "SESSION_COOKIE_NAME": f"{prefix}-form",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        # the signed token is what counts; a Referrer-Policy may hide the referrer
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": MOST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MOST_BYTES,
        "DANHMUC_COOKIE": {
            "key": prefix,
            "secure": secure,
            "httponly": True,
            "samesite": "Lax",
            "path": "/",
        },
    }
    flask.before_request(_allow_files)
    # before the token is looked for, which reads the body
    flask.before_request(_require_right)
    csrf.init_app(flask)
    for asking in ("app.web.machines.oai_pmh.answer", "app.web.machines.sparql.answer"):
        csrf.exempt(asking)  # a POST asks what a GET asks, and changes nothing
    flask.before_request(_require_signature)
    for blueprint in flask.blueprints.values():
        if (blueprint.url_prefix or "").startswith("/api/"):
            csrf.exempt(blueprint)  # its door takes keys and no cookie
    manager = LoginManager(flask)
    manager.request_loader(_load)
    flask.after_request_funcs[None].remove(manager._update_remember_cookie)  # noqa: SLF001 - nobody is remembered, and
    # it would read the form cookie at every request, so that caches kept a copy of each
    # file for each visitor
    flask.after_request(_private)


def _allow_files() -> None:
    """Let the routes that take files have more than a form holds."""
    if request.endpoint in _TAKING_FILES:
        request.max_content_length = attachments.MOST_BYTES + MOST_BYTES


def _load(_request: object) -> User | None:
    secret = request.cookies.get(current_app.config["DANHMUC_COOKIE"]["key"])
    if not secret or request.path.startswith("/api/"):
        return None
    installation: Installation = current_app.extensions["danhmuc"]
    with installation.database.reading() as session:
        account = sessions.resume(session, secret, installation.settings)
    if account is not None and account.unseen:
        # neither a full disk nor a writer that takes long holds a page up: then it is
        # noted at the next one
        with (
            suppress(DanhmucError),
            installation.database.transaction(patience=_NOTING) as session,
        ):
            sessions.see(session, secret)
    return User(account, secret) if account else None


def _require_right() -> BaseResponse | None:
    """Let a request through when its view is for everybody or the actor's role has the
    right; deny by default.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.path.startswith("/api/"):
        return None  # nothing there, or the interface's own door
    right = right_of(view)
    if right is None:
        return None
    if not current_user.is_authenticated:
        if request.method in {"GET", "HEAD"}:
            return redirect(
                url_for("log_in.log_in", next=request.full_path.rstrip("?"))
            )
        return parked.ask()
    if account().lacks is not None:
        return _lacking(account().lacks)
    found = account().actor
    if found is None and right is not Action.WORK:
        raise ForbiddenError(
            "Hôm nay tài khoản không giữ vị trí nào; liên hệ quản trị tài khoản"
        )
    if found is not None and found.role not in RIGHTS[right]:
        raise ForbiddenError("Vị trí đang làm việc không có quyền xem trang này")
    return None


def _require_signature() -> None:
    """Take the second factor that comes with a form, and let through only what needs
    none or is signed.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    right = right_of(view) if view is not None else None
    if (
        right is None
        or request.method != "POST"
        or request.path.startswith("/api/")
        or account().actor is None
    ):
        return
    take_code()
    require_signature(actor(), right)


def _lacking(step: LoginStep | None) -> BaseResponse | None:
    """Lead whoever has not completed the log-in to the page of the step; nothing else
    is open to them.
    """
    endpoint = STEPS[step] if step else ""
    if request.endpoint in {endpoint, _LEAVING}:
        return None
    if request.method not in {"GET", "HEAD"}:
        raise UnauthenticatedError(
            "Đăng nhập chưa xong: mở thẻ mới để đăng nhập cho xong, rồi quay "
            "lại đây và gửi lại"
        )
    return redirect(url_for(endpoint, next=request.full_path.rstrip("?")))


def take_code() -> None:
    """Begin a signing session when the form carries a second factor; SecondFactorError
    when that is wrong.
    """
    code = request.form.get(CODE, "").strip()
    if not code:
        return
    installation: Installation = current_app.extensions["danhmuc"]
    secret, key = current_user.secret, installation.key
    with counted(account().email) as session:
        sessions.sign(session, sessions.row_of(session, secret), code, key)
    current_user.account = replace(account(), actor=replace(actor(), signs=True))


def counted(email: str) -> AbstractContextManager[Session]:
    """Open a transaction in which a second factor is tried; see `tries.counted`."""
    installation: Installation = current_app.extensions["danhmuc"]
    return tries.counted(installation.database, email, request.remote_addr or "")


def _private(response: Response) -> Response:
    """Keep signed-in pages and files out of every cache; what is public varies with the
    cookie all the same.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.path.startswith("/api/"):
        return response  # the interface's own door says
    if (
        response.mimetype != "text/html"
        and request.method in {"GET", "HEAD"}
        and (view is None or right_of(view) is None)
    ):
        return response  # what machines fetch is public and the same for everybody
    response.vary.add("Cookie")
    if current_user.is_authenticated or request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
    return response


def name_actor(session: Session) -> None:
    """Say in the journal whose transaction it is; nobody is named before a log-in."""
    if current_user.is_authenticated:
        known: Account = current_user.account
        post_id = known.actor.post_id if known.actor else None
        journal.acting(session, known.person_id, post_id)


def account() -> Account:
    """Return who is logged in; UnauthenticatedError for nobody."""
    if not current_user.is_authenticated:
        raise UnauthenticatedError("Đăng nhập để xem trang này")
    found: Account = current_user.account
    return found


def actor() -> Actor:
    """Return as which actor they work; ForbiddenError without a post."""
    found = account().actor
    if found is None:
        raise ForbiddenError(
            "Hôm nay tài khoản không giữ vị trí nào; liên hệ quản trị tài khoản"
        )
    return found


def actor_or_none() -> Actor | None:
    """Return as which actor the reader works, None for nobody and without a post."""
    found: Actor | None = (
        current_user.account.actor if current_user.is_authenticated else None
    )
    return found


def left() -> int:
    """Return in how many seconds the log-in ends when nothing more is done."""
    return min(int(account().idle.total_seconds()), limit())


def limit() -> int:
    """Return in how many seconds the log-in ends whatever is done."""
    return max(0, int((account().until - clock.now()).total_seconds()))


def reader() -> Audience:
    """Return as which audience the request reads the register."""
    return (
        audience(current_user.account.actor)
        if current_user.is_authenticated
        else PUBLIC
    )


def own(view: EntryView) -> bool:
    """Tell whether an entry is that of the reader's own agency, so that its page offers
    to change and confirm it.
    """
    return proposes() and owned(actor(), view.content, view.id)


def proposes() -> bool:
    """Tell whether the reader may open proposals."""
    mine = current_user.account.actor if current_user.is_authenticated else None
    return mine is not None and may(mine, Action.PROPOSE, mine.agency_id)


def may_count() -> bool:
    """Tell whether the reader may record what was counted, of the own agency at
    least.
    """
    mine = current_user.account.actor if current_user.is_authenticated else None
    return mine is not None and may(mine, Action.COUNT, mine.agency_id)


def desk(session: Any) -> Desk:
    """Return the desk of the request's actor in a session."""
    installation: Installation = current_app.extensions["danhmuc"]
    return Desk(session, installation.profile, actor(), installation.office)


def local(target: str | None) -> str | None:
    """Return `target` when it is an address within this application that exists; None
    for anything else.
    """
    if (
        not target
        or not target.startswith("/")
        or target.startswith(("//", "/\\"))
        or not target.isprintable()
    ):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or "\\" in target:
        return None
    try:
        current_app.url_map.bind("").match(parts.path)
    except HTTPException:
        return None
    return target


def known(view: Any) -> Any:
    """Answer for what the actor may not read exactly as for what never was, however it
    was asked for.
    """

    @wraps(view)
    def guarded(number: str, **kwargs: Any) -> Any:
        if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004 - no series is longer
            raise NotFoundError("Không có hồ sơ này")
        return view(int(number), **kwargs)

    return guarded
