"""Searches that people keep: each morning a letter tells what came to them since the
last.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
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
# what was asked, within which days → what people call it, the first of what is new, how
# much is
News = Callable[[Session, str, tuple[date, date]], tuple[str, Sequence[EntryView], int]]


def of(session: Session, person_id: UUID) -> list[SavedSearch]:
    """Return a person's searches, oldest first."""
    query = (
        select(SavedSearch)
        .where(SavedSearch.person_id == person_id)
        .order_by(SavedSearch.id)
    )
    return list(session.scalars(query))


def save(session: Session, person_id: UUID, question: str) -> None:
    """Keep a search, once; InvalidError where there are too many or it is too long."""
    searches = of(session, person_id)
    if any(search.asked == question for search in searches):
        return
    if len(searches) >= MOST:
        raise InvalidError(
            f"Đã lưu {MOST} tìm kiếm; bỏ bớt một tìm kiếm ở trang Thông báo rồi lưu lại"
        )
    if len(question) > _LONGEST:
        raise InvalidError("Tìm kiếm này có quá nhiều bộ lọc để lưu; bỏ bớt bộ lọc")
    session.add(
        SavedSearch(
            person_id=person_id,
            asked=question,
            saved_at=clock.now(),
            told_on=clock.today(),
        )
    )


def forget(session: Session, person_id: UUID, number: int) -> None:
    """Forget one of a person's searches; nobody else's."""
    session.execute(
        delete(SavedSearch).where(
            SavedSearch.person_id == person_id, SavedSearch.id == number
        )
    )


def due(session: Session) -> list[int]:
    """Return the searches of which nothing has been told today."""
    query = select(SavedSearch.id).join(Person, Person.id == SavedSearch.person_id)
    query = query.where(
        SavedSearch.told_on < clock.today(), Person.disabled_at.is_(None)
    )
    return list(session.scalars(query.order_by(SavedSearch.id)))


def tell(settings: Settings, news: News, session: Session, number: int) -> None:
    """Write a letter if a search found something that was recorded since it was last
    told of, up to yesterday.
    """
    saved = session.get(SavedSearch, number)
    today = clock.today()
    if saved is None or saved.told_on >= today:
        return
    lines, views, total = news(
        session, saved.asked, (saved.told_on, today - timedelta(days=1))
    )
    person = session.get_one(Person, saved.person_id)
    saved.told_on = today
    if views:
        subject = f"Tìm kiếm đã lưu “{lines[:80]}”: {total} mục mới hoặc vừa đổi"
        text = _text(person, saved, views, total, settings.base_uri)
        write(
            session, person.id, f"search {saved.id} {today.isoformat()}", subject, text
        )


def _text(
    person: Person,
    saved: SavedSearch,
    views: Sequence[EntryView],
    total: int,
    base: str,
) -> str:
    lines = [
        f"- {view.title} ({view.local_id})\n  {view.iri}" for view in views[:_NAMED]
    ]
    more = f"\n… và {total - len(lines)} mục khác." if total > len(lines) else ""
    return (
        f"Kính gửi {person.name},\n\n"
        "Danh mục có mục mới hoặc vừa đổi khớp với tìm kiếm mà Ông/Bà đã lưu:\n\n"
        + "\n".join(lines)
        + more
        + "\n\n"
        f"Xem tất cả: {base}/tim-kiem?{saved.asked}\n"
        f"Bỏ tìm kiếm này: {base}/thong-bao\n"
    )
