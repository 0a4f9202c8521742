"""The steps of a log-in after the password: the second factor, a password of one's own,
an invitation; and going on.
"""

from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from segno import make_qr
from werkzeug.wrappers import Response as BaseResponse

from app.accounts import factors, links, passwords, rights_review, sessions
from app.accounts.models import Person
from app.accounts.sessions import LoginStep
from app.api import problems
from app.errors import DanhmucError, FieldError, InvalidError, SecondFactorError
from app.permissions import Action, declares
from app.web.http import current, guard, parked
from app.web.http.current import installation
from app.web.people import session_cookie

blueprint = Blueprint("login_steps", __name__)


@blueprint.route("/dang-nhap/ma", methods=["GET", "POST"])
@declares(Action.WORK)
def code() -> BaseResponse:
    """Ask for the second factor, once a log-in."""
    if guard.account().lacks is not LoginStep.CODE:
        return redirect(_wanted())
    if request.method == "GET":
        return _page("people/code.html")
    typed, secret = request.form.get(guard.CODE, ""), current_user.secret
    try:
        with guard.counted(guard.account().email) as session:
            renewed = sessions.give_code(session, secret, typed, installation().key)
    except DanhmucError as error:
        waiting = request.form.get(parked.FIELD, "")
        return _page("people/code.html", error, parked=waiting)
    held = parked.sent()
    answer = parked.done(held, guard.account().person_id) if held else None
    return session_cookie.keep(answer or redirect(_wanted()), renewed)


@blueprint.route("/dang-nhap/ung-dung", methods=["GET", "POST"])
@declares(Action.WORK)
def enrol() -> BaseResponse:
    """Have an authenticator set up; the recovery codes are shown on the page that
    follows, once.
    """
    account, secret, key = guard.account(), current_user.secret, installation().key
    with installation().database.reading() as session:
        known = factors.enrolled(session, account.person_id)
    if known and not (account.actor and account.actor.signs):
        if request.method == "GET" or account.actor is None:
            return redirect(url_for("own_account.profile"))
        raise SecondFactorError(
            "Nhập mã của ứng dụng đang dùng để thay bằng ứng dụng khác"
        )
    offered = factors.offer(key, account.email, installation().settings.issuer, secret)
    shown: dict[str, Any] = {
        "offered": offered,
        "qr": make_qr(offered.address).svg_inline(scale=5, border=2),
    }
    if "begin" in request.form or request.method == "GET":
        return _page("people/enrol.html", **shown)
    try:
        with current.writing() as session:
            renewed, codes = sessions.enrol(
                session, secret, offered.nonce, request.form.get("new_code", ""), key
            )
    except InvalidError as error:
        return _page("people/enrol.html", error, **shown)
    return session_cookie.keep(_page("people/enrolled.html", codes=codes), renewed)


@blueprint.route("/dang-nhap/mat-khau", methods=["GET", "POST"])
@declares(Action.WORK)
def password() -> BaseResponse:
    """Have a password chosen by whoever was given one by somebody else."""
    if guard.account().lacks is not LoginStep.PASSWORD:
        return redirect(_wanted())
    if request.method == "GET":
        return _page("people/new_password.html")
    typed = request.form.get("password", "")
    person_id = guard.account().person_id
    try:
        with installation().database.reading() as session:
            person = session.get_one(Person, person_id)
            _require_another(person, typed)
            prepared = passwords.prepare(typed, person.email_key, person.name)
        with current.writing() as session:
            person = session.get_one(Person, person_id)
            passwords.keep(session, person, prepared)
            rights_review.close(session, person.id, but=current_user.secret)
    except InvalidError as error:
        return _page("people/new_password.html", error)
    return redirect(_wanted())


def _require_another(person: Person, typed: str) -> None:
    if passwords.fits(person, typed):
        message = "Chọn mật khẩu khác với mật khẩu được trao"
        raise InvalidError(message, [FieldError("password", "same", message)])


@blueprint.route("/moi/<secret>", methods=["GET", "POST"])
@declares(None)
def invited(secret: str) -> BaseResponse:
    """Have whoever holds a one-time link choose a password; then they log in with
    it.
    """
    with installation().database.reading() as session:
        person = links.whose(session, secret)
    if request.method == "GET":
        return _page("people/invited.html", email=person.email)
    try:
        prepared = passwords.prepare(
            request.form.get("password", ""), person.email_key, person.name
        )
        with current.writing() as session:
            links.use(session, secret, prepared)
            renewed = sessions.begin(session, person.id, installation().settings)
    except InvalidError as error:
        return _page("people/invited.html", error, email=person.email)
    flash(_("Đã đặt mật khẩu."))
    return session_cookie.begun(renewed, url_for("inbox.mine"))


@blueprint.post("/phien/gia-han")
@declares(Action.WORK)
def extend() -> BaseResponse:
    """Go on working: the request itself counts as use."""
    with current.writing() as session:
        sessions.see(session, current_user.secret)
    return Response(str(guard.left()), mimetype="text/plain")


def _wanted() -> str:
    return guard.local(request.values.get("next")) or url_for("inbox.mine")


def _page(template: str, error: DanhmucError | None = None, **more: object) -> Response:
    page = render_template(template, error=error, next=_wanted(), **more)
    status = problems.of_error(error).status.value if error else 200
    answer = Response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
