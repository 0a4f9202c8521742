"""What a consultation and a campaign ask alike: which agencies, by when; what happens
while they answer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock, files
from app.accounts import service as accounts
from app.errors import FieldError, InvalidError, NotFoundError
from app.permissions import Role
from app.register import agency_names
from app.register.filters import Filter
from app.register.queries import EntryView
from app.register.standing import State
from app.web.display.entry_names import EntryNames, uuids
from app.web.http import form_fields
from app.web.http.current import installation, register_today
from app.web.http.sending_files import attachment
from app.workflow.consultations.inputs import Question
from app.workflow.consultations.running import PaperAnswer
from app.workflow.consultations.service import MOST_AGENCIES
from app.workflow.context import Desk

ANSWERING = (Role.REGISTRAR, Role.HEAD)
# why a form is shown once more
NO_ACCOUNT = "no-account"
DAY_OFF = "day-off"


@dataclass(frozen=True)
class Choices:
    """The agencies that a form offers, in groups by what they are called; `unreached`
    are those in which nobody has an account.
    """

    groups: list[tuple[str, list[EntryView]]]
    unreached: set[UUID]


def choices(session: Session, title: str, first: Collection[EntryView]) -> Choices:
    """Return the agencies to choose from: those that the thing concerns, then all of
    the province.
    """
    register = register_today(session)
    own = _own(session)
    known = {view.id for view in first}
    others = [view for view in own if view.id not in known]
    offices = [view for view in others if "administrative_unit" not in view.content]
    communes = [view for view in others if "administrative_unit" in view.content]
    groups = [
        (title, sorted(first, key=lambda view: view.sort_key)),
        (_("Sở, ban, ngành và cơ quan khác"), offices),
        (_("Xã, phường"), communes),
    ]
    ids = {view.id for _title, views in groups for view in views}
    reached = accounts.reachable(register.session, ids, ANSWERING, clock.today())
    return Choices([(name, views) for name, views in groups if views], ids - reached)


def _own(session: Session) -> list[EntryView]:
    """Return the agencies right below the province's People's Committee."""
    register, province = (
        register_today(session),
        installation().settings.province(clock.today()),
    )
    name = f"Ủy ban nhân dân {province.type} {province.name}"
    above = tuple(str(entry) for entry in agency_names.meant(register, name))
    standing = (State.IN_FORCE, State.SUSPENDED)
    wanted = Filter(("agency",), standing, {"parent": above})
    found = register.all(wanted) if above else []
    return sorted(found, key=lambda view: view.sort_key)


def addresses(pages: str, number: int) -> dict[str, str]:
    """Return where the forms of whoever conducts a question are sent, to pages of these
    endpoints.
    """
    ways = ("remind", "extend", "close", "answer_on_paper")
    return {way: url_for(f"{pages}.{way}", serial=number) for way in ways}


def due_day(desk: Desk, name: str) -> date | None:
    """Read by when something is due; InvalidError names the next working day for one on
    which no office works, until it is said that this one is meant.
    """
    day = form_fields.day(name)
    calendar = desk.office.calendar
    if day is None or calendar.works(day) or request.form.get("day_off"):
        return day
    message = _(
        "%(day)s không phải ngày làm việc. Nhập ngày khác, ví dụ %(next)s, hoặc đánh "
        "dấu rằng vẫn lấy ngày này",
        day=f"{day:%d/%m/%Y}",
        next=f"{calendar.next(day):%d/%m/%Y}",
    )
    raise InvalidError(message, [FieldError(name, DAY_OFF, message)])


def asked(desk: Desk) -> Question:
    """Read what is asked from the form; InvalidError names an agency that the register
    does not hold, and, until it is said that they answer on paper, those in which
    nobody has an account.
    """
    session = desk.session
    chosen = [one for text in request.form.getlist("agency") for one in uuids(text)]
    chosen += _typed(session)
    ids = tuple(dict.fromkeys(chosen))
    reached = accounts.reachable(session, ids, ANSWERING, clock.today())
    unreached = [entry for entry in ids if entry not in reached]
    if unreached and not request.form.get("on_paper"):
        views = register_today(session).by_ids(unreached).values()
        names = ", ".join(sorted(view.title for view in views))
        message = _(
            "Chưa có ai ở các cơ quan này có tài khoản: %(names)s. Bỏ ra, hoặc "
            "đánh dấu rằng họ trả lời bằng văn bản",
            names=names,
        )
        raise InvalidError(message, [FieldError("agencies", NO_ACCOUNT, message)])
    return Question(request.form.get("question", ""), due_day(desk, "due_on"), ids)


def _typed(session: Session) -> list[UUID]:
    names = EntryNames(session, installation().profile, {})
    text = request.form.get("agencies", "")
    lines = [line.strip()[:300] for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_AGENCIES:
        message = _("Ghi tối đa %(n)s cơ quan", n=MOST_AGENCIES)
        raise InvalidError(message, [FieldError("agencies", "count", message)])
    found: list[UUID] = []
    for line in lines:
        meant = names.meant("agency", line)
        if len(meant) != 1:
            raise _unclear(session, line, meant)
        found += meant
    return found


def _unclear(session: Session, line: str, meant: list[UUID]) -> InvalidError:
    views = register_today(session).by_ids(meant).values()
    titles = "; ".join(f"{view.title} ({view.local_id})" for view in views)
    message = (
        _("“%(name)s” có thể là: %(titles)s; ghi tên đầy đủ", name=line, titles=titles)
        if meant
        else _(
            "Không có cơ quan “%(name)s” trong danh mục; ghi đúng tên hoặc mã",
            name=line,
        )
    )
    return InvalidError(message, [FieldError("agencies", "reference", message)])


def paper(session: Session) -> tuple[UUID, PaperAnswer]:
    """Read which agency answered on paper, and by which letter."""
    agency = next(iter(uuids(request.form.get("paper_agency", ""))), UUID(int=0))
    number = request.form.get("paper_number", "")
    day = form_fields.day("paper_day")
    return agency, PaperAnswer(number, day, form_fields.signed(session))


def letter(session: Session, papers: Sequence[Mapping[str, Any] | None]) -> Response:
    """Give the file of the letter by which an agency answered; NotFoundError without
    one.
    """
    named = next((paper for paper in papers if paper), None)
    row = session.get(files.File, named["file"]) if named else None
    if row is None:
        raise NotFoundError(_("Không có tệp này"))
    data = files.get(installation().settings.data_dir, row.sha256)
    return attachment(data, row.name, "application/octet-stream")
