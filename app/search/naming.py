"""The names that the department keeps beside those that come with the register; a search knows them at once."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import InvalidError
from app.search import analysis
from app.search.alike import Groups
from app.search.models import SynonymGroup
from app.vietnamese import clean

MOST = 500  # groups
_NAMES = 10  # of a group
_LONGEST = 100  # letters of a name
_WORDS = 12  # of a name


def listed(session: Session) -> list[SynonymGroup]:
    """Return the groups that are kept, newest first."""
    query = select(SynonymGroup).where(SynonymGroup.dropped_at.is_(None)).order_by(SynonymGroup.id.desc())
    return list(session.scalars(query))


def groups(session: Session) -> Groups:
    """Return what is kept as groups of names."""
    kept = select(SynonymGroup.names).where(SynonymGroup.dropped_at.is_(None)).order_by(SynonymGroup.id)
    return tuple(tuple(names.split("\n")) for names in session.scalars(kept))


def read(text: str) -> tuple[str, ...]:
    """Return the names that somebody typed, a line each; InvalidError says what is wrong."""
    names = tuple(dict.fromkeys(" ".join(line.split()) for line in clean(text).split("\n") if line.strip()))
    if not 2 <= len(names) <= _NAMES:  # noqa: PLR2004 - a name, and another for the same
        raise InvalidError(f"Gõ từ hai đến {_NAMES} tên, mỗi dòng một tên, tên đầy đủ ở dòng đầu")
    for name in names:
        if not analysis.tokens(name):
            raise InvalidError(f"“{name}” không có chữ hay số nào")
        if len(name) > _LONGEST or len(analysis.tokens(name)) > _WORDS:
            raise InvalidError(f"“{name[:40]}…” quá dài; một tên có tối đa {_LONGEST} chữ cái và {_WORDS} từ")
    return names


def keep(session: Session, person_id: UUID, text: str) -> None:
    """Keep a group; InvalidError says what is wrong with it."""
    if len(listed(session)) >= MOST:
        raise InvalidError(f"Đã có {MOST} nhóm tên; bỏ bớt nhóm không còn dùng")
    session.add(SynonymGroup(names="\n".join(read(text)), kept_by_id=person_id, kept_at=clock.now()))


def drop(session: Session, number: int) -> None:
    """Know a group no longer; it stays on record."""
    group = session.get(SynonymGroup, number)
    if group is not None and group.dropped_at is None:
        group.dropped_at = clock.now()
