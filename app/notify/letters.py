"""Which letters are written, and what they say; each is written once, whatever happens in between."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts import review
from app.accounts.models import Person
from app.config import Settings
from app.notify.models import Letter

AHEAD = 14  # days before an account is disabled at which its person is reminded


def write(session: Session, person_id: UUID, key: str, subject: str, text: str) -> None:
    """Write a letter unless one about the same has been written already."""
    if session.scalar(select(Letter.id).where(Letter.key == key)) is None:
        session.add(Letter(key=key, person_id=person_id, subject=subject, text=text, written_at=clock.now()))


def remind_unused(session: Session, settings: Settings, day: date) -> None:
    """Write to everybody whose account is to be disabled within `AHEAD` days because nobody uses it.

    Letters that were sent are forgotten after `retention_days`.
    """
    old = clock.midnight(day) - timedelta(days=settings.retention_days)
    session.execute(delete(Letter).where(Letter.sent_at < old))
    for person_id, last in review.disabled_from(session, settings, day).items():
        if day < last <= day + timedelta(days=AHEAD):
            person = session.get_one(Person, person_id)
            text = (
                f"Kính gửi {person.name},\n\n"
                f"Tài khoản của Ông/Bà trên Danh mục cơ sở dữ liệu dùng chung lâu không được dùng và sẽ bị khóa từ "
                f"ngày {last:%d/%m/%Y}. Để giữ tài khoản, chỉ cần đăng nhập một lần trước đó tại {settings.base_uri} "
                f"và xem các mục của cơ quan còn đúng không.\n\n"
                f"Nếu không còn làm việc này, Ông/Bà không cần làm gì; xin báo đơn vị quản lý để giao cho người khác.\n"
            )
            subject = f"Tài khoản sẽ bị khóa từ ngày {last:%d/%m/%Y}"
            write(session, person_id, f"unused {person_id} {last.isoformat()}", subject, text)
