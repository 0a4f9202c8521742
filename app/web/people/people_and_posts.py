"""Administration: people and the posts that they hold."""

from datetime import date
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
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.accounts import (
    appointments,
    links,
    passwords,
    rights_review,
    service,
    sessions,
)
from app.accounts.models import Person, Post
from app.errors import (
    DanhmucError,
    FieldError,
    InvalidError,
    MalformedError,
    NotFoundError,
)
from app.notify import letters
from app.permissions import WATCHED, Action, Role, declares
from app.register import arguments
from app.web.display.entry_names import EntryNames, uuids
from app.web.http import current, guard
from app.web.http.current import installation, register_today

blueprint = Blueprint("people_and_posts", __name__)


@blueprint.get("/quan-tri/nguoi")
@declares(Action.MANAGE_ACCOUNTS)
def people() -> Response:
    """List people, their posts and when they hold them."""
    return _people()


def _people(
    error: DanhmucError | None = None, secret: tuple[str, str] | None = None
) -> Response:
    with installation().database.reading() as session:
        held = service.held_posts(session, None)
        agencies = register_today(session).by_ids({post.agency_id for post in held})
        page = render_template(
            "people/people.html",
            held=held,
            agencies=agencies,
            waiting=appointments.waiting(session),
            error=error,
            secret=secret,
            typed=request.form,
            all_roles=Role,
        )
    return Response(page, 422 if error else 200)


@blueprint.post("/quan-tri/nguoi")
@declares(Action.MANAGE_ACCOUNTS)
def add_person() -> BaseResponse:
    """Add a person (or find them by address) and give them a post from a day on; a
    strong one once a second administrator says so too.
    """
    form = request.form
    password = passwords.make()
    prepared = passwords.prepare(password)
    try:
        with current.writing() as session:
            agency, since = (
                _agency(session, form.get("agency", "")),
                _day("since", clock.today()),
            )
            role = _role(form.get("role", ""))
            person = _another(service.find(session, form.get("email", "")))
            new = person is None
            if person is None:
                person = service.add_person(
                    session, form.get("name", ""), form.get("email", "").strip()
                )
            post = service.add_post(session, agency, form.get("title", ""), role)
            has = appointments.give(session, guard.actor(), post, person, since)
            # whoever is to decide chooses a password of their own, by a link
            shown = new and has
            if shown:
                passwords.keep(session, person, prepared, must_change=True)
            warning = _watched(session, person, post, since)
            # the next log-in is in the new post, with what it asks for
            sessions.end_all(session, person.id)
            email = person.email
    except (InvalidError, MalformedError) as error:
        return _people(error)
    if has:
        flash(_("Đã giao vị trí cho %(email)s.", email=email))
    else:
        flash(_("Chờ một quản trị khác xác nhận vị trí của %(email)s.", email=email))
    if warning:
        flash(warning)
    return (
        _people(secret=(email, password))
        if shown
        else redirect(url_for("people_and_posts.people"))
    )


def _watched(session: Session, person: Person, post: Post, since: date) -> str:
    """Return what to tell an administrator who gives one person two roles that watch
    each other, empty for others.
    """
    held = service.clashing(session, person.id, post.role, since, WATCHED)
    others = [other for other in held if other.id != post.id]
    if not others:
        return ""
    warning: str = _(
        "Người này cũng giữ vị trí “%(title)s”: với cùng một hồ sơ họ chỉ làm được "
        "một bước.",
        title=others[0].title,
    )
    return warning


@blueprint.post("/quan-tri/de-nghi/<int:asked>/xac-nhan")
@declares(Action.MANAGE_ACCOUNTS)
def confirm(asked: int) -> BaseResponse:
    """Confirm a strong post that another administrator asked for."""
    try:
        with current.writing() as session:
            person = appointments.confirm(session, guard.actor(), asked)
            told = _invite(session, person) if person.password_hash is None else ""
            sessions.end_all(session, person.id)
            email = person.email
    except InvalidError as error:
        return _people(error)
    flash(_("Đã giao vị trí cho %(email)s.", email=email))
    if told:
        flash(told)
    return redirect(url_for("people_and_posts.people"))


@blueprint.post("/quan-tri/de-nghi/<int:asked>/bo")
@declares(Action.MANAGE_ACCOUNTS)
def drop(asked: int) -> BaseResponse:
    """Give up a strong post that was asked for."""
    with current.writing() as session:
        appointments.drop(session, asked)
    flash(_("Đã bỏ đề nghị."))
    return redirect(url_for("people_and_posts.people"))


def _invite(session: Session, person: Person) -> str:
    """Send somebody a link by which they choose a password, so that no administrator
    ever knows it; return what to tell the administrator.
    """
    settings = installation().settings
    told: str = _("Đã gửi liên kết một lần tới %(email)s.", email=person.email)
    if settings.mail_server and settings.mail_from:
        letters.invite(session, settings, person, links.make(session, person))
    else:
        told = _(
            "Chưa gửi được thư, nên người vận hành lấy liên kết một lần trên máy chủ: "
            "danhmuc user link %(email)s",
            email=person.email,
        )
    return told


def _agency(session: Session, text: str) -> UUID:
    if not text.strip():
        # also before that agency is in the register: the first people are of it
        return guard.actor().agency_id
    found = EntryNames(session, installation().profile, {}).resolve("agency", text)
    view = (
        register_today(session)
        .by_ids(uuids(found))
        .get(next(iter(uuids(found)), UUID(int=0)))
    )
    if view is None or view.kind != "agency":
        message = "Chọn một cơ quan có trong danh mục: gõ mã như CQ-0027 hoặc đúng tên"
        raise InvalidError(message, [FieldError("agency", "reference", message)])
    return view.id


def _another(person: Person | None) -> Person | None:
    """Return the person, unless it is the administrator: nobody gives themselves a
    post.
    """
    if person is not None and person.id == guard.actor().person_id:
        message = "Không ai tự giao vị trí cho mình; nhờ một quản trị khác"
        raise InvalidError(message, [FieldError("email", "own", message)])
    return person


def _role(text: str) -> Role:
    if text not in set(Role):
        message = "Chọn vai trò"
        raise InvalidError(message, [FieldError("role", "required", message)])
    return Role(text)


def _holder(session: Session, post_id: UUID) -> tuple[Post, Person]:
    post, person = (
        session.get(Post, post_id),
        _another(service.find(session, request.form.get("email", ""))),
    )
    if post is None or person is None:
        message = "Không có người dùng với địa chỉ này; thêm người trước"
        raise InvalidError(message, [FieldError("email", "reference", message)])
    return post, person


def _day(name: str, default: date) -> date:
    return arguments.day(request.form.get(name)) or default


@blueprint.post("/quan-tri/vi-tri/<uuid:post_id>/<uuid:person_id>/thoi-giu")
@declares(Action.MANAGE_ACCOUNTS)
def relieve(post_id: UUID, person_id: UUID) -> BaseResponse:
    """Have somebody hold a post to before a day."""
    try:
        with current.writing() as session:
            service.relieve(session, post_id, person_id, _day("until", clock.today()))
            sessions.end_all(session, person_id)
    except (InvalidError, MalformedError) as error:
        return _people(error)
    flash(_("Đã ghi ngày thôi giữ vị trí."))
    return redirect(url_for("people_and_posts.people"))


@blueprint.post("/quan-tri/vi-tri/<uuid:post_id>/giao")
@declares(Action.MANAGE_ACCOUNTS)
def hand_over(post_id: UUID) -> BaseResponse:
    """Give a post that exists to a person who exists: drafts and tasks stay with the
    agency.
    """
    try:
        with current.writing() as session:
            post, person = _holder(session, post_id)
            since = _day("since", clock.today())
            has = appointments.give(session, guard.actor(), post, person, since)
            sessions.end_all(session, person.id)
            email = person.email
    except (InvalidError, MalformedError) as error:
        return _people(error)
    flash(
        _("Chờ một quản trị khác xác nhận vị trí của %(email)s.", email=email)
        if not has
        else _(
            "Đã giao vị trí. Người giữ trước đó vẫn giữ: ghi ngày thôi giữ của "
            "họ nếu đây là bàn giao."
        )
    )
    return redirect(url_for("people_and_posts.people"))


@blueprint.post("/quan-tri/nguoi/<uuid:person_id>/mat-khau")
@declares(Action.MANAGE_ACCOUNTS)
def reset_password(person_id: UUID) -> BaseResponse:
    """Give a person a fresh password, shown once; every session of theirs ends.
    Whoever decides gets a link to choose one instead, which no administrator sees.
    """
    if not request.form.get("sure"):
        message = _(
            "Đánh dấu ô xác nhận trước khi đặt lại: mật khẩu cũ, mọi phiên và "
            "mọi khóa sẽ hết dùng được"
        )
        return _people(InvalidError(message, [FieldError("sure", "required", message)]))
    password = passwords.make()
    prepared = passwords.prepare(password)
    with current.writing() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NotFoundError(_("Không có người dùng này"))
        strong = appointments.is_strong(session, person.id)
        if not strong:
            passwords.keep(session, person, prepared, must_change=True)
        rights_review.close(session, person.id)
        if strong:
            told = _invite(session, person)
        email = person.email
    if strong:
        flash(told)
        return redirect(url_for("people_and_posts.people"))
    return _people(secret=(email, password))
