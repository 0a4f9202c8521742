"""Carries a succession out: everything of the plan in one transaction; what must move on the day itself, on the day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts import service as accounts
from app.accounts.models import Post
from app.errors import ConflictError
from app.register import moving
from app.register import service as register
from app.register.content import Content
from app.register.models import Entry, Fact, Period, Version
from app.register.moving import Change
from app.register.service import Order
from app.succession import correcting
from app.succession.acts import Act, Type, read
from app.succession.planning import CODE, Closing, Line, Plan, What, plan
from app.workflow import moving as proposals
from app.workflow import proposals as asking
from app.workflow.models import Proposal
from catalog_schema.profile import Profile

KIND = "succession"
_DAY = timedelta(days=1)


@dataclass
class _Carrier:
    """One act at work, on the authority of the order that entered it."""

    session: Session
    profile: Profile
    act: Act
    order: Order
    made: dict[UUID, list[Version]]

    def orders(self, entry_id: UUID, content: Content | None = None) -> Order:
        return replace(self.order, entry_id=entry_id, content=content or {}, start=self.act.day, end=None)

    def rewrite(self, entry_id: UUID, change: Change) -> None:
        made = register.rewrite(self.session, self.profile, self.orders(entry_id), change)
        self.made[entry_id] = made


def carry_out(session: Session, profile: Profile, order: Order) -> None:
    """Do everything that the act of the order says; ConflictError when something is left that nobody takes."""
    act = read(order.entry_id, order.content)
    if act.type is Type.CORRECT:
        correcting.carry_out(session, profile, act, order)
        return
    carrier, found = _Carrier(session, profile, act, order, {}), plan(session, profile, act)
    if found.unassigned:
        raise ConflictError(f"Chưa giao {found.unassigned[0].key} cho cơ quan nào; xem lại tác động rồi giao")
    _entries(carrier, found)
    if act.day <= clock.today():
        _people(carrier, found)


def settle(session: Session, profile: Profile, day: date) -> None:
    """Do what falls on a day: posts and open proposals move, and whatever has come to name the originals meanwhile."""
    for order in _due(session, day):
        act = read(order.entry_id, order.content)
        if act.type is Type.CORRECT or corrected(session, act.entry_id):
            continue
        carrier, found = _Carrier(session, profile, act, order, {}), plan(session, profile, act)
        _again(carrier, found)
        _people(carrier, found)


def _due(session: Session, day: date) -> list[Order]:
    """Return the orders of the successions that begin on a day and still hold, as they were entered."""
    query = select(Entry.id, Version).join(Version, Version.entry_id == Entry.id)
    query = query.join(Period, Period.version_id == Version.id).where(Entry.kind == KIND, Period.valid_from == day)
    query = query.where(Period.superseded_seq.is_(None)).order_by(Entry.local_id)
    row = journal.JournalRow
    orders = []
    for entry_id, version in session.execute(query):
        post = session.scalar(select(row.post_id).where(row.version_id == version.id).order_by(row.seq).limit(1))
        orders.append(Order(entry_id, version.content, day, proposal_id=version.proposal_id, post_id=post))
    return orders


def corrected(session: Session, act_id: UUID) -> bool:
    """Tell whether a later act has taken this one back."""
    query = select(Fact.id).join(Period, Period.version_id == Fact.version_id)
    query = query.where(Fact.field == "corrects", Fact.target_id == act_id, Period.superseded_seq.is_(None))
    return session.scalar(query.limit(1)) is not None


def _entries(carrier: _Carrier, found: Plan) -> None:
    _swap(carrier, found)
    for line in found.of(What.RENAMED):
        _rename(carrier, line.origin)
    for line in found.of(What.ENDS):
        _end(carrier, line.origin)
    _codes(carrier, found.closings)


def _swap(carrier: _Carrier, found: Plan) -> None:
    pairs: dict[UUID, list[tuple[UUID, UUID]]] = {}
    for line in [*found.of(What.ENTRY), *found.of(What.AGENCY)]:
        if line.subject and line.to:
            pairs.setdefault(line.subject, []).append((line.origin, line.to))
    for entry_id, swaps in pairs.items():
        carrier.rewrite(entry_id, _swapped(carrier, carrier.session.get_one(Entry, entry_id), swaps))


def _swapped(carrier: _Carrier, entry: Entry, swaps: list[tuple[UUID, UUID]]) -> Change:
    def change(content: Content) -> Content:
        for old, new in swaps:
            target: UUID | None = new
            if new == entry.id:  # a child that takes its parent's place: it belongs where the parent belonged
                above = _content(carrier.session, old, carrier.act.day).get("parent")
                target = UUID(above) if above else None
            content = moving.renamed(carrier.profile, entry.kind, content, old, target)
        return content

    return change


def _rename(carrier: _Carrier, agency: UUID) -> None:
    carrier.rewrite(agency, lambda content: content | dict(carrier.act.names))
    name = carrier.act.names.get("name")
    query = select(Entry.id).where(Entry.kind == CODE, Entry.local_id.is_not(None))
    held = query.join(Version, Version.entry_id == Entry.id).where(Version.content["holder"].as_string() == str(agency))
    for code in set(carrier.session.scalars(held)) if name else set():
        carrier.rewrite(code, lambda content: content | _listed(content, agency, name))


def _listed(content: Content, agency: UUID, name: object) -> Content:
    """Return under which name a code that is still used is listed from now on; the code itself stays."""
    alive = content.get("holder") == str(agency) and content.get("status") != "da-dong"
    return {"holder_name": name} if alive else {}


def _end(carrier: _Carrier, agency: UUID) -> None:
    last = _content(carrier.session, agency, carrier.act.day)
    successors = {"successor": sorted(map(str, carrier.act.resulting))} if carrier.act.resulting else {}
    content = last | {"dissolved": carrier.act.day.isoformat()} | successors
    register.end_as(carrier.session, carrier.profile, carrier.act.day, carrier.orders(agency, content))


def _codes(carrier: _Carrier, closings: list[Closing]) -> None:
    issued = {one.value: _reserve(carrier) for one in closings if one.value}
    for one in closings:
        if one.value:
            _issue(carrier, one, issued)
    known = {**issued, **_by_value(carrier.session, {value for one in closings for value in one.successors})}
    for one in closings:
        carrier.rewrite(one.view.id, _closed(carrier, [known[v] for v in one.successors if v in known]))


def _reserve(carrier: _Carrier) -> UUID:
    return register.reserve(carrier.session, carrier.profile.kinds[CODE]).id


def _issue(carrier: _Carrier, closing: Closing, issued: Mapping[str, UUID]) -> None:
    value = closing.value or ""
    parent = value.rpartition(".")[0]
    above = issued.get(parent) or _by_value(carrier.session, {parent})[parent]
    dropped = ("closed_by", "closing_reason", "successors", "issued_by", "numbering")
    content = {name: one for name, one in closing.view.content.items() if name not in dropped}
    content |= {"value": value, "parent_code": str(above), "status": "dang-dung", "issued": carrier.act.day.isoformat()}
    content |= {"validity": {"start": carrier.act.day.isoformat()}} | _because(carrier, "issued_by")
    register.enter(carrier.session, carrier.profile, carrier.orders(issued[value], content))


def _closed(carrier: _Carrier, successors: list[UUID]) -> Change:
    day = carrier.act.day.isoformat()

    def change(content: Content) -> Content:
        validity = {**content.get("validity", {}), "end": day}
        said = {"status": "da-dong", "closing_reason": carrier.act.title[:500], "validity": validity}
        following = {"successors": sorted(map(str, successors))} if successors else {}
        return content | said | following | _because(carrier, "closed_by")

    return change


def _because(carrier: _Carrier, name: str) -> Content:
    return {name: str(carrier.act.decision)} if carrier.act.decision else {}


def _by_value(session: Session, values: set[str]) -> dict[str, UUID]:
    query = select(Entry.local_id, Entry.id).where(Entry.kind == CODE, Entry.local_id.in_(values))
    return {str(value): entry_id for value, entry_id in session.execute(query)}


def _people(carrier: _Carrier, found: Plan) -> None:
    """Move the posts with whoever holds them, and the open proposals with everything that was said about them."""
    mover = proposals.Mover(carrier.act.entry_id, _by(carrier))
    for line in found.of(What.POST):
        if line.subject and line.to:
            post = carrier.session.get_one(Post, line.subject)
            accounts.move_post(carrier.session, post, line.to, carrier.act.day, carrier.act.entry_id)
    for line in found.of(What.PROPOSAL):
        if line.subject and line.to:
            _move_proposal(carrier, line, line.to, mover)


def _move_proposal(carrier: _Carrier, line: Line, to: UUID, mover: proposals.Mover) -> None:
    proposal = carrier.session.get_one(Proposal, line.subject)
    agency = to if proposal.agency_id == line.origin else proposal.agency_id
    change = moving.swap(carrier.profile, proposal.kind, line.origin, to)
    latest = _standing(carrier, proposal.entry_id)
    proposals.move(carrier.session, proposal, agency, change, latest, mover)


def _standing(carrier: _Carrier, entry_id: UUID) -> Version | None:
    """Return the version that stands today: of those just made, which no query shows before the commit, the first."""
    made = carrier.made.get(entry_id)
    return made[0] if made else asking.latest_version(carrier.session, entry_id)


def _by(carrier: _Carrier) -> UUID:
    if carrier.order.post_id is None:
        raise ConflictError("Không rõ vị trí nào đã quyết định việc kế thừa này")
    return carrier.order.post_id


def _again(carrier: _Carrier, found: Plan) -> None:
    """On the day itself: take up what was entered since, about what had moved and about what names the originals."""
    for entry_id in _moved(carrier):
        _follow_up(carrier, entry_id)
    _swap(carrier, found)
    _codes(carrier, found.closings)


def _moved(carrier: _Carrier) -> list[UUID]:
    row = journal.JournalRow
    query = select(row.entry_id).where(row.proposal_id == carrier.order.proposal_id, row.action == register.MOVED)
    kinds = select(Entry.id).where(Entry.kind != CODE)
    return [one for one in carrier.session.scalars(query.where(row.entry_id.in_(kinds)).distinct()) if one]


def _follow_up(carrier: _Carrier, entry_id: UUID) -> None:
    """Have what was amended after the act was entered go on from the day of the act, under the new agency."""
    before, after = (_version_on(carrier.session, entry_id, day) for day in (carrier.act.day - _DAY, carrier.act.day))
    if before is None or after is None or after.proposal_id != carrier.order.proposal_id:
        return  # ended, or somebody has decided about that day since
    entry, content = carrier.session.get_one(Entry, entry_id), before.content
    for old in carrier.act.originals:
        to = carrier.act.heir(str(entry.local_id))
        content = _swapped(carrier, entry, [(old, to)])(content) if to else content
    if content != after.content:
        version = register.enter(carrier.session, carrier.profile, carrier.orders(entry_id, content))
        carrier.made[entry_id] = [version]


def _version_on(session: Session, entry_id: UUID, day: date) -> Version | None:
    query = select(Version).join(Period, Period.version_id == Version.id).where(Period.entry_id == entry_id)
    query = query.where(Period.superseded_seq.is_(None), Period.valid_from <= day, Period.valid_to > day)
    return session.scalars(query).first()


def _content(session: Session, entry_id: UUID, day: date) -> Content:
    """Return what stands of an entry just before a day begins, else on it."""
    version = _version_on(session, entry_id, day - _DAY) or _version_on(session, entry_id, day)
    if version is None:
        raise ConflictError("Cơ quan này không có hiệu lực vào ngày kế thừa; chọn ngày khác")
    return dict(version.content)
