"""Logging in and out, the post one works in, one's password, second factor and keys for programs."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import reading
from app.accounts import delegation, factors, passwords, review, tokens, tries
from app.accounts import sessions as logins
from app.accounts.models import Person
from app.accounts.tokens import Scope
from app.api import problems
from app.errors import (
    DanhmucError,
    FieldError,
    InvalidError,
    NotFoundError,
    SecondFactorError,
    UnauthenticatedError,
)
from app.permissions import Action, declares
from app.web import guard, sent
from app.web.linked_data import installation

blueprint = Blueprint("people", __name__)


@blueprint.route("/dang-nhap", methods=["GET", "POST"])
@declares(None)
def log_in() -> BaseResponse | tuple[str, int]:
    """Begin a session for whoever knows an address and its password."""
    wanted = guard.local(request.values.get("next")) or url_for("tasks.mine")
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(wanted)
        return Response(render_template("log_in.html", next=wanted, email="", error=None))
    email = request.form.get("email", "").strip()[:254]
    try:
        secret = _begin(email, request.form.get("password", ""))
    except DanhmucError as error:
        page = render_template("log_in.html", next=wanted, email=email, error=error)
        problem = problems.of_error(error)
        return Response(page, problem.status, {k: v for k, v in problem.headers.items() if k == "Retry-After"})
    return begun(secret, wanted)


def begun(secret: str, wanted: str) -> BaseResponse:
    """Go on to a page with a new session; a form that was open when the last one ended can still be sent."""
    forms = session.get("csrf_token")
    session.clear()
    if forms:
        session["csrf_token"] = forms
    return keep(redirect(wanted), secret)


def keep(answer: BaseResponse, secret: str) -> BaseResponse:
    """Have the browser keep the session's secret from now on."""
    hours = installation().settings.session_hours
    answer.set_cookie(value=secret, max_age=hours * 3600, **_cookie())
    return answer


def _begin(email: str, password: str) -> str:
    address = request.remote_addr or ""
    database, settings = installation().database, installation().settings
    with database.reading() as looking:
        person = logins.authenticate(looking, email, password, address)
        proved = (person.id, person.password_hash) if person else None
    with database.transaction() as writing:
        if proved is not None and logins.still_opens(writing, *proved):
            return logins.begin(writing, proved[0], settings)
        tries.note(writing, email, address)
    raise UnauthenticatedError("Địa chỉ thư hoặc mật khẩu không đúng. Kiểm tra cả hai rồi thử lại")


def _cookie() -> dict[str, Any]:
    found: dict[str, Any] = current_app.config["DANHMUC_COOKIE"]
    return found


@blueprint.post("/dang-xuat")
@declares(Action.WORK)
def log_out() -> BaseResponse:
    """End the session on both sides."""
    with installation().database.transaction() as writing:
        logins.end(writing, current_user.secret)
    session.clear()
    answer = redirect(url_for("pages.home"))
    cookie = _cookie()
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
    return keep(redirect(url_for("tasks.mine")), secret)


@blueprint.route("/tai-khoan", methods=["GET", "POST"])
@declares(Action.WORK)
def profile() -> BaseResponse:
    """Show one's posts and keys; change one's password."""
    if request.method == "GET":
        return _profile()
    try:
        _change_password(request.form.get("present", ""), request.form.get("password", ""))
    except InvalidError as error:
        return _profile(error)
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc."))
    return redirect(url_for("people.profile"))


def _change_password(present: str, wanted: str) -> None:
    """Change one's own password; the present one is tried as at the log-in, counted like there."""
    email, address, database = guard.account().email, request.remote_addr or "", installation().database
    with database.reading() as looking:
        fits = logins.authenticate(looking, email, present, address) is not None
    with database.transaction() as writing:
        if fits:
            passwords.set_password(writing, writing.get_one(Person, guard.account().person_id), wanted)
            review.close(writing, guard.account().person_id, but=current_user.secret)
            return
        tries.note(writing, email, address)
    message = "Mật khẩu hiện tại không đúng"
    raise InvalidError(message, [FieldError("present", "invalid", message)])


def _profile(error: InvalidError | None = None, token: str | None = None, codes: list[str] | None = None) -> Response:
    person_id = guard.account().person_id
    with installation().database.reading() as looking:
        found = tokens.of_person(looking, person_id)
        factor, left = factors.enrolled(looking, person_id), factors.left(looking, person_id)
        lent = delegation.lent(looking, person_id)
    shown = {
        "lent": lent,
        "typed": request.form,
        "tokens": found,
        "token": token,
        "factor": factor,
        "left": left,
        "codes": codes,
    }
    page = render_template("account.html", scopes=list(Scope), error=error, **shown)
    return Response(page, 422 if error else 200)


@blueprint.post("/tai-khoan/ma-du-phong")
@declares(Action.WORK)
def renew_codes() -> BaseResponse:
    """Make new recovery codes, shown on this one page; asked for with the second factor."""
    account = guard.account()
    if account.actor is None or not account.actor.signs:
        raise SecondFactorError("Nhập mã xác thực để tạo mã dự phòng mới")
    with installation().database.transaction() as writing:
        codes = factors.renew_codes(writing, account.person_id, installation().key)
    return _profile(codes=codes)


@blueprint.post("/tai-khoan/uy-quyen")
@declares(Action.WORK)
def delegate() -> BaseResponse:
    """Give one's post to a colleague for some days."""
    try:
        since, until = (sent.day(name) for name in ("since", "until"))
        with installation().database.transaction() as writing:
            delegation.delegate(writing, guard.actor(), request.form.get("deputy", ""), since, until)
    except InvalidError as error:
        return _profile(error)
    flash(_("Đã ủy quyền; người đó thấy vị trí này ở Việc của tôi trong những ngày đã chọn."))
    return redirect(url_for("people.profile"))


@blueprint.post("/tai-khoan/uy-quyen/<serial>/thoi")
@declares(Action.WORK)
def take_back(serial: str) -> BaseResponse:
    """End what one has lent."""
    with installation().database.transaction() as writing:
        delegation.take_back(writing, guard.account().person_id, reading.whole(serial) or 0)
    flash(_("Đã thôi ủy quyền."))
    return redirect(url_for("people.profile"))


@blueprint.post("/tai-khoan/khoa")
@declares(Action.WORK)
def issue_token() -> BaseResponse:
    """Make a key for programs; it is shown on this one page and never again."""
    scopes = frozenset(Scope(text) for text in request.form.getlist("scopes") if text in set(Scope))
    days = reading.whole(request.form.get("days")) or 0
    try:
        with installation().database.transaction() as writing:
            token = tokens.issue(writing, guard.actor(), request.form.get("name", ""), scopes, days)
    except InvalidError as error:
        return _profile(error)
    return _profile(token=token)


@blueprint.post("/tai-khoan/khoa/<uuid:token_id>/thu-hoi")
@declares(Action.WORK)
def revoke_token(token_id: UUID) -> BaseResponse:
    """Revoke one's own key at once."""
    with installation().database.transaction() as writing:
        tokens.revoke(writing, guard.account().person_id, token_id)
    flash(_("Đã thu hồi khóa."))
    return redirect(url_for("people.profile"))
