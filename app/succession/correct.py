"""A succession that was wrong is corrected by a further act: what it moved is given
back, and both stay on record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts import service as accounts
from app.accounts.models import FormerAgency, Post
from app.errors import ConflictError
from app.exchange.cases import handing_over
from app.permissions import Audience
from app.register import codes
from app.register import service as register
from app.register.content import facts
from app.register.content.hashing import Content
from app.register.latest_versions import latest_version
from app.register.models import Entry, Fact, Period, Version
from app.register.periods import Span
from app.register.queries import EntryView, Register
from app.register.reassignment import Change
from app.register.service import Order
from app.register.standing import moment, stands
from app.succession.acts import Act, ActType, read
from app.succession.plan import CODE, LineKind, PlanLine
from app.workflow import reassignment as proposals
from app.workflow.proposals import queries as proposals_queries
from app.workflow.proposals.models import Proposal
from catalog_schema.identifiers import Scheme
from catalog_schema.profile import Profile, Visibility

KIND = "succession"
# what an act's rows are called that changed an entry that was there
_CHANGED = (
    register.MOVED,
    "entry.ended",
)


def carry_out(session: Session, profile: Profile, act: Act, order: Order) -> None:
    """Give back what the corrected act moved; codes that it issued are closed, never
    taken out.
    """
    wrong = _wrong(session, act)
    current = {
        proposal.id
        for proposal in proposals.moved_by(session, wrong.entry_id)
        if not proposals_queries.superseded(session, proposal)
    }
    back = [
        (step.entry.id, step.rows)
        for step in _steps(session, profile, act)
        if step.before
    ]
    for entry in _issued(session, wrong.proposal_id):
        register.rewrite(session, profile, _order(order, entry.id), _shut(act))
    for entry_id, rows in back:
        register.restore(session, _order(order, entry_id), rows)
    former = read(wrong.entry_id, wrong.content)
    _people(session, act, former, order, current)
    _cases(session, profile, former, mover=(act.entry_id, order.post_id))


def draft(view: EntryView) -> Content:
    """Return the correction of an act as it is begun: from whom back to whom, from the
    act's own day.
    """
    content = view.content
    return {
        "title": {"vi": f"Đính chính: {view.title}"[:300]},
        "type": ActType.CORRECT.value,
        "corrects": str(view.id),
        "original": content.get("resulting") or content["original"],
        "resulting": content.get("original", []),
        "date": content["date"],
        "certainty": "co-quan-khai",
    }


def preview(session: Session, profile: Profile, act: Act) -> list[PlanLine]:
    """Return what entering the correction now would do: what comes back as it was, what
    stays because somebody has decided on it since, which codes close, which open
    proposals and posts come back. Nothing for what corrects no act.
    """
    wrong = latest_version(session, act.corrects) if act.corrects else None
    entry = session.get(Entry, act.corrects) if act.corrects else None
    if wrong is None or entry is None or entry.kind != KIND:
        return []
    past_act = read(wrong.entry_id, wrong.content)
    if past_act.type is ActType.CORRECT or not past_act.originals:
        return []
    taker = next(iter(past_act.resulting), past_act.originals[0])
    return [
        *(_line(session, step, past_act) for step in _steps(session, profile, act)),
        *(_closed(code, taker) for code in _issued(session, wrong.proposal_id)),
        *_proposals(session, profile, past_act),
        *(
            PlanLine(
                LineKind.CASE, f"việc {case.number}", case.title, heir, home, case.id
            )
            for case, home, heir in handing_over.moved_by(session, past_act.entry_id)
        ),
        *_posts(session, past_act),
    ]


def _closed(code: Entry, holder: UUID) -> PlanLine:
    value = str(code.local_id)
    return PlanLine(LineKind.CODE_CLOSED, value, "", holder, None, code.id, CODE)


def _line(session: Session, step: "_Step", past_act: Act) -> PlanLine:
    line_kind = LineKind.RESTORED if step.before else LineKind.LEFT
    code, version = str(step.entry.local_id), latest_version(session, step.entry.id)
    now = _keeper(version.content if version else {}, past_act.originals[0])
    back = None
    if step.before:
        former = session.get_one(Version, step.before[-1].version)
        keeper = _keeper(former.content, past_act.originals[0])
        back = keeper if keeper != now else None
    title = version.title if version is not None else code
    return PlanLine(line_kind, code, title, now, back, step.entry.id, step.entry.kind)


def _keeper(content: Content, otherwise: UUID) -> UUID:
    """Return whose a content says its thing is."""
    named = (content.get(name) for name in ("owner", "holder", "parent"))
    return next((UUID(agency) for agency in named if agency), otherwise)


def _proposals(session: Session, profile: Profile, past_act: Act) -> Iterator[PlanLine]:
    """Yield the open proposals that an act moved."""
    for proposal in proposals.moved_by(session, past_act.entry_id):
        title = facts.title(profile.kinds[proposal.kind], proposal.content)
        key, home = f"phiếu {proposal.number}", past_act.originals[0]
        yield PlanLine(
            LineKind.PROPOSAL, key, title, proposal.agency_id, home, proposal.id
        )


def _posts(session: Session, past_act: Act) -> Iterator[PlanLine]:
    """Yield the posts that come back to the agencies that an act took them from."""
    heirs = {*past_act.resulting, *past_act.assigned.values()}
    formerly = select(FormerAgency).where(
        FormerAgency.until == past_act.day,
        FormerAgency.agency_id.in_(past_act.originals),
    )
    for place in session.scalars(formerly):
        post = session.get_one(Post, place.post_id)
        origin, home = post.agency_id, place.agency_id
        if origin in heirs:
            yield PlanLine(LineKind.POST, post.title, post.title, origin, home, post.id)


def corrected(session: Session, act_id: UUID) -> bool:
    """Tell whether a later act has taken this one back."""
    query = select(Fact.id).join(Period, Period.version_id == Fact.version_id)
    query = query.where(
        Fact.field == "corrects",
        Fact.target_id == act_id,
        stands(),
    )
    return session.scalar(query.limit(1)) is not None


def left(session: Session, profile: Profile, act: Act) -> list[str]:
    """Return what the correction would leave as it is, because somebody has decided
    about it since: identifiers.
    """
    return [
        str(step.entry.local_id)
        for step in _steps(session, profile, act)
        if not step.before
    ]


def later(session: Session, act: Act) -> list[Version]:
    """Return the acts, entered later and not corrected, that moved the same things:
    they are to be corrected first.
    """
    row = journal.JournalRow
    own = _wrong(session, act).proposal_id
    rows = select(row.entry_id).where(
        row.proposal_id == own, row.action.in_((*_CHANGED, "entry.entered"))
    )
    first = (
        select(func.min(row.seq))
        .where(row.proposal_id == own, row.action.in_(_CHANGED))
        .scalar_subquery()
    )
    began = select(row.proposal_id).where(
        row.action.in_(_CHANGED), row.entry_id.in_(rows), row.proposal_id != own
    )
    began = began.group_by(row.proposal_id).having(func.min(row.seq) > first)
    acts = (
        select(Version)
        .join(Entry, Entry.id == Version.entry_id)
        .where(Entry.kind == KIND)
    )
    since = session.scalars(
        acts.where(Version.proposal_id.in_(began)).order_by(Version.recorded_at)
    ).all()
    return [version for version in since if not corrected(session, version.entry_id)]


def homeless(session: Session, profile: Profile, act: Act) -> list[str]:
    """Return what would come back to something that has ended since: identifiers."""
    steps = _steps(session, profile, act)
    coming = {step.entry.id for step in steps if step.before}
    identifiers = []
    for step in steps:
        if not step.before:
            continue
        content = session.get_one(Version, step.before[-1].version).content
        above = {
            UUID(content[name])
            for name in ("parent", "parent_code", "holder")
            if content.get(name)
        }
        if not all(_lives(session, entry_id) for entry_id in above - coming):
            identifiers.append(str(step.entry.local_id))
    return identifiers


def _lives(session: Session, entry_id: UUID) -> bool:
    query = select(Period.id).where(Period.entry_id == entry_id, stands())
    version = latest_version(session, entry_id)
    shut = version is not None and version.content.get("status") == "da-dong"
    return (
        not shut
        and session.scalar(query.where(Period.valid_to > clock.today()).limit(1))
        is not None
    )


@dataclass(frozen=True)
class _Step:
    """Something that the act changed, the journal rows about it, and what comes back:
    nothing where it stays.
    """

    entry: Entry
    rows: set[int]
    before: list[Span]


def _steps(session: Session, profile: Profile, act: Act) -> list[_Step]:
    proposal_id = _wrong(session, act).proposal_id
    steps = [
        _Step(entry, rows, register.restorable(session, entry.id, rows, act.day)[1])
        for entry, rows in _touched(session, proposal_id)
    ]
    issued = {entry.local_id for entry in _issued(session, proposal_id)}
    today = Register(
        session,
        profile,
        moment(session, max(act.day, clock.today())),
        Audience(Visibility.OWNER),
    )
    holder_of = {step.entry.id: _holder(session, step) for step in steps}
    used = codes.in_use(today, {holder for holder in holder_of.values() if holder})
    with_another_code = {
        holder
        for holder, view in used.items()
        if view.local_id not in issued and view.id not in holder_of
    }
    return [
        replace(step, before=[])
        if holder_of[step.entry.id] in with_another_code
        else step
        for step in steps
    ]


def _holder(session: Session, step: _Step) -> UUID | None:
    """Return whose code in use comes back."""
    content = (
        session.get_one(Version, step.before[-1].version).content if step.before else {}
    )
    used = (
        step.entry.kind == CODE
        and content.get("status") == "dang-dung"
        and content.get("scheme") == Scheme.QD20
    )
    return UUID(content["holder"]) if used and content.get("holder") else None


def _wrong(session: Session, act: Act) -> Version:
    version = latest_version(session, act.corrects) if act.corrects else None
    if version is None:
        raise LookupError("the profile asks for the act that is corrected")
    return version


def _order(order: Order, entry_id: UUID) -> Order:
    return Order(
        entry_id, {}, order.start, proposal_id=order.proposal_id, post_id=order.post_id
    )


def _touched(
    session: Session, proposal_id: UUID | None
) -> Iterator[tuple[Entry, set[int]]]:
    """Yield what the act changed that was there before it, with the journal rows about
    it.
    """
    row = journal.JournalRow
    query = select(row.entry_id, row.seq).where(
        row.proposal_id == proposal_id, row.action.in_(_CHANGED)
    )
    rows = dict[UUID, set[int]]()
    for entry_id, seq in session.execute(
        query.where(row.entry_id.is_not(None)).order_by(row.seq)
    ):
        if entry_id is not None:
            rows.setdefault(entry_id, set()).add(seq)
    issued = {entry.id for entry in _issued(session, proposal_id)}
    for entry_id, seqs in rows.items():
        if entry_id not in issued:
            yield session.get_one(Entry, entry_id), seqs


def _issued(session: Session, proposal_id: UUID | None) -> list[Entry]:
    """Return the codes that the act issued and that are still in use."""
    row = journal.JournalRow
    rows = select(row.entry_id).where(
        row.proposal_id == proposal_id, row.action == "entry.entered"
    )
    standing = select(Period.entry_id).where(
        stands(), Period.valid_to > Period.valid_from
    )
    query = select(Entry).where(
        Entry.id.in_(rows), Entry.kind == CODE, Entry.id.in_(standing)
    )
    return list(session.scalars(query.order_by(Entry.local_id)))


def _shut(act: Act) -> Change:
    day = act.day.isoformat()

    def change(content: Content) -> Content:
        validity = {**content.get("validity", {}), "end": day}
        return content | {
            "status": "da-dong",
            "closing_reason": act.title[:500],
            "validity": validity,
        }

    return change


def _people(
    session: Session, act: Act, wrong: Act, order: Order, current: set[UUID]
) -> None:
    """Bring back the posts, and the open proposals with what the act changed in
    them.
    """
    if order.post_id is None:
        raise ConflictError("Không rõ vị trí nào đã quyết định việc đính chính này")
    heirs = {*wrong.resulting, *wrong.assigned.values()}
    home: dict[UUID, UUID] = {}
    formerly = select(FormerAgency).where(FormerAgency.until == wrong.day)
    for place in session.scalars(formerly).all():
        if place.agency_id not in wrong.originals:
            continue
        home[place.post_id] = place.agency_id
        post = session.get_one(Post, place.post_id)
        if post.agency_id in heirs:
            accounts.move_post(session, post, place.agency_id, act.day, act.entry_id)
    mover = proposals.Mover(act.entry_id, order.post_id)
    for proposal in proposals.moved_by(session, wrong.entry_id):
        agency = proposal.agency_id
        if agency in heirs:
            agency = _drafted_in(session, proposal, home) or agency
        latest = None
        if proposal.id in current:
            latest = latest_version(session, proposal.entry_id)
        change = proposals.before(session, proposal, wrong.entry_id)
        proposals.move(session, proposal, agency, change, latest, mover)


def _cases(
    session: Session, profile: Profile, wrong: Act, mover: tuple[UUID, UUID | None]
) -> None:
    """Bring back the open cases that the act moved."""
    because, post_id = mover
    for case, origin, heir in handing_over.moved_by(session, wrong.entry_id):
        handing_over.move(session, profile, case, (heir, origin), because, post_id)


def _drafted_in(
    session: Session, proposal: Proposal, home: dict[UUID, UUID]
) -> UUID | None:
    """Return the agency in which a proposal was drafted, where that is one of those
    that its post came from.
    """
    row = journal.JournalRow
    drafted = select(row.post_id).where(
        row.proposal_id == proposal.id, row.action == "proposal.propose"
    )
    return home.get(session.scalar(drafted.limit(1)))
