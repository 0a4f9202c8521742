"""Searches that people keep: each morning a letter tells what came to them the day before."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Person
from app.config import Settings
from app.errors import InvalidError
from app.notify.letters import write
from app.notify.models import SavedSearch
from app.register.queries import EntryView

MOST = 30  # of one person
_LONGEST = 1000
_NAMED = 20  # entries that a letter names
News = Callable[[Session, str, date], tuple[str, Sequence[EntryView]]]  # what was asked, as people say it; what is new


def of(session: Session, person_id: UUID) -> list[SavedSearch]:
    """Return a person's searches, oldest first."""
    query = select(SavedSearch).where(SavedSearch.person_id == person_id).order_by(SavedSearch.id)
    return list(session.scalars(query))


def save(session: Session, person_id: UUID, asked: str) -> None:
    """Keep a search, once; InvalidError where there are too many or it is too long."""
    kept = of(session, person_id)
    if any(one.asked == asked for one in kept):
        return
    if len(kept) >= MOST:
        raise InvalidError(f"Đã lưu {MOST} tìm kiếm; bỏ bớt một tìm kiếm ở trang Thông báo rồi lưu lại")
    if len(asked) > _LONGEST:
        raise InvalidError("Tìm kiếm này có quá nhiều bộ lọc để lưu; bỏ bớt bộ lọc")
    session.add(SavedSearch(person_id=person_id, asked=asked, saved_at=clock.now()))


def forget(session: Session, person_id: UUID, number: int) -> None:
    """Forget one of a person's searches; nobody else's."""
    session.execute(delete(SavedSearch).where(SavedSearch.person_id == person_id, SavedSearch.id == number))


def tell(session: Session, settings: Settings, day: date, news: News) -> None:
    """Write a letter for each search that found something that was recorded the day before; a daily task."""
    query = select(SavedSearch, Person).join(Person, Person.id == SavedSearch.person_id)
    for saved, person in session.execute(query.where(Person.disabled_at.is_(None)).order_by(SavedSearch.id)).all():
        said, views = news(session, saved.asked, day)
        if views:
            subject = f"Tìm kiếm đã lưu “{said[:80]}”: {len(views)} mục mới hoặc vừa đổi"
            write(
                session,
                person.id,
                f"search {saved.id} {day.isoformat()}",
                subject,
                _text(person, saved, views, settings),
            )


def _text(person: Person, saved: SavedSearch, views: Sequence[EntryView], settings: Settings) -> str:
    lines = [f"- {view.title} ({view.local_id})\n  {view.iri}" for view in views[:_NAMED]]
    more = "\n… và những mục khác." if len(views) > _NAMED else ""
    return (
        f"Kính gửi {person.name},\n\n"
        "Hôm qua danh mục có mục mới hoặc vừa đổi khớp với tìm kiếm mà Ông/Bà đã lưu:\n\n"
        + "\n".join(lines)
        + more
        + "\n\n"
        f"Xem tất cả: {settings.base_uri}/tim-kiem?{saved.asked}\n"
        f"Bỏ tìm kiếm này: {settings.base_uri}/thong-bao\n"
    )
