"""What owners say of how fresh their data are: said with one click, examined by nobody,
and no part of the entry's description, so that no version comes of it. What is seen
from outside stands beside it, and counts where it brings the data forward.

What was once recorded in the description (`last_updated`) counts as said first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from app import clock, journal
from app.db import among
from app.errors import FieldError, InvalidError, NotFoundError
from app.exchange.measurements import EARLIEST
from app.exchange.models import DataStatement, StatementKind
from app.permissions import Action, require
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, moment
from app.vietnamese import clean
from app.workflow.context import Desk
from catalog_schema.profile import DATABASE

SAID = "data.stated"
_LONGEST_REASON = 1000
_IN_DESCRIPTION = "last_updated"


@dataclass(frozen=True)
class Evidence:
    """What is known of how fresh data are: the day to which they are current; the last
    delay that was announced since, with its reason. `by`: what tells the day, None for
    the description; `where` it was seen.
    """

    day: date | None = None
    said_on: date | None = None
    by: StatementKind | None = None
    where: str = ""
    delayed_until: date | None = None
    reason: str = ""


NOTHING = Evidence()


def say_current(
    desk: Desk, view: EntryView, day: date, *, known: date | None = None
) -> DataStatement:
    """Say that the data of an entry are current to a day. ForbiddenError unless it is
    the actor's agency's own; InvalidError for a day that is still to come, or before
    `known`, which was said already.
    """
    if day > clock.today():
        _refuse("day", "Ngày dữ liệu cập nhật đến không được sau hôm nay")
    if day < EARLIEST:
        _refuse("day", f"Năm {day.year} quá sớm; kiểm tra lại năm")
    if known is not None and day < known:
        _refuse(
            "day",
            f"Đã xác nhận dữ liệu cập nhật đến {known:%d/%m/%Y}; nếu ngày đó sai, đánh "
            "dấu “đính chính” rồi gửi lại",
        )
    return _say(desk, view, StatementKind.CURRENT, day, None)


def announce_delay(
    desk: Desk, view: EntryView, until: date, reason: str
) -> DataStatement:
    """Say that the data will be late until a day, and why. Errors as with
    `say_current`; InvalidError for a day that is past, or without a reason.
    """
    told = clean(reason)[:_LONGEST_REASON]
    if until <= clock.today():
        _refuse("until", "Ngày hẹn phải sau hôm nay")
    if not told:
        _refuse("reason", "Nhập lý do dữ liệu cập nhật chậm")
    return _say(desk, view, StatementKind.DELAY, until, told)


def witness(
    desk: Desk, view: EntryView, kind: StatementKind, day: date, where: str
) -> DataStatement | None:
    """Keep a day that was seen from outside, and where; None where that tells nothing
    new. ForbiddenError unless the actor may count for every agency.
    """
    require(desk.actor, Action.COUNT, None)
    register = Register(desk.session, desk.profile, moment(desk.session))
    said = history(register, [view.id]).get(view.id, [])
    known = known_on(view, said, clock.today())
    # what was seen there before may have been corrected by the owner since
    before = any(one.reason == where and one.day >= day for one in said)
    old = known.day is not None and day <= known.day
    if old or before or not EARLIEST <= day <= clock.today():
        return None
    return _record(desk, view, kind, day, where[:_LONGEST_REASON])


def _say(
    desk: Desk, view: EntryView, kind: StatementKind, day: date, reason: str | None
) -> DataStatement:
    owner = view.content.get("owner")
    require(desk.actor, Action.STATE, UUID(owner) if owner else None)
    return _record(desk, view, kind, day, reason)


def _record(
    desk: Desk, view: EntryView, kind: StatementKind, day: date, reason: str | None
) -> DataStatement:
    if view.kind != DATABASE or view.state not in PRESENT:
        raise NotFoundError("Mục này không có dữ liệu để xác nhận")
    statement = DataStatement(
        id=uuid4(),
        entry_id=view.id,
        kind=kind,
        day=day,
        reason=reason,
        agency_id=desk.actor.agency_id,
        post_id=desk.actor.post_id,
        said_at=clock.now(),
    )
    note = journal.Note(SAID, entry_id=view.id, recorded=[statement])
    journal.record(desk.session, note)
    return statement


def _refuse(field: str, message: str) -> None:
    raise InvalidError(message, [FieldError(field, "statement", message)])


def history(
    register: Register, ids: Collection[UUID]
) -> dict[UUID, list[DataStatement]]:
    """Return what was said of these entries by the register's moment, in order."""
    query = select(DataStatement).where(
        among(register.session, DataStatement.entry_id, set(ids)),
        DataStatement.recorded_seq <= register.at.known_at,
    )
    by_entry: dict[UUID, list[DataStatement]] = {}
    for statement in register.session.scalars(
        query.order_by(DataStatement.recorded_seq)
    ):
        by_entry.setdefault(statement.entry_id, []).append(statement)
    return by_entry


def evidence(
    register: Register, views: Collection[EntryView]
) -> Mapping[UUID, Evidence]:
    """Return what is known on the register's day of how fresh the data of these entries
    are; NOTHING where nobody ever said.
    """
    statements = history(register, [view.id for view in views])
    day = register.at.as_of
    return {view.id: known_on(view, statements.get(view.id, ()), day) for view in views}


def known_on(
    view: EntryView, statements: Sequence[DataStatement], day: date
) -> Evidence:
    """Return what was known on a day, by what was said until then and what the
    description says.
    """
    until_then = [
        statement
        for statement in statements
        if clock.local(statement.said_at).date() <= day
    ]
    last: DataStatement | None = None
    delay: DataStatement | None = None
    for statement in until_then:
        if statement.kind is StatementKind.DELAY:
            delay = statement
            continue
        before = last.day if last else _described(view, day)
        forward = before is None or statement.day > before
        if statement.kind.seen and not forward:
            continue  # an owner may say that it is older; what is seen may not
        # what does not bring the data forward leaves a delay as it is
        delay = None if forward else delay
        last = statement
    return Evidence(
        last.day if last else _described(view, day),
        clock.local(last.said_at).date() if last else None,
        last.kind if last else None,
        (last.reason or "") if last and last.kind.seen else "",
        delay.day if delay else None,
        (delay.reason or "") if delay else "",
    )


def _described(view: EntryView, day: date) -> date | None:
    try:
        day_said = date.fromisoformat(str(view.content.get(_IN_DESCRIPTION)))
    except ValueError:
        return None
    return day_said if day_said <= day else None
