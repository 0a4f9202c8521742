"""Logging in and out, and the post one works in."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.accounts import sessions as logins
from app.accounts.sessions import LoginStep
from app.api import problems
from app.errors import DanhmucError, NotFoundError, UnauthenticatedError
from app.permissions import Action, declares
from app.web.http import guard, parked
from app.web.http.current import installation
from app.web.http.parked import Parked
from app.web.people.session_cookie import begun, cookie_settings, keep

blueprint = Blueprint("log_in", __name__)


@blueprint.route("/dang-nhap", methods=["GET", "POST"])
@declares(None)
def log_in() -> BaseResponse | tuple[str, int]:
    """Begin a session for whoever knows an address and its password."""
    wanted = guard.local(request.values.get("next")) or url_for("inbox.mine")
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(wanted)
        return Response(
            render_template("people/log_in.html", next=wanted, email="", error=None)
        )
    email = request.form.get("email", "").strip()[:254]
    try:
        secret = _begin(email, request.form.get("password", ""))
    except DanhmucError as error:
        page = render_template(
            "people/log_in.html",
            next=wanted,
            email=email,
            error=error,
            parked=request.form.get(parked.FIELD, ""),
        )
        problem = problems.of_error(error)
        return Response(
            page,
            problem.status,
            {k: v for k, v in problem.headers.items() if k == "Retry-After"},
        )
    held = parked.sent()
    return _resumed(held, secret) if held else begun(secret, wanted)


def _resumed(held: Parked, secret: str) -> BaseResponse:
    """Go on with what waited; first to the second factor, where one lacks."""
    with installation().database.reading() as reading:
        account = logins.resume(reading, secret, installation().settings)
    if account is None:
        return begun(secret, url_for("inbox.mine"))
    if account.lacks is LoginStep.CODE:
        return keep(parked.page("people/code.html", held, error=None), secret)
    if account.lacks is not None:
        return begun(secret, url_for("inbox.mine"))
    return keep(parked.done(held, account.person_id), secret)


def _begin(email: str, password: str) -> str:
    address = request.remote_addr or ""
    database, settings = installation().database, installation().settings
    person = logins.authenticate(database, email, password, address)
    if person is not None:
        with database.transaction() as writing:
            if logins.still_opens(writing, person.id, person.password_hash):
                return logins.begin(writing, person.id, settings)
    raise UnauthenticatedError(
        "Địa chỉ thư hoặc mật khẩu không đúng. Kiểm tra cả hai rồi thử lại"
    )


@blueprint.post("/dang-xuat")
@declares(Action.WORK)
def log_out() -> BaseResponse:
    """End the session on both sides."""
    with installation().database.transaction() as writing:
        logins.end(writing, current_user.secret)
    session.clear()
    answer = redirect(url_for("home.home"))
    cookie = cookie_settings()
    answer.delete_cookie(**cookie)
    return answer


@blueprint.post("/vi-tri")
@declares(Action.WORK)
def change_post() -> BaseResponse:
    """Go on in another post that one holds."""
    try:
        post_id = UUID(request.form.get("post", ""))
    except ValueError as error:
        raise NotFoundError(_("Không có vị trí này")) from error
    with installation().database.transaction() as writing:
        secret = logins.change_post(writing, current_user.secret, post_id)
    return keep(redirect(url_for("inbox.mine")), secret)
