"""What entering, suspending and ending do: make versions and periods, and nothing else
changes the register.
"""

from collections import Counter as Counting
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, func, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from app import clock, journal, vietnamese
from app.db import among
from app.errors import ConflictError, InvalidError, NotFoundError
from app.register import periods
from app.register.content import facts, hashing, schema
from app.register.content.hashing import Content
from app.register.content.schema import Checked
from app.register.models import Counter, Entry, Fact, Period, Version
from app.register.periods import Span
from app.register.standing import stands
from catalog_schema import identifiers
from catalog_schema.profile import Kind, Profile, Stage

MOVED = "entry.moved"  # what the journal calls a version that a succession made
RELAID = "entry.relaid"  # days that a decision was found to say otherwise
RESERVED = "entry.reserved"  # and an identifier that waits for its entry


@dataclass(frozen=True)
class Order:
    """What is to be entered, on whose authority. `start`/`end` None: from today, to the
    next later period.
    """

    entry_id: UUID
    content: Content
    start: date | None = None
    end: date | None = None
    suspended: bool = False
    proposal_id: UUID | None = None
    post_id: UUID | None = None
    person_id: UUID | None = None
    decided_by_id: UUID | None = None
    decision_id: UUID | None = None
    checked: Checked | None = None


@dataclass
class Prepared:
    """What the register holds of entries that are about to be entered, read at once.

    By entry: its row, what holds with its days, and the number of its last version.
    `numbers` are local identifiers that were put aside for new entries, by kind,
    `facts` what is still to be written beside the versions.
    """

    entries: dict[UUID, Entry]
    spans: dict[UUID, list[tuple[Span, Period]]]
    versions: dict[UUID, int]
    numbers: dict[str, Iterator[int]]
    facts: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def preparing(
    session: Session, profile: Profile, entry_ids: Collection[UUID]
) -> Iterator[Prepared]:
    """Read at once what entering these entries, each once, needs to know of them.

    What stands beside their versions is written when the block ends.
    """
    prepared = _prepared(session, profile, entry_ids)
    yield prepared
    _write_facts(session, prepared.facts)


def _prepared(
    session: Session, profile: Profile, entry_ids: Collection[UUID]
) -> Prepared:
    entries = select(Entry).where(among(session, Entry.id, entry_ids))
    by_id = {entry.id: entry for entry in session.scalars(entries)}
    spans: dict[UUID, list[tuple[Span, Period]]] = {id_: [] for id_ in by_id}
    holding = select(Period).where(among(session, Period.entry_id, entry_ids), stands())
    holding = holding.options(joinedload(Period.version))
    for period in session.scalars(holding.order_by(Period.valid_from)):
        spans[period.entry_id].append((_span(period), period))
    last = select(Version.entry_id, func.max(Version.number))
    last = last.where(among(session, Version.entry_id, entry_ids))
    versions = dict(session.execute(last.group_by(Version.entry_id)).all())
    new = Counting(entry.kind for entry in by_id.values() if entry.local_id is None)
    numbers = {
        kind: iter(next_numbers(session, kind, count))
        for kind, count in new.items()
        if profile.kinds[kind].identifier_field is None
    }
    return Prepared(by_id, spans, versions, numbers)


def reserve(session: Session, kind: Kind) -> Entry:
    """Make the entry that a first draft is about: an id, and nothing that anybody can
    find.
    """
    entry = Entry(kind=kind.name)
    session.add(entry)
    session.flush()
    return entry


def reserve_all(session: Session, kind: Kind, ids: Collection[UUID]) -> None:
    """Make entries with ids that were drawn before."""
    if ids:
        rows = [{"id": id_, "kind": kind.name} for id_ in ids]
        session.execute(insert(Entry), rows)


def next_number(session: Session, series: str) -> int:
    """Give out the next number of a series, from 1; numbers are never reused."""
    return next_numbers(session, series, 1)[0]


def next_numbers(session: Session, series: str, count: int) -> range:
    """Give out the next numbers of a series, so many in a row."""
    counted = update(Counter).where(Counter.name == series)
    result = session.execute(counted.values(value=Counter.value + count))
    if result.rowcount == 0:  # type: ignore[attr-defined]
        session.add(Counter(name=series, value=count))
        session.flush()
        return range(1, count + 1)
    last = session.scalars(select(Counter.value).where(Counter.name == series)).one()
    return range(last - count + 1, last + 1)


def enter(
    session: Session,
    profile: Profile,
    order: Order,
    prepared: Prepared | None = None,
) -> Version:
    """Make a version of the content and have it hold for the days of the order; the
    first time also name the entry.

    What is entered can be read after the commit. InvalidError for content that breaks
    the profile, whoever calls, and when the span ends before it begins; ConflictError
    when an identifier code is already taken, or when the entry has ended by then.

    `prepared`: what many orders, each on another entry, need to know, read at once.
    """
    if prepared is None:
        get_entry(session, order.entry_id)
        with preparing(session, profile, [order.entry_id]) as alone:
            return enter(session, profile, order, alone)
    entry = prepared.entries[order.entry_id]
    kind = profile.kinds[entry.kind]
    order = replace(order, content=_admitted(kind, order, profile.base))
    first = entry.iri is None
    if first:
        _name(session, profile, kind, entry, order.content, prepared)
    number = prepared.versions.get(entry.id, 0) + 1
    version = _version(session, kind, order, number)
    prepared.facts += _facts(kind, version)
    spans = prepared.spans[entry.id]
    start = order.start or clock.today()
    if spans and all(span.end <= start for span, _ in spans):
        raise ConflictError(
            f"Mục này đã hết hiệu lực trước ngày {start:%d/%m/%Y}; không sửa "
            "đổi tiếp được"
        )
    end = order.end or periods.default_end([span for span, _ in spans], start)
    if end <= start:
        raise InvalidError("Ngày kết thúc phải sau ngày bắt đầu")
    new = Span(version.id, start, end, order.suspended)
    lay = periods.suspend if order.suspended else periods.overlay
    replaced, added = lay([span for span, _ in spans], new)
    _journal(
        session,
        "entry.entered" if first else "entry.amended",
        order,
        version,
        (spans, replaced, added),
    )
    return version


def _admitted(kind: Kind, order: Order, base: str) -> Content:
    """Return the content as it is entered; InvalidError where it breaks the profile."""
    if order.checked is not None and order.checked.admits(order.content, kind):
        return order.content
    checked = schema.check(kind, order.content, Stage.ENTER, base)
    if checked.errors:
        message = "Nội dung không đúng đặc tả; sửa từng chỗ rồi mới vào danh mục được"
        raise InvalidError(message, checked.errors)
    return checked.content


def end(session: Session, entry_id: UUID, day: date, order: Order) -> None:
    """End the entry: from `day` on no version holds. Nothing is deleted."""
    spans = _current(session, entry_id)
    replaced, added = periods.close([span for span, _ in spans], day)
    _journal(session, "entry.ended", order, None, (spans, replaced, added))


def end_as(session: Session, profile: Profile, day: date, order: Order) -> None:
    """End the entry as `end` does, and have its last word, the order's content, stand
    for what it was.
    """
    kind = profile.kinds[get_entry(session, order.entry_id).kind]
    spans = _current(session, order.entry_id)
    version = _next_version(session, kind, order)
    replaced, added = periods.close([span for span, _ in spans], day)
    kept = [span for span in added if span.start < span.end]
    last = Span(version.id, day, day)
    _journal(session, "entry.ended", order, version, (spans, replaced, [*kept, last]))


def rewrite(
    session: Session,
    profile: Profile,
    order: Order,
    change: Callable[[Content], Content],
    prepared: Prepared | None = None,
) -> None:
    """Have `change` applied to whatever holds of the entry from the order's start on.

    Each stretch of days that it makes different gets a version of its own, so that what
    was entered for later days keeps its days. `prepared` as with `enter`.
    """
    if prepared is None:
        get_entry(session, order.entry_id)
        with preparing(session, profile, [order.entry_id]) as alone:
            rewrite(session, profile, order, change, alone)
        return
    kind = profile.kinds[prepared.entries[order.entry_id].kind]
    start = order.start or clock.today()
    for span, period in prepared.spans[order.entry_id]:
        since = max(span.start, start)
        if since >= span.end:
            continue
        former = session.get_one(Version, span.version).content
        content = change(former)
        if content == former:
            continue
        prepared.versions[order.entry_id] += 1
        number = prepared.versions[order.entry_id]
        version = _version(session, kind, replace(order, content=content), number)
        prepared.facts += _facts(kind, version)
        new = Span(version.id, since, span.end, span.suspended)
        replaced, added = periods.overlay([span], new)
        _journal(session, MOVED, order, version, ([(span, period)], replaced, added))


def restorable(
    session: Session, entry_id: UUID, rows: Collection[int], day: date
) -> tuple[list[Period], list[Span]]:
    """Return what journal rows `rows` made of an entry from `day` on and still holds,
    and what held before them.

    Both empty where any of it has been changed since by other rows: that needs a
    decision of its own. What was amended for the days before `day` goes on from it, in
    the place of what it amended.
    """
    query = (
        select(Period).where(Period.entry_id == entry_id).order_by(Period.valid_from)
    )
    superseded = session.scalars(
        query.where(Period.recorded_seq.in_(rows), Period.valid_from >= day)
    ).all()
    if not superseded or any(
        p.superseded_seq is not None and p.superseded_seq not in rows
        for p in superseded
    ):
        return [], []
    gone = [period for period in superseded if period.superseded_seq is None]
    taken = session.scalars(
        query.where(Period.superseded_seq.in_(rows), Period.recorded_seq.not_in(rows))
    ).all()
    if any(period.recorded_seq > min(rows) for period in taken):
        return [], []  # what others did in between is undone by nobody
    before = [
        Span(p.version_id, max(p.valid_from, day), p.valid_to, p.suspended)
        for p in taken
        if p.valid_to > day
    ]
    eve = next(
        (p for _, p in _current(session, entry_id) if p.valid_from < day <= p.valid_to),
        None,
    )
    runs_over = any(p.valid_from < day < p.valid_to for p in taken)
    if eve is not None and runs_over:  # what runs over the day comes first in `before`
        gone.append(eve)
        before[0] = Span(eve.version_id, eve.valid_from, before[0].end, eve.suspended)
    return (gone, before) if before else ([], [])


def restore(session: Session, order: Order, rows: Collection[int]) -> bool:
    """Give an entry back what journal rows `rows` took away from the order's start on,
    recorded by a new row.

    False, and nothing done, where nothing is `restorable`.
    """
    gone, before = restorable(
        session, order.entry_id, rows, order.start or clock.today()
    )
    if before:
        note = _note("entry.restored", order, None)
        note.superseded = gone
        note.recorded = [_period(order.entry_id, span) for span in before]
        journal.record(session, note)
    return bool(before)


def movable(session: Session, order: Order, old: date, new: date) -> bool:
    """Tell whether what begins or ends of an entry on `old` can do so on `new`, see
    `relay`.
    """
    spans = _current(session, order.entry_id)
    try:
        replaced, _ = _moved(spans, order, old, new)
    except ValueError:
        return False
    return bool(replaced)


def _moved(
    spans: Sequence[tuple[Span, Period]], order: Order, old: date, new: date
) -> tuple[list[Span], list[Span]]:
    """Return the spans that no longer hold and those to add; ValueError where others
    have changed what a decision made.
    """
    for span, period in spans:
        others = period.version.decision_id != order.decision_id
        if order.decision_id and span.start == old < span.end and others:
            raise ValueError(old)
    return periods.move_boundary([span for span, _ in spans], old, new)


def relay(session: Session, order: Order, old: date, new: date) -> None:
    """Have what begins or ends of an entry on `old` do so on `new`, recorded by a new
    row: as known before, the register still answers the old day.

    ConflictError where something else begins or ends in between, or where it is no
    longer what the order's decision made that begins on `old`.
    """
    spans = _current(session, order.entry_id)
    try:
        replaced, added = _moved(spans, order, old, new)
    except ValueError as error:
        name = get_entry(session, order.entry_id).local_id
        raise ConflictError(
            f"{name} có thay đổi khác từ ngày {old:%d/%m/%Y} đến {new:%d/%m/%Y}; đính "
            "chính thay đổi đó trước"
        ) from error
    if replaced:
        _journal(session, RELAID, order, None, (spans, replaced, added))


def confirm(session: Session, order: Order) -> None:
    """Journal that the description was confirmed as still right; nothing else
    changes.
    """
    journal.record(session, _note("entry.confirmed", order, None))


def announce_day(session: Session, day: date) -> None:
    """Journal every entry whose standing changes on `day`, so that projections look at
    it again.
    """
    changes = select(Period.entry_id).where(
        stands(),
        or_(Period.valid_from == day, Period.valid_to == day),
    )
    for entry_id in session.scalars(changes.distinct().order_by(Period.entry_id)):
        journal.record(session, journal.Note("entry.day", entry_id=entry_id))


def get_entry(session: Session, entry_id: UUID) -> Entry:
    """Return the entry; NotFoundError when there is none."""
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise NotFoundError(f"Không có mục {entry_id}")
    return entry


def _name(
    session: Session,
    profile: Profile,
    kind: Kind,
    entry: Entry,
    content: Content,
    prepared: Prepared,
) -> None:
    if entry.local_id is None and kind.identifier_field is None:
        entry.local_id = _numbered(kind, next(prepared.numbers[kind.name]))
    elif kind.identifier_field is not None:
        scheme = identifiers.Scheme(content["scheme"])
        local_id = identifiers.segment(scheme, content[kind.identifier_field])
        _require_free(session, kind, entry, local_id)
        entry.local_id = local_id
    entry.iri = f"{profile.base}/id/{kind.path_word}/{entry.local_id}"
    entry.issued_on = clock.today()


def _numbered(kind: Kind, number: int) -> str:
    return f"{kind.identifier_prefix}-{number:04d}"


def reserve_identifiers(
    session: Session, profile: Profile, entry_ids: Collection[UUID]
) -> list[Entry]:
    """Put aside an identifier for each of these entries that has none; return those.

    Nobody finds anything by it before the entry is entered; it is never another's. Who
    reserves journals `RESERVED` with `reserved_hash` for each.
    """
    query = select(Entry).where(among(session, Entry.id, entry_ids))
    unnamed: dict[str, list[Entry]] = {}
    for entry in session.scalars(query.where(Entry.local_id.is_(None))):
        unnamed.setdefault(entry.kind, []).append(entry)
    order = {entry_id: place for place, entry_id in enumerate(entry_ids)}
    reserved: list[Entry] = []
    for name, entries in unnamed.items():
        kind = profile.kinds[name]
        if kind.identifier_field is not None:  # what is entered says it itself
            continue
        numbers = next_numbers(session, name, len(entries))
        entries.sort(key=lambda entry: order[entry.id])
        for entry, number in zip(entries, numbers, strict=True):
            entry.local_id = _numbered(kind, number)
            reserved.append(entry)
    return reserved


def reserved_hash(entry: Entry) -> str:
    """Return by what the journal knows which identifier was reserved."""
    return hashing.content_hash({"identifier": entry.local_id})


def _require_free(session: Session, kind: Kind, entry: Entry, local_id: str) -> None:
    """Raise ConflictError where another entry has this identifier."""
    taken = select(Entry.id).where(
        Entry.kind == kind.name, Entry.local_id == local_id, Entry.id != entry.id
    )
    if session.scalar(taken) is not None:
        raise ConflictError(
            f"{kind.labels['vi']} “{local_id}” đã có trong danh mục; "
            "mã không được cấp lại"
        )


def _version(session: Session, kind: Kind, order: Order, number: int) -> Version:
    title = facts.title(kind, order.content)
    version = Version(
        id=uuid4(),
        entry_id=order.entry_id,
        number=number,
        content=order.content,
        content_hash=hashing.content_hash(order.content),
        title=title[:500],
        sort_key=vietnamese.sort_key(title),
        match_key=facts.match_key(kind, title),
        proposal_id=order.proposal_id,
        decided_by_id=order.decided_by_id,
        decision_id=order.decision_id,
        recorded_at=clock.now(),
    )
    session.add(version)
    return version


def _facts(kind: Kind, version: Version) -> list[dict[str, Any]]:
    """Return the rows of what is kept beside a version."""
    return [
        {
            "version_id": version.id,
            "field": fact.field,
            "value": fact.value,
            "target_id": fact.target,
            "valid_from": fact.valid_from,
            "valid_to": fact.valid_to,
        }
        for fact in facts.facts(kind.fields, version.content)
    ]


def _write_facts(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write the facts of versions, which go first."""
    session.flush()
    if rows:
        table = cast(Table, Fact.__table__)  # the class would go row by row
        session.connection().execute(insert(table), rows)


def _next_version(session: Session, kind: Kind, order: Order) -> Version:
    """Make the next version of an entry, with its facts."""
    last = select(func.max(Version.number)).where(Version.entry_id == order.entry_id)
    number = (session.scalar(last) or 0) + 1
    version = _version(session, kind, order, number)
    _write_facts(session, _facts(kind, version))
    return version


_Spans = Sequence[tuple[Span, Period]]


def _current(session: Session, entry_id: UUID) -> list[tuple[Span, Period]]:
    query = select(Period).where(Period.entry_id == entry_id, stands())
    rows = session.scalars(query.order_by(Period.valid_from))
    return [(_span(period), period) for period in rows]


def _span(period: Period) -> Span:
    return Span(period.version_id, period.valid_from, period.valid_to, period.suspended)


def _journal(
    session: Session,
    action: str,
    order: Order,
    version: Version | None,
    change: tuple[_Spans, list[Span], list[Span]],
) -> None:
    spans, replaced, added = change
    note = _note(action, order, version)
    note.superseded = [period for span, period in spans if span in replaced]
    note.recorded = [_period(order.entry_id, span, version) for span in added]
    journal.record(session, note)


def _note(action: str, order: Order, version: Version | None) -> journal.Note:
    return journal.Note(
        action,
        post_id=order.post_id,
        person_id=order.person_id,
        entry_id=order.entry_id,
        proposal_id=order.proposal_id,
        version_id=version.id if version else None,
        hash=version.content_hash if version else None,
    )


def _period(entry_id: UUID, span: Span, version: Version | None = None) -> Period:
    """Return the row of a span; `version` is what was just made, not yet stored."""
    period = Period(
        id=uuid4(),
        entry_id=entry_id,
        version_id=span.version,
        valid_from=span.start,
        valid_to=span.end,
        suspended=span.suspended,
    )
    if version is not None and version.id == span.version:
        period.version = version
    return period
