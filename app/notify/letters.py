"""Which letters are written, and what they say; each is written once, whatever happens
in between.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts import rights_review
from app.accounts.models import Person
from app.config import Settings
from app.notify.models import Letter, Notice

AHEAD = 14  # days before an account is disabled at which its person is reminded
GATHERED = timedelta(hours=1)  # between two letters of turns to one person
_GOING_OUT = timedelta(minutes=1)  # before its time in which a letter stays as it is
_SUMMED = 50  # notices that a summary names


def write(session: Session, person_id: UUID, key: str, subject: str, text: str) -> None:
    """Write a letter unless one about the same has been written already."""
    if session.scalar(select(Letter.id).where(Letter.key == key)) is None:
        session.add(
            Letter(
                key=key,
                person_id=person_id,
                subject=subject,
                text=text,
                written_at=clock.now(),
            )
        )


def turn(person: Person, notice: Notice, base: str) -> str:
    """Return what a letter says to whoever has to act."""
    return (
        f"Kính gửi {person.name},\n\n"
        f"{notice.subject}\n\n"
        f"{_steps(notice)}"
        f"Mở tại: {base}{notice.path}\n\n"
        f"Ông/Bà nhận thư này vì: {notice.why}\n"
        "Thư báo việc đến lượt không tắt được; tắt bản tin hằng ngày ở "
        f"{base}/thong-bao.\n"
    )


def _steps(notice: Notice) -> str:
    return f"Tiến độ: {notice.steps}\n\n" if notice.steps else ""


def turns(person: Person, notices: Sequence[Notice], base: str) -> str:
    """Return what one letter says of many turns that one act made, e.g. of a dossier or
    an import.
    """
    lines = [
        f"- {notice.subject}\n  {base}{notice.path}" for notice in notices[:_SUMMED]
    ]
    rest = len(notices) - len(lines)
    more = f"\n… và {rest} phiếu khác." if rest > 0 else ""
    return (
        f"Kính gửi {person.name},\n\n" + "\n".join(lines) + f"{more}\n\n"
        f"Ông/Bà nhận thư này vì: {notices[0].why}\n"
        "Thư báo việc đến lượt không tắt được; tắt bản tin hằng ngày ở "
        f"{base}/thong-bao.\n"
    )


def tell_turns(
    session: Session, person: Person, new: Sequence[Notice], base: str
) -> None:
    """Write to a person about turns: at once, or, where a letter of turns was written
    within GATHERED, one letter when that is over, with all that has come until then.
    """
    now, last = clock.now(), _last_of_turns(session, person.id)
    due = (last.not_before or last.written_at) + GATHERED if last else now
    waits = last is not None and last.sent_at is None and last.not_before is not None
    if last is None or due <= now:
        session.add(_of_turns(person, new, base, None))
    elif waits and last.not_before is not None and last.not_before > now + _GOING_OUT:
        gathered = _turns_since(session, person.id, last)
        last.subject, last.text = _subject(gathered), turns(person, gathered, base)
    else:
        session.add(_of_turns(person, new, base, due))
    session.flush()


_TURNS = "notices"  # how the key of a letter of turns begins, before the first of them


def _of_turns(
    person: Person, notices: Sequence[Notice], base: str, ready: datetime | None
) -> Letter:
    text = (
        turn(person, notices[0], base)
        if len(notices) == 1
        else turns(person, notices, base)
    )
    return Letter(
        key=f"{_TURNS} {notices[0].id}",
        person_id=person.id,
        subject=_subject(notices),
        text=text,
        written_at=clock.now(),
        not_before=ready,
    )


def _subject(notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return notices[0].subject[:200]
    first = notices[0].subject.partition(":")[0]
    alike = all(notice.subject.partition(":")[0] == first for notice in notices)
    return (
        f"{first}: {len(notices)} phiếu" if alike else f"{len(notices)} việc cần xử lý"
    )


def _last_of_turns(session: Session, person_id: UUID) -> Letter | None:
    query = select(Letter).where(
        Letter.person_id == person_id, Letter.key.startswith(f"{_TURNS} ")
    )
    return session.scalar(query.order_by(Letter.id.desc()).limit(1))


def _turns_since(session: Session, person_id: UUID, letter: Letter) -> list[Notice]:
    """Return the turns of a person from the first that a letter tells of."""
    first = int(letter.key.removeprefix(f"{_TURNS} "))
    query = select(Notice).where(
        Notice.person_id == person_id, Notice.turn, Notice.id >= first
    )
    return list(session.scalars(query.order_by(Notice.id)))


def summary(person: Person, notices: Sequence[Notice], base: str) -> str:
    """Return what the daily summary says."""
    lines = [
        f"- {notice.subject}\n  {base}{notice.path} ({notice.why})"
        for notice in notices[:_SUMMED]
    ]
    rest = len(notices) - len(lines)
    more = f"… và {rest} thông báo khác.\n" if rest > 0 else ""
    return (
        f"Kính gửi {person.name},\n\n"
        f"Những việc đã có kết quả, Ông/Bà không phải làm gì thêm:\n\n"
        + "\n".join(lines)
        + f"\n{more}\n"
        f"Xem tất cả, hoặc tắt bản tin này: {base}/thong-bao\n"
    )


def invite(session: Session, settings: Settings, person: Person, secret: str) -> None:
    """Write to somebody the one-time link by which they choose a password."""
    text = (
        f"Kính gửi {person.name},\n\n"
        "Ông/Bà đặt mật khẩu cho tài khoản trên Danh mục cơ sở dữ liệu dùng chung tại "
        "liên kết sau, dùng một lần trong 24 giờ:\n\n"
        f"{settings.base_uri}/moi/{secret}\n\n"
        "Nếu Ông/Bà không biết việc này, đừng mở liên kết và xin báo ngay đơn vị "
        "quản lý danh mục.\n"
    )
    key = f"invited {person.id} {clock.now().isoformat()}"
    write(session, person.id, key, "Đặt mật khẩu của tài khoản", text)


def summarise(session: Session, settings: Settings, day: date) -> None:
    """Write the summary of the day before to whoever has not seen what happened and
    wants it; a daily task.
    """
    query = (
        select(Notice)
        .where(Notice.turn.is_(False), Notice.read_at.is_(None))
        .order_by(Notice.id)
    )
    query = query.where(
        Notice.at >= clock.midnight(day - timedelta(days=1)),
        Notice.at < clock.midnight(day),
    )
    by_person: dict[UUID, list[Notice]] = {}
    for notice in session.scalars(query):
        by_person.setdefault(notice.person_id, []).append(notice)
    for person_id, notices in by_person.items():
        person = session.get_one(Person, person_id)
        if person.digest and person.disabled_at is None:
            subject = f"Danh mục cơ sở dữ liệu dùng chung: {len(notices)} thông báo"
            text = summary(person, notices, settings.base_uri)
            write(
                session,
                person_id,
                f"summary {day.isoformat()} {person_id}",
                subject,
                text,
            )


def remind_unused(session: Session, settings: Settings, day: date) -> None:
    """Write to everybody whose account is to be disabled within `AHEAD` days because
    nobody uses it.

    Letters that were sent are forgotten after `retention_days`, and notices that were
    seen.
    """
    old = clock.midnight(day) - timedelta(days=settings.retention_days)
    session.execute(delete(Letter).where(Letter.sent_at < old))
    session.execute(delete(Notice).where(Notice.read_at < old))
    for person_id, last in rights_review.disabled_from(session, settings, day).items():
        if day < last <= day + timedelta(days=AHEAD):
            person = session.get_one(Person, person_id)
            text = (
                f"Kính gửi {person.name},\n\n"
                "Tài khoản của Ông/Bà trên Danh mục cơ sở dữ liệu dùng chung "
                "lâu không được dùng và sẽ bị khóa từ "
                f"ngày {last:%d/%m/%Y}. Để giữ tài khoản, "
                f"chỉ cần đăng nhập một lần trước đó tại {settings.base_uri} "
                f"và xem các mục của cơ quan còn đúng không.\n\n"
                "Nếu không còn làm việc này, Ông/Bà không cần làm gì; xin báo "
                "đơn vị quản lý để giao cho người khác.\n"
            )
            subject = f"Tài khoản sẽ bị khóa từ ngày {last:%d/%m/%Y}"
            write(
                session,
                person_id,
                f"unused {person_id} {last.isoformat()}",
                subject,
                text,
            )
