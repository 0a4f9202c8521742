"""Every read of the register: as of a day, as known at a journal row, cut to who
asks.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from app import clock, journal
from app.db import among, dialect_of, hexed, packed, raw
from app.errors import MalformedError, NotFoundError
from app.permissions import PUBLIC, Audience
from app.register import conditions as thing_conditions
from app.register import statements
from app.register.conditions import Condition, ThingState, Told
from app.register.content import cut, facts
from app.register.content.hashing import Content
from app.register.filters import Filter, allowed, conditions
from app.register.models import Entry, Fact, Period, Version
from app.register.orders import SortOrder, beyond
from app.register.standing import (
    PRESENT,
    Columns,
    Moment,
    Standing,
    State,
    known,
    standing_at,
)
from catalog_schema.profile import Profile, Type, Visibility

_FEW = 5000  # entries of a kind
SUCCESSION = "succession"


@dataclass(frozen=True)
class EntryView:
    """An entry as it stands at a moment. `content` is already cut; `valid_to` is
    exclusive. `state` is the entry's, `thing` how what it describes stands that day.
    """

    id: UUID
    kind: str
    local_id: str
    iri: str
    issued_on: date
    state: State
    period_id: UUID
    version_id: UUID
    number: int
    content: Content
    content_hash: str
    title: str
    sort_key: str
    valid_from: date
    valid_to: date
    recorded_at: datetime
    decided_by_id: UUID | None
    decision_id: UUID | None
    thing: ThingState

    @property
    def illustrative(self) -> bool:
        """Whether the content was made up to illustrate."""
        return bool(self.content.get("illustrative"))

    def stood(self, day: date) -> Condition:
        """Return how the thing stood, or will stand, on another day, by what is known
        now.
        """
        told = Told(
            self.state,
            self.valid_from,
            self.valid_to,
            self.recorded_at,
            self.content,
            day,
        )
        return thing_conditions.of(self.kind, told).condition


@dataclass(frozen=True)
class Use:
    """The entries of one kind that name another in one field: how many, and the first
    of them.
    """

    kind: str
    field: str
    total: int
    views: list[EntryView]


@dataclass(frozen=True)
class VersionView:
    """A version of an entry and the days for which it holds, as known at a moment."""

    id: UUID
    number: int
    title: str
    valid_from: date
    valid_to: date
    suspended: bool
    recorded_at: datetime
    content_hash: str
    proposal_id: UUID | None
    decision_id: UUID | None


def _standings(rows: Iterable[Any]) -> Iterator[Standing]:
    return (Standing(*entry, State(state), period) for *entry, state, period in rows)  # type: ignore[call-arg]


class Register:
    """Reads of one register, for one session, moment and audience."""

    def __init__(
        self,
        session: Session,
        profile: Profile,
        at: Moment,
        audience: Audience = PUBLIC,
    ) -> None:
        self.session = session
        self.profile = profile
        self.at = at
        self.audience = audience

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The kinds of whose entries the audience may not know."""
        return self.profile.hidden(self.audience.level)

    @property
    def times(self) -> dict[str, Any]:
        """The parameters of the queries that are made once, for `standing.ANY`."""
        return {"as_of": self.at.as_of, "known_at": self.at.known_at}

    def get(self, kind: str, local_id: str) -> EntryView:
        """Return one entry by its identifier; NotFoundError when the register did not
        hold it then.
        """
        return self._one(Entry.kind == kind, Entry.local_id == local_id)

    def by_local_id(self, local_id: str) -> EntryView:
        """Return the entry of whatever kind that has this identifier; NotFoundError
        when there is none.
        """
        return self._one(Entry.local_id == local_id)

    def by_ids(self, ids: Iterable[UUID]) -> dict[UUID, EntryView]:
        """Return those of `ids` that the register holds."""
        asked_ids, dialect = set(ids), dialect_of(self.session)
        if not asked_ids:
            return {}
        rows = self._rows(
            statements.given(dialect), {**self.times, "ids": packed(dialect, asked_ids)}
        )
        return {view.id: view for view in rows}

    def page(
        self,
        criteria: Filter,
        *,
        after: str | None = None,
        limit: int = 20,
        order: SortOrder = SortOrder.TITLE,
    ) -> tuple[list[EntryView], str | None]:
        """Return a part of the list, in an order, and the key of the next part, None at
        the end.
        """
        query = self._listed(criteria).limit(limit + 1)
        if after is not None:
            query = query.where(beyond(self._position(after), order))
        if order is SortOrder.TITLE:
            query = query.order_by(Version.sort_key, Entry.id)
        else:
            query = query.order_by(Version.recorded_at.desc(), Entry.id.desc())
        rows = self._rows(query)
        return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None

    def count(self, criteria: Filter) -> int:
        """Return how many entries match."""
        return (
            self.session.scalar(self.matching(criteria, lambda _: (func.count(),))) or 0
        )

    def ids(self, criteria: Filter) -> set[UUID]:
        """Return the ids of every entry that matches."""
        return set(self.session.scalars(self.matching(criteria, lambda _: (Entry.id,))))

    def ordered(self, criteria: Filter, most: int) -> list[UUID]:
        """Return the ids of the first so many entries that match, in Vietnamese order
        of titles.
        """
        query = self.matching(criteria, lambda _: (Entry.id,)).order_by(
            Version.sort_key, Entry.id
        )
        return list(self.session.scalars(query.limit(most)))

    def titles(self, criteria: Filter) -> dict[UUID, str]:
        """Return the title of every entry that matches, for when no index can be
        asked.
        """
        rows = self.session.execute(
            self.matching(criteria, lambda _: (Entry.id, Version.title))
        )
        return {row[0]: row[1] for row in rows}

    def all(self, criteria: Filter) -> list[EntryView]:
        """Return every entry that matches, in order of (issued, identifier)."""
        return self._rows(
            self._listed(criteria).order_by(Entry.issued_on, Entry.local_id)
        )

    def standings(self, criteria: Filter) -> Iterator[Standing]:
        """Return every entry that matches, in order of (issued, identifier), without
        reading contents.
        """
        query = self.matching(
            criteria,
            lambda standing: (*statements.OF_ENTRY, standing.c.state, standing.c.id),
        )
        query = query.order_by(Entry.issued_on, Entry.local_id).execution_options(
            yield_per=1000
        )
        return _standings(self.session.execute(query))

    def keys(self, criteria: Filter) -> Iterator[tuple[str, str]]:
        """Return of every entry that matches its id in hexadecimal and its kind, in
        order of (issued, identifier).
        """
        query = self.matching(criteria, lambda _: (raw(Entry.id), Entry.kind))
        query = query.order_by(Entry.issued_on, Entry.local_id).execution_options(
            yield_per=1000
        )
        return (
            (hexed(entry_id), kind) for entry_id, kind in self.session.execute(query)
        )

    def standings_of(self, ids: Collection[UUID]) -> list[Standing]:
        """Return how these entries stand, in order of (issued, identifier), without
        reading contents.
        """
        if not ids:
            return []
        dialect = dialect_of(self.session)
        rows = self.session.execute(
            statements.standings(dialect), {**self.times, "ids": packed(dialect, ids)}
        )
        return [each for each in _standings(rows) if each.kind not in self.hidden]

    def ids_of(self, iris: Iterable[str]) -> list[UUID]:
        """Return the ids of the entries that have these IRIs, as far as there are
        any.
        """
        return list(self.session.scalars(select(Entry.id).where(Entry.iri.in_(iris))))

    def latest(self, limit: int) -> list[EntryView]:
        """Return the entries whose versions were recorded last, newest first."""
        return self._rows(statements.latest(), {**self.times, "most": limit})

    def latest_in_effect(self, limit: int) -> list[EntryView]:
        """Return the entries whose versions took effect last by the day asked about."""
        query = statements.latest_in_effect()
        return self._rows(query, {**self.times, "most": limit})

    def facet(self, criteria: Filter, name: str) -> list[tuple[str, int]]:
        """Count the values of one facet among what matches, most frequent first: see
        `facets`.
        """
        return self.facets(criteria, (name,))[1][name]

    def facets(
        self, criteria: Filter, names: Sequence[str]
    ) -> tuple[int, dict[str, list[tuple[str, int]]]]:
        """Return how many entries match, and for each fact field, `kind` or `state` the
        count of its values.
        """
        counts: dict[str, Counter[str]] = {name: Counter() for name in names}
        grouped = self.matching(
            criteria, lambda standing: (Entry.kind, standing.c.state, func.count())
        )
        total = 0
        for kind, state, count in self.session.execute(
            grouped.group_by(literal_column("1"), literal_column("2"))
        ):
            total += count
            for name, value in (("kind", kind), ("state", state)):
                if name in counts:
                    counts[name][value] += count
        for name, value, count in self._fact_counts(
            criteria, [n for n in names if n not in ("kind", "state")]
        ):
            counts[name][value] = count
        return total, {
            name: sorted(values.items(), key=lambda row: (-row[1], row[0]))
            for name, values in counts.items()
        }

    def _fact_counts(
        self, criteria: Filter, names: list[str]
    ) -> Iterator[tuple[str, str, int]]:
        for name in names:
            self.allowed(name)
        versions = self.matching(criteria, lambda _: (Version.id,))
        query = select(
            Fact.field,
            Fact.value,
            Fact.target_id,
            func.count(Fact.version_id.distinct()),
        )
        query = query.where(Fact.field.in_(names), Fact.version_id.in_(versions))
        for name, value, target, count in self.session.execute(
            query.group_by(Fact.field, Fact.value, Fact.target_id)
        ):
            yield name, str(target) if value is None else value, count

    def versions(self, entry_id: UUID) -> list[VersionView]:
        """Return every version with its days, newest first, as known at the moment."""
        query = select(Version, Period).join(Period, Period.version_id == Version.id)
        query = query.where(Period.entry_id == entry_id, known(self.at.known_at))
        rows = self.session.execute(
            query.order_by(Period.valid_from.desc(), Version.number.desc())
        )
        return [
            VersionView(
                v.id,
                v.number,
                v.title,
                p.valid_from,
                p.valid_to,
                p.suspended,
                v.recorded_at,
                v.content_hash,
                v.proposal_id,
                v.decision_id,
            )
            for v, p in rows
        ]

    def promulgated(self, document_id: UUID) -> list[EntryView]:
        """Return the entries of which a decision, by its document, made a version; as
        they stand at the moment.
        """
        entered = select(Version.entry_id).where(Version.decision_id == document_id)
        views = self.by_ids(self.session.scalars(entered.distinct())).values()
        return sorted(views, key=lambda view: (view.kind, view.sort_key))

    def content_of(self, version: VersionView | Version) -> Content:
        """Return the content of a version, cut like that of an entry."""
        row = self.session.get_one(Version, version.id)
        kind = self.profile.kinds[self.session.get_one(Entry, row.entry_id).kind]
        return cut.cut(kind.fields, row.content, self._level(row.content))

    def uses(
        self, entry_id: UUID, *, only: str | None = None, limit: int = 30
    ) -> list[Use]:
        """Return who names this entry, by kind and field; of each the first `limit` in
        order of titles.
        """
        by_use: dict[tuple[str, str], dict[UUID, None]] = {}
        for kind, name, user in self.session.execute(
            statements.using(), {**self.times, "target": entry_id}
        ):
            if only in (None, name) and self._visible(kind, name):
                by_use.setdefault((kind, name), {})[user] = None
        views = self.by_ids(
            user for users in by_use.values() for user in list(users)[:limit]
        )
        uses = []
        for (kind, name), users in sorted(by_use.items()):
            first = [views[user] for user in list(users)[:limit]]
            uses.append(Use(kind, name, len(users), first))
        return uses

    def referenced(self, view: EntryView) -> dict[UUID, EntryView]:
        """Return the entries that an entry's (cut) content names, and what came in the
        place of those that are no more.
        """
        named = self.by_ids(self._targets(view))
        after = {
            successor
            for other in named.values()
            if other.thing.over
            for successor in other.thing.successors
        }
        more = after - named.keys()
        return named | (self.by_ids(more) if more else {})

    def iris(self, views: Iterable[EntryView]) -> dict[UUID, str]:
        """Return the IRIs of these entries and of all that they name."""
        targets = set[UUID]().union(*map(self._targets, views))
        query = select(Entry.id, Entry.iri).where(Entry.iri.is_not(None))
        query = query.where(among(self.session, Entry.id, targets))
        return {entry_id: str(iri) for entry_id, iri in self.session.execute(query)}

    def published(self) -> tuple[int, datetime | None]:
        """Return the latest journal row that changed the register, and when that
        was.
        """
        known = self.at.known_at
        begun = select(func.max(Period.recorded_seq)).where(
            Period.recorded_seq <= known
        )
        ended = select(func.max(Period.superseded_seq)).where(
            Period.superseded_seq <= known
        )
        seq = max(self.session.scalar(begun) or 0, self.session.scalar(ended) or 0)
        row = self.session.get(journal.JournalRow, seq)
        return seq, row.at if row else None

    @cached_property
    def edition(self) -> Hashable:
        """What a list without words follows from: store, latest change, day, reader."""
        address = str(self.session.get_bind().engine.url)
        return address, self.published()[0], self.at.as_of, self.audience

    def changed(self) -> datetime | None:
        """Return when what is read last became other: the latest change, or a day on
        which a period began or ended.
        """
        _, at = self.published()
        begun = select(func.max(Period.valid_from)).where(
            Period.valid_from <= self.at.as_of
        )
        ended = select(func.max(Period.valid_to)).where(
            Period.valid_to <= self.at.as_of
        )
        days = (self.session.scalar(begun), self.session.scalar(ended))
        times = [clock.midnight(d) for d in days if d and d != clock.OPEN_START]
        if at:
            times.append(at)
        return max(times, default=None)

    def _targets(self, view: EntryView) -> set[UUID]:
        members = self.profile.kinds[view.kind].fields
        named = {
            fact.target
            for fact in facts.facts(members, view.content)
            if fact.target is not None
        }
        return named | {
            target for target in (view.decided_by_id, view.decision_id) if target
        }

    def _position(self, after: str) -> EntryView:
        try:
            key = UUID(after)
        except ValueError as error:
            raise MalformedError(
                "Khóa trang “after” không đúng; lấy lại từ trang trước"
            ) from error
        view = self.by_ids([key]).get(key)
        if view is None:
            raise MalformedError("Khóa trang “after” không còn; tải lại từ trang đầu")
        return view

    def _one(self, *conditions: ColumnElement[bool]) -> EntryView:
        views = list(
            self.by_ids(
                self.session.scalars(select(Entry.id).where(*conditions))
            ).values()
        )
        if not views:
            raise NotFoundError(
                "Danh mục không có mục này, hoặc chưa có vào thời điểm được hỏi"
            )
        return views[0]

    def _narrowed(self, criteria: Filter) -> Subquery:
        only_present = criteria.states and set(criteria.states) <= set(PRESENT)
        only: ColumnElement[bool] | None = None
        if criteria.ids is not None:
            only = among(self.session, Period.entry_id, criteria.ids)
        elif criteria.kinds and not only_present:
            only = self._of_few(criteria.kinds)
        return standing_at(self.at, only, criteria.states)

    def _of_few(self, kinds: Collection[str]) -> ColumnElement[bool] | None:
        """Say that an entry is of these kinds, where they have few: to look those up
        beats ranking every period.
        """
        ids = select(Entry.id).where(Entry.kind.in_(kinds))
        count = (
            self.session.scalar(
                select(func.count()).select_from(ids.limit(_FEW + 1).subquery())
            )
            or 0
        )
        return Period.entry_id.in_(ids) if count <= _FEW else None

    def _listed(self, criteria: Filter) -> Select[Any]:
        standing = self._narrowed(criteria)
        return statements.views(standing).where(*self._conditions(criteria, standing))

    def matching(self, criteria: Filter, columns: Columns) -> Select[Any]:
        """Select columns of what matches."""
        standing = self._narrowed(criteria)
        query = (
            select(*columns(standing))
            .select_from(Entry)
            .join(standing, standing.c.entry_id == Entry.id)
        )
        query = query.join(Version, Version.id == standing.c.version_id)
        return query.where(*self._conditions(criteria, standing))

    def _conditions(
        self, criteria: Filter, standing: Subquery
    ) -> list[ColumnElement[bool]]:
        asked = conditions(criteria, standing, self.allowed)
        return [*asked, Entry.kind.not_in(self.hidden)] if self.hidden else asked

    def allowed(self, name: str) -> Type:
        """Return the type of a fact field that the audience may ask for; MalformedError
        for any other name.
        """
        return allowed(self.profile, self.audience.level, name)

    def _visible(self, kind: str, name: str) -> bool:
        field = dict(self.profile.kinds[kind].walk())[name]
        return kind not in self.hidden and self.audience.level.sees(field.audience)

    def _rows(
        self, query: Select[Any], values: Mapping[str, Any] | None = None
    ) -> list[EntryView]:
        rows = self.session.execute(query, values)
        return [self._view(*row) for row in rows if row[0].kind not in self.hidden]

    def _view(
        self,
        entry: Entry,
        version: Version,
        period: UUID,
        state: str,
        start: date,
        stop: date,
    ) -> EntryView:
        kind = self.profile.kinds[entry.kind]
        content = cut.cut(kind.fields, version.content, self._level(version.content))
        day, recorded = self.at.as_of, version.recorded_at
        told = Told(State(state), start, stop, recorded, content, day)
        corrected = entry.kind == SUCCESSION and entry.id in self._corrected
        assert entry.local_id and entry.iri and entry.issued_on  # noqa: S101, PT018 - entering sets all three
        return EntryView(
            id=entry.id,
            kind=entry.kind,
            local_id=entry.local_id,
            iri=entry.iri,
            issued_on=entry.issued_on,
            state=State(state),
            period_id=period,
            version_id=version.id,
            number=version.number,
            content=content,
            content_hash=version.content_hash,
            title=version.title,
            sort_key=version.sort_key,
            valid_from=start,
            valid_to=stop,
            recorded_at=version.recorded_at,
            decided_by_id=version.decided_by_id,
            decision_id=version.decision_id,
            thing=thing_conditions.of(entry.kind, told, corrected=corrected),
        )

    @cached_property
    def _corrected(self) -> frozenset[UUID]:
        """The successions that another one corrects by the day asked about."""
        query = statements.corrected()
        return frozenset(filter(None, self.session.scalars(query, self.times)))

    def _level(self, content: Content) -> Visibility:
        owner = content.get("owner")
        return self.audience.level_for(UUID(owner) if owner else None)
