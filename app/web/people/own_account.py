"""One's own account: password, second factor, deputies, keys for programs."""

from uuid import UUID

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
from werkzeug.wrappers import Response as BaseResponse

from app.accounts import api_keys, factors, passwords, rights_review
from app.accounts import sessions as logins
from app.accounts.models import Person
from app.errors import FieldError, InvalidError, SecondFactorError
from app.permissions import Action, Scope, declares
from app.register import arguments
from app.web.http import current, form_fields, guard
from app.web.http.current import installation
from app.workflow import delegation

blueprint = Blueprint("own_account", __name__)


@blueprint.route("/tai-khoan", methods=["GET", "POST"])
@declares(Action.WORK)
def profile() -> BaseResponse:
    """Show one's posts and keys; change one's password."""
    if request.method == "GET":
        return _profile()
    try:
        _change_password(
            request.form.get("present", ""), request.form.get("password", "")
        )
    except InvalidError as error:
        return _profile(error)
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của tài khoản đã kết thúc."))
    return redirect(url_for("own_account.profile"))


def _change_password(present: str, wanted: str) -> None:
    """Change one's own password; the present one is tried as at the log-in, counted
    like there.
    """
    email, address = guard.account().email, request.remote_addr or ""
    person = logins.authenticate(installation().database, email, present, address)
    if person is None:
        message = "Mật khẩu hiện tại không đúng"
        raise InvalidError(message, [FieldError("present", "invalid", message)])
    prepared = passwords.prepare(wanted, person.email_key, person.name)
    with current.writing() as writing:
        passwords.keep(writing, writing.get_one(Person, person.id), prepared)
        rights_review.close(writing, person.id, but=current_user.secret)


def _profile(
    error: InvalidError | None = None,
    token: str | None = None,
    codes: list[str] | None = None,
) -> Response:
    person_id = guard.account().person_id
    with installation().database.reading() as looking:
        found = api_keys.of_person(looking, person_id)
        factor, left = (
            factors.enrolled(looking, person_id),
            factors.left(looking, person_id),
        )
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
    page = render_template(
        "people/own_account.html", scopes=list(Scope), error=error, **shown
    )
    return Response(page, 422 if error else 200)


@blueprint.post("/tai-khoan/ma-du-phong")
@declares(Action.WORK)
def renew_codes() -> BaseResponse:
    """Make new recovery codes, shown on this one page; asked for with the second
    factor.
    """
    account = guard.account()
    if account.actor is None or not account.actor.signs:
        raise SecondFactorError("Nhập mã xác thực để tạo mã dự phòng mới")
    with current.writing() as writing:
        codes = factors.renew_codes(writing, account.person_id, installation().key)
    return _profile(codes=codes)


@blueprint.post("/tai-khoan/uy-quyen")
@declares(Action.WORK)
def delegate() -> BaseResponse:
    """Give one's post to a colleague for some days."""
    try:
        since, until = (form_fields.day(name) for name in ("since", "until"))
        with current.writing() as writing:
            delegation.delegate(
                writing, guard.actor(), request.form.get("deputy", ""), since, until
            )
    except InvalidError as error:
        return _profile(error)
    flash(
        _(
            "Đã ủy quyền; người đó thấy vị trí này ở Việc của tôi trong những "
            "ngày đã chọn."
        )
    )
    return redirect(url_for("own_account.profile"))


@blueprint.post("/tai-khoan/uy-quyen/<serial>/thoi")
@declares(Action.WORK)
def take_back(serial: str) -> BaseResponse:
    """End what one has lent."""
    with current.writing() as writing:
        delegation.take_back(
            writing, guard.account().person_id, arguments.whole(serial) or 0
        )
    flash(_("Đã thôi ủy quyền."))
    return redirect(url_for("own_account.profile"))


@blueprint.post("/tai-khoan/khoa")
@declares(Action.WORK)
def issue_token() -> BaseResponse:
    """Make a key for programs; it is shown on this one page and never again."""
    scopes = frozenset(
        Scope(text) for text in request.form.getlist("scopes") if text in set(Scope)
    )
    days = arguments.whole(request.form.get("days")) or 0
    try:
        with current.writing() as writing:
            token = api_keys.issue(
                writing, guard.actor(), request.form.get("name", ""), scopes, days
            )
    except InvalidError as error:
        return _profile(error)
    return _profile(token=token)


@blueprint.post("/tai-khoan/khoa/<uuid:token_id>/thu-hoi")
@declares(Action.WORK)
def revoke_token(token_id: UUID) -> BaseResponse:
    """Revoke one's own key at once."""
    with current.writing() as writing:
        api_keys.revoke(writing, guard.account().person_id, token_id)
    flash(_("Đã thu hồi khóa."))
    return redirect(url_for("own_account.profile"))
