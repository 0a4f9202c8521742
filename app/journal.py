"""The journal: append-only, hash-chained, written in the transaction that it tells of.

A row holds ids, the actor's post, the action and hashes; no personal data and no
content. Its encoding never changes, because rows can never be hashed anew
(docs/journal.md): the RFC 8785 form of `body()`, hashed as an RFC 9162 leaf,
SHA-256(0x00 ‖ bytes). `prev` is the leaf hash of the row before, 64 zeros for the
first.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import rfc8785
from sqlalchemy import Index, Integer, String, func, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Database, Instant

# raised where the database holds what is no number, no day, no id
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, StatementError)
GENESIS = "0" * 64
# where a writing session keeps the number and the hash of its last row
_LAST = "journal"
_CHANGED = "journal.changed"
_ACTING = "journal.acting"  # the person and the post whose transaction it is
EDITION = 2  # of the encoding; rows of the first stay and verify


class JournalRow(Base):
    """One row; `seq` counts from 1 without gaps, in the order of commits."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_action_seq", "action", "seq"),)

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    action: Mapped[str] = mapped_column(String(60))
    post_id: Mapped[UUID | None]
    entry_id: Mapped[UUID | None] = mapped_column(index=True)
    proposal_id: Mapped[UUID | None] = mapped_column(index=True)
    version_id: Mapped[UUID | None]
    hash: Mapped[str | None] = mapped_column(String(64))
    edition: Mapped[int] = mapped_column(default=EDITION, server_default="1")
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    subject_id: Mapped[UUID | None]
    periods: Mapped[str | None] = mapped_column(String(64))
    prev: Mapped[str] = mapped_column(String(64))
    leaf: Mapped[str] = mapped_column(String(64), unique=True)

    def body(self) -> dict[str, Any]:
        """Return what is hashed. Absent ids are left out; the instant is UTC with six
        decimals and Z.
        """
        ids = {
            "post": self.post_id,
            "entry": self.entry_id,
            "proposal": self.proposal_id,
            "version": self.version_id,
        }
        if self.edition > 1:
            ids |= {"person": self.person_id, "subject": self.subject_id}
        texts = {"hash": self.hash, "periods": self.periods}
        return {
            "v": self.edition,
            "seq": self.seq,
            "at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "action": self.action,
            "prev": self.prev,
            **{name: str(value) for name, value in ids.items() if value is not None},
            **{name: text for name, text in texts.items() if text is not None},
        }

    def compute_leaf(self) -> str:
        """Return the RFC 9162 leaf hash of the row's canonical encoding, in
        hexadecimal.
        """
        return hashlib.sha256(b"\x00" + rfc8785.dumps(self.body())).hexdigest()


class Told(Protocol):
    """What says of itself all that a row vouches for."""

    def told(self) -> dict[str, str]:
        """Return it, with its `id`."""
        ...


class Numbered(Told, Protocol):
    """Something that carries the number of the row that recorded it."""

    recorded_seq: int


class Superseded(Told, Protocol):
    """Something that carries the number of the row from which on it no longer holds."""

    superseded_seq: int | None


@dataclass
class Note:
    """What a service wants journalled; `recorded` is added, `superseded` marked, with
    the number the row gets.

    `post_id` and `person_id` acted, by default those whose transaction it is;
    `subject_id` is the person or the post that something was done to.
    """

    action: str
    post_id: UUID | None = None
    entry_id: UUID | None = None
    proposal_id: UUID | None = None
    version_id: UUID | None = None
    hash: str | None = None
    person_id: UUID | None = None
    subject_id: UUID | None = None
    recorded: Sequence[Numbered] = ()
    superseded: Sequence[Superseded] = ()


def record(session: Session, note: Note) -> None:
    """Number, chain and write `note`, with what it records and supersedes.

    Only in a writing transaction: one writes at a time, so that nobody else can take
    the number (ADR 8).
    """
    seq, prev = session.info.get(_LAST) or _last(session)
    person_id, post_id = session.info.get(_ACTING, (None, None))
    note.person_id = note.person_id or person_id
    note.post_id = note.post_id or post_id
    row = _row(note, seq + 1, clock.now(), prev)
    session.add(row)
    for row_ in note.recorded:
        row_.recorded_seq = row.seq
        session.add(row_)
    for old in note.superseded:
        old.superseded_seq = row.seq
    session.info[_LAST] = (row.seq, row.leaf)
    if (note.recorded or note.superseded) and note.entry_id is not None:
        session.info.setdefault(_CHANGED, set()).add(note.entry_id)


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """Do something that may fail without losing what the transaction did before: what
    it wrote is taken back, its rows of the journal too.
    """
    last, changed_ids = session.info.get(_LAST), set(changed(session))
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info[_LAST], session.info[_CHANGED] = last, changed_ids
        raise


def acting(session: Session, person_id: UUID, post_id: UUID | None) -> None:
    """Say whose transaction it is, for what is journalled in it without a name."""
    session.info[_ACTING] = (person_id, post_id)


def digest(recorded: Iterable[Told], superseded: Iterable[Told]) -> str | None:
    """Return SHA-256 of what a row recorded and superseded, None for nothing."""
    new = sorted((period.told() for period in recorded), key=lambda told: told["id"])
    old = sorted(period.told()["id"] for period in superseded)
    if not new and not old:
        return None
    vouched: dict[str, Any] = {"recorded": new, "superseded": old}
    return hashlib.sha256(rfc8785.dumps(vouched)).hexdigest()


def changed(session: Session) -> set[UUID]:
    """Return the entries whose periods this transaction has changed so far."""
    changed_ids: set[UUID] = session.info.get(_CHANGED, set())
    return changed_ids


def head(session: Session) -> int:
    """Return the number of the latest row, 0 when there is none."""
    return session.scalar(select(func.max(JournalRow.seq))) or 0


def recorded_at(session: Session, seq: int) -> datetime | None:
    """Return when a row was written, None where there is no such row."""
    return session.scalar(select(JournalRow.at).where(JournalRow.seq == seq))


def _last(session: Session) -> tuple[int, str]:
    last = session.scalars(
        select(JournalRow).order_by(JournalRow.seq.desc()).limit(1)
    ).first()
    return (last.seq, last.leaf) if last else (0, GENESIS)


def _row(note: Note, seq: int, at: datetime, prev: str) -> JournalRow:
    row = JournalRow(
        seq=seq,
        at=at,
        action=note.action,
        post_id=note.post_id,
        entry_id=note.entry_id,
        proposal_id=note.proposal_id,
        version_id=note.version_id,
        hash=note.hash,
        edition=EDITION,
        person_id=note.person_id,
        subject_id=note.subject_id,
        periods=digest(note.recorded, note.superseded),
        prev=prev,
    )
    row.leaf = row.compute_leaf()
    return row


class Cursor(Base):
    """How far a projection has followed the journal, and who follows until when (one
    follower at a time).
    """

    __tablename__ = "cursor"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(80))
    until: Mapped[datetime | None] = mapped_column(Instant)


class Projection(Protocol):
    """Anything rebuilt from the register by following the journal."""

    name: str

    def apply(self, database: Database, entries: list[UUID]) -> None:
        """Bring these entries up to date, durably; idempotent, since a crash makes it
        see them again.
        """
        ...

    def clear(self, database: Database) -> None:
        """Forget everything, durably."""
        ...

    def sound(self) -> bool:
        """Tell whether what it keeps is there and can be read."""
        ...

    def rebuild(self, database: Database, beat: Callable[[], object]) -> None:
        """Keep what the register holds now, made from nothing, durably; whoever reads
        goes on meanwhile.

        `beat` is called every so often, so that whoever waits knows that it goes on.
        """
        ...


def position(session: Session, name: str) -> int:
    """Return the row up to which the projection has followed."""
    cursor = session.get(Cursor, name)
    return cursor.seq if cursor else 0


def follow(
    database: Database,
    projection: Projection,
    batch: int = 500,
    beat: Callable[[], object] = lambda: None,
) -> int:
    """Bring `projection` up to date; return how many journal rows it read. `beat` is
    called after each batch.

    The cursor moves only after `apply` has made its work durable, so a kill in between
    repeats work and loses none.
    """
    read = 0
    while True:
        with database.reading() as session:
            rows = session.execute(
                _after(position(session, projection.name), batch)
            ).all()
        if not rows:
            return read
        projection.apply(
            database,
            list(dict.fromkeys(entry for _, entry in rows if entry is not None)),
        )
        _move(database, projection.name, rows[-1][0])
        read += len(rows)
        beat()


def rebuild(
    database: Database,
    projection: Projection,
    beat: Callable[[], object] = lambda: None,
) -> int:
    """Make the projection anew from what the register holds, while it is read; return
    up to which row.
    """
    with database.reading() as session:
        seen = head(session)
    projection.rebuild(database, beat)
    _move(database, projection.name, seen)
    return seen + follow(database, projection, beat=beat)


def _after(seq: int, batch: int) -> Any:
    return (
        select(JournalRow.seq, JournalRow.entry_id)
        .where(JournalRow.seq > seq)
        .order_by(JournalRow.seq)
        .limit(batch)
    )


def unread(session: Session, name: str, limit: int) -> list[JournalRow]:
    """Return the next rows that a reader of rows has not read yet, oldest first;
    `advance` in the same transaction.
    """
    query = (
        select(JournalRow)
        .where(JournalRow.seq > position(session, name))
        .order_by(JournalRow.seq)
    )
    return list(session.scalars(query.limit(limit)))


def advance(session: Session, name: str, seq: int) -> None:
    """Note that `name` has read up to a row."""
    cursor = session.get(Cursor, name) or Cursor(name=name)
    cursor.seq = seq
    session.add(cursor)


def _move(database: Database, name: str, seq: int) -> None:
    with database.transaction() as session:
        advance(session, name, seq)


@dataclass(frozen=True)
class Fault:
    """The first row that does not fit, and why, in Vietnamese."""

    seq: int
    reason: str


def verify(rows: Iterable[JournalRow]) -> tuple[int, Fault | None]:
    """Check every link of the chain, in order; return how many rows hold and the first
    fault.

    Names a changed, deleted, inserted or swapped row. Rows cut off at the end can only
    be seen against a head that was noted elsewhere.
    """
    expected, prev = 1, GENESIS
    try:
        for row in rows:
            reason = _fault(row, expected, prev)
            if reason:
                return expected - 1, Fault(expected, reason)
            expected, prev = expected + 1, row.leaf
    except _UNREADABLE:
        reason = f"không đọc được dòng {expected}: có giá trị không phải của nhật ký"
        return expected - 1, Fault(expected, reason)
    return expected - 1, None


def _fault(row: JournalRow, expected: int, prev: str) -> str | None:
    if row.seq != expected:
        return f"thiếu dòng {expected}: dòng kế tiếp mang số {row.seq}"
    if row.compute_leaf() != row.leaf:
        return f"nội dung dòng {expected} đã bị thay đổi: mã băm không khớp"
    if row.prev != prev:
        return (
            f"dòng {expected} không nối với dòng trước: có dòng bị chèn, đổi chỗ "
            "hoặc viết lại"
        )
    return None


def rows(session: Session) -> Iterator[JournalRow]:
    """Yield every row in order, a thousand at a time."""
    query = (
        select(JournalRow).order_by(JournalRow.seq).execution_options(yield_per=1000)
    )
    last = 0
    try:
        with closing(session.scalars(query)) as stream:
            for row in stream:
                yield row
                last = row.seq
    except _UNREADABLE:
        # one of the thousand: those before it are told all the same
        later = select(JournalRow.seq).where(JournalRow.seq > last)
        for seq in session.scalars(later.order_by(JournalRow.seq)).all():
            yield session.get_one(JournalRow, seq)


def lease(database: Database, name: str, holder: str, seconds: int) -> bool:
    """Take or renew the right to follow for `seconds`; False while somebody else holds
    it.
    """
    now = clock.now()
    with database.transaction() as session:
        cursor = session.get(Cursor, name) or Cursor(name=name, seq=0)
        if (
            cursor.holder not in (None, holder)
            and cursor.until is not None
            and cursor.until > now
        ):
            return False
        cursor.holder, cursor.until = holder, now + timedelta(seconds=seconds)
        session.add(cursor)
    return True


def holder(database: Database, name: str) -> str | None:
    """Return who holds the right to follow, None for nobody."""
    with database.reading() as session:
        cursor = session.get(Cursor, name)
        return cursor.holder if cursor else None


def release(database: Database, name: str, holder: str) -> None:
    """Give the right to follow back, if `holder` has it."""
    with database.transaction() as session:
        cursor = session.get(Cursor, name)
        if cursor is not None and cursor.holder == holder:
            cursor.holder = cursor.until = None
