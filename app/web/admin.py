"""Administration: people and posts; settings, code lists and the state of operation are shown, never changed here."""

from dataclasses import fields
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import clock, jobs, journal, reading
from app.accounts import passwords, review, service, sessions
from app.accounts.models import Person, Post
from app.errors import DanhmucError, FieldError, InvalidError, MalformedError, NotFoundError
from app.permissions import Action, Role, declares
from app.rdf import receipts
from app.web import guard
from app.web.linked_data import installation
from app.web.lookup import Names, register, uuids

blueprint = Blueprint("admin", __name__)


@blueprint.get("/quan-tri/nguoi")
@declares(Action.MANAGE_ACCOUNTS)
def people() -> Response:
    """List people, their posts and when they hold them."""
    return _people()


def _people(error: DanhmucError | None = None, secret: tuple[str, str] | None = None) -> Response:
    with installation().database.reading() as session:
        held = service.held_posts(session, None)
        agencies = register(session).by_ids({post.agency_id for post in held})
        page = render_template(
            "people.html", held=held, agencies=agencies, error=error, secret=secret, typed=request.form, all_roles=Role
        )
    return Response(page, 422 if error else 200)


@blueprint.post("/quan-tri/nguoi")
@declares(Action.MANAGE_ACCOUNTS)
def add_person() -> BaseResponse:
    """Add a person (or find them by address) and give them a post from a day on."""
    form = request.form
    try:
        with installation().database.transaction() as session:
            agency, since = _agency(session, form.get("agency", "")), _day("since", clock.today())
            role = _role(form.get("role", ""))
            person = _another(service.find(session, form.get("email", "")))
            password = None
            if person is None:
                person, password = service.add_person(session, form.get("name", ""), form.get("email", "").strip()), ""
            post = service.add_post(session, agency, form.get("title", ""), role)
            service.appoint(session, post, person, since)
            if password is not None:
                password = passwords.make()
                passwords.set_password(session, person, password, must_change=True)
            sessions.end_all(session, person.id)  # the next log-in is in the new post, with what it asks for
            email = person.email
    except (InvalidError, MalformedError) as error:
        return _people(error)
    flash(_("Đã giao vị trí cho %(email)s.", email=email))
    return _people(secret=(email, password)) if password else redirect(url_for("admin.people"))


def _agency(session: Session, text: str) -> UUID:
    if not text.strip():
        return guard.actor().agency_id  # also before that agency is in the register: the first people are of it
    found = Names(session, installation().profile, {}).resolve("agency", text)
    view = register(session).by_ids(uuids(found)).get(next(iter(uuids(found)), UUID(int=0)))
    if view is None or view.kind != "agency":
        message = "Chọn một cơ quan có trong danh mục: gõ mã như CQ-0027 hoặc đúng tên"
        raise InvalidError(message, [FieldError("agency", "reference", message)])
    return view.id


def _another(person: Person | None) -> Person | None:
    """Return the person, unless it is the administrator: nobody gives themselves a post."""
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
    post, person = session.get(Post, post_id), _another(service.find(session, request.form.get("email", "")))
    if post is None or person is None:
        message = "Không có người dùng với địa chỉ này; thêm người trước"
        raise InvalidError(message, [FieldError("email", "reference", message)])
    return post, person


def _day(name: str, default: date) -> date:
    return reading.day(request.form.get(name)) or default


@blueprint.post("/quan-tri/vi-tri/<uuid:post_id>/<uuid:person_id>/thoi-giu")
@declares(Action.MANAGE_ACCOUNTS)
def relieve(post_id: UUID, person_id: UUID) -> BaseResponse:
    """Have somebody hold a post to before a day."""
    try:
        with installation().database.transaction() as session:
            service.relieve(session, post_id, person_id, _day("until", clock.today()))
            sessions.end_all(session, person_id)
    except (InvalidError, MalformedError) as error:
        return _people(error)
    flash(_("Đã ghi ngày thôi giữ vị trí."))
    return redirect(url_for("admin.people"))


@blueprint.post("/quan-tri/vi-tri/<uuid:post_id>/giao")
@declares(Action.MANAGE_ACCOUNTS)
def hand_over(post_id: UUID) -> BaseResponse:
    """Give a post that exists to a person who exists: drafts and tasks stay with the agency."""
    try:
        with installation().database.transaction() as session:
            post, person = _holder(session, post_id)
            service.appoint(session, post, person, _day("since", clock.today()))
            sessions.end_all(session, person.id)
    except (InvalidError, MalformedError) as error:
        return _people(error)
    flash(_("Đã giao vị trí. Người giữ trước đó vẫn giữ: ghi ngày thôi giữ của họ nếu đây là bàn giao."))
    return redirect(url_for("admin.people"))


@blueprint.post("/quan-tri/nguoi/<uuid:person_id>/mat-khau")
@declares(Action.MANAGE_ACCOUNTS)
def reset_password(person_id: UUID) -> BaseResponse:
    """Give a person a fresh password, shown once; every session of theirs ends."""
    if not request.form.get("sure"):
        message = _("Đánh dấu ô xác nhận trước khi đặt lại: mật khẩu cũ, mọi phiên và mọi khóa sẽ hết dùng được")
        return _people(InvalidError(message, [FieldError("sure", "required", message)]))
    password = passwords.make()
    with installation().database.transaction() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NotFoundError(_("Không có người dùng này"))
        passwords.set_password(session, person, password, must_change=True)
        review.close(session, person.id)
        email = person.email
    return _people(secret=(email, password))


@blueprint.get("/quan-tri/cau-hinh")
@declares(Action.OPERATE)
def settings() -> Response:
    """Show every setting; they are changed in the file, where the change is versioned."""
    found = installation().settings
    rows = [(field.name, getattr(found, field.name)) for field in fields(found)]
    hidden = [name for name, value in rows if "@" in str(value) and "://" in str(value)]  # an account, maybe a password
    shown = [(name, str(value).partition("://")[0] + "://…" if name in hidden else value) for name, value in rows]
    return Response(render_template("settings.html", rows=shown))


@blueprint.get("/quan-tri/bang-ma")
@declares(Action.WORK)
def code_lists() -> Response:
    """Show every code list and the other words that its values are known by."""
    schemes = installation().profile.lists.schemes
    return Response(render_template("code_lists.html", schemes=[schemes[name] for name in sorted(schemes)]))


@blueprint.get("/van-hanh")
@declares(Action.OPERATE)
def operations() -> Response:
    """Show how far the projections have followed, what was done when, and the head of the journal."""
    with installation().database.reading() as session:
        head = journal.head(session)
        row = session.get(journal.JournalRow, head)
        done = select(jobs.Job.name, func.max(jobs.Job.day), func.max(jobs.Job.done_at)).group_by(jobs.Job.name)
        page = render_template(
            "operations.html",
            head=row,
            lags=[(each.name, journal.position(session, each.name), head) for each in installation().projections],
            jobs=[tuple(found) for found in session.execute(done)],
            harvests=receipts.summaries(installation().settings.data_dir),
        )
    return Response(page)
