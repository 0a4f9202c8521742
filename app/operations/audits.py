"""Whether what is kept agrees with what was said of it: `danhmuc check` asks all of
this.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import files, journal, vietnamese
from app.accounts.models import Holding
from app.errors import NotFoundError
from app.exchange import statements, traffic, warehouse
from app.exchange.cases import steps
from app.exchange.cases.models import Case, CaseStep
from app.exchange.models import DataStatement, TrafficFigure, WarehouseLoad
from app.files import File
from app.permissions import Action, Audience
from app.rdf.writing.records import Names, own
from app.register.content import facts, hashing
from app.register.filters import Filter
from app.register.models import Entry, Fact, Period, Version
from app.register.queries import Register
from app.register.service import RESERVED, reserved_hash
from app.register.standing import State, moment
from app.workflow.decisions.lifecycle import DecisionStatus
from app.workflow.decisions.models import Decision
from app.workflow.proposals.actions import ACTIONS
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Occasion, Proposal
from catalog_schema import validation
from catalog_schema.profile import Kind, Profile, Visibility

HEADS = "journal-heads.txt"  # how far the journal had come, a line a day
FactRow = tuple[str, str | None, UUID | None, date, date]
# how the journal's word for anything that the register did begins
_REGISTERED = "entry."
_QUIET = {"entry.day", "entry.confirmed", RESERVED}  # what changes no period
# what lies beside entries, by the question that is asked about it: the table, and the
# acts whose rows vouch for it
MEASURED: Mapping[str, tuple[type[Any], frozenset[str]]] = {
    "statements": (DataStatement, frozenset({statements.SAID})),
    "traffic": (TrafficFigure, frozenset({traffic.RECORDED})),
    "warehouse": (WarehouseLoad, frozenset({warehouse.RECORDED})),
    "cases": (CaseStep, frozenset(steps.EVERY)),
}
_VOUCHED = frozenset(act for _table, acts in MEASURED.values() for act in acts)


def differences(
    session: Session, profile: Profile, data_dir: Path
) -> dict[str, list[str]]:
    """Return by question what of the database, and of the files beside it, is not as
    the journal says; empty lists where all is.
    """
    return {
        "entries": altered_entries(session, profile),
        "version": altered_versions(session, profile),
        "missing": missing_versions(session),
        "periods": altered_periods(session),
        "facts": altered_facts(session, profile),
        "decisions": unsigned_decisions(session),
        **{
            question: altered_measurements(session, table, actions)
            for question, (table, actions) in MEASURED.items()
        },
        "standing": altered_cases(session),
        "journal": lost_rows(session, data_dir),
        "files": damaged_files(session, data_dir),
        "proposals": [*entered_without_trace(session), *altered_proposals(session)],
        "posts": altered_holdings(session),
    }


def altered_versions(session: Session, profile: Profile) -> list[str]:
    """Return the versions whose content is no longer what their hash, and the journal,
    say, or that are called or numbered otherwise than follows from it.
    """
    journalled = {
        row.version_id: (row.hash, row.proposal_id)
        for row in journal.rows(session)
        if row.version_id
    }
    query = select(Version, Entry.kind).join(Entry, Entry.id == Version.entry_id)
    query = query.order_by(Version.entry_id, Version.number)
    altered = []
    numbers = Counter[UUID]()
    for version, kind in session.execute(query.execution_options(yield_per=1000)):
        numbers[version.entry_id] += 1
        recorded = journalled.get(version.id)
        if (
            hashing.content_hash(version.content) != version.content_hash
            or recorded != (version.content_hash, version.proposal_id)
            or numbers[version.entry_id] != version.number
            or not _called_right(version, profile.kinds.get(kind))
        ):
            altered.append(str(version.id))
    return altered


def _called_right(version: Version, kind: Kind | None) -> bool:
    """Tell whether a version is called, sorted and matched as its content says."""
    if kind is None:
        return False
    title = facts.title(kind, version.content)
    return (version.title, version.sort_key, version.match_key) == (
        title[:500],
        vietnamese.sort_key(title),
        facts.match_key(kind, title),
    )


def altered_entries(session: Session, profile: Profile) -> list[str]:
    """Return the entries whose IRI does not end in their kind and identifier, or whose
    proposals are of another kind; and rows that tell of an entry which is not there.
    """
    query = select(Proposal.entry_id, Proposal.kind)
    kinds = {row.entry_id: row.kind for row in session.execute(query)}
    row_type = journal.JournalRow
    reserving = select(row_type.entry_id, row_type.hash).where(
        row_type.action == RESERVED
    )
    reserved = {(row.entry_id, row.hash) for row in session.execute(reserving)}
    wrong, there = [], set()
    for entry in session.scalars(select(Entry)):
        there.add(entry.id)
        kind = profile.kinds.get(entry.kind)
        ending = f"/id/{kind.path_word}/{entry.local_id}" if kind else None
        named = ending is not None and str(entry.iri).endswith(ending)
        if entry.iri is None:
            waits = (entry.id, reserved_hash(entry)) in reserved
            named = entry.local_id is None or waits
        if not named or kinds.get(entry.id, entry.kind) != entry.kind:
            wrong.append(str(entry.id))
    return wrong + [
        f"dòng {row.seq}"
        for row in journal.rows(session)
        if row.entry_id is not None and row.entry_id not in there
    ]


def nonconforming(session: Session, profile: Profile) -> list[str]:
    """Return the entries whose triples break the profile's own SHACL."""
    reader = Register(session, profile, moment(session), Audience(Visibility.OWNER))
    views = [
        view
        for view in reader.all(Filter())
        if view.state in (State.IN_FORCE, State.SUSPENDED)
    ]
    names = Names(reader.iris(views))
    return [
        v.local_id
        for v in views
        if validation.check(own(profile, v, names), profile, profile.kinds[v.kind])
    ]


def entered_without_trace(session: Session) -> list[str]:
    """Return the numbers of proposals that are called entered although the register did
    nothing for them.
    """
    acted = select(journal.JournalRow.proposal_id).where(
        journal.JournalRow.action.startswith(_REGISTERED),
        journal.JournalRow.proposal_id.is_not(None),
    )
    query = select(Proposal.number).where(
        Proposal.status == Status.ENTERED, Proposal.id.not_in(acted)
    )
    return [str(number) for number in session.scalars(query.order_by(Proposal.number))]


# which act of the journal a status rests on
_RESTS_ON = {
    Status.RECOMMENDED: Action.RECOMMEND,
    Status.APPROVED: Action.APPROVE,
    Status.REJECTED: Action.REJECT,
    Status.WITHDRAWN: Action.WITHDRAW,
}


# acts of which what was said is kept; a succession keeps more than one row tells
_TOLD = frozenset(map(str, Occasion)) - {
    Occasion.FORMER,
    Occasion.MOVED,
    # of a yes only a conclusion is kept, where there is one
    Occasion.RECOMMEND,
    Occasion.APPROVE,
}


def altered_proposals(session: Session) -> list[str]:
    """Return the numbers of proposals that stand, or say, what no act of the journal
    brought about; and rows that tell of a proposal which is not there.
    """
    rows: dict[UUID, list[journal.JournalRow]] = defaultdict(list)
    for row in journal.rows(session):
        if row.proposal_id is not None:
            rows[row.proposal_id].append(row)
    wrong = [
        str(proposal.number)
        for proposal in session.scalars(select(Proposal).order_by(Proposal.number))
        if not _vouched(proposal, rows.pop(proposal.id, []))
    ]
    return wrong + [f"dòng {acts[0].seq}" for acts in rows.values()]


def _vouched(proposal: Proposal, rows: list[journal.JournalRow]) -> bool:
    hashes = {row.hash for row in rows}
    acts = {_act(row) for row in rows}
    approved_hashes = {
        row.hash for row in rows if row.action.endswith(f".{Action.APPROVE}")
    }
    rests_on = _RESTS_ON.get(proposal.status)
    revisions = [
        revision for revision in proposal.revisions if revision.action in _TOLD
    ]
    agree = [
        revision.content_hash in hashes
        and hashing.content_hash(revision.content) == revision.content_hash
        for revision in revisions
    ]
    acted = Counter(act for row in rows if (act := _act(row)) in _TOLD)
    return (
        hashing.content_hash(proposal.content) == proposal.content_hash
        and (
            proposal.approved_hash is None or proposal.approved_hash in approved_hashes
        )
        and (rests_on is None or rests_on in acts)
        and all(agree)
        and acted == Counter(str(revision.action) for revision in revisions)
        and _took_part(proposal, rows)
    )


def _act(row: journal.JournalRow) -> str:
    return row.action.removeprefix("proposal.")


def _took_part(proposal: Proposal, rows: list[journal.JournalRow]) -> bool:
    """Tell whether those who had a part in a proposal are those whom the journal names;
    its first edition names nobody.
    """
    acting = {f"proposal.{action}" for action, rule in ACTIONS.items() if rule.involves}
    rows = [row for row in rows if row.action in acting]
    if any(row.edition == 1 for row in rows):
        return True
    named = {row.person_id for row in rows}
    return named == {involved.person_id for involved in proposal.involvements}


def altered_holdings(session: Session) -> list[str]:
    """Return the people who hold more, or other, posts than the journal says that they
    were given; its first edition says how often, and not to whom.
    """
    rows = [
        row
        for row in journal.rows(session)
        if row.action in {"post.held", "post.delegated"}
    ]
    granted = {row.hash: row.subject_id for row in rows if row.hash is not None}
    without_name = len([row for row in rows if row.hash is None])
    wrong = []
    for holding in session.scalars(select(Holding).order_by(Holding.id)):
        known = granted.pop(holding.told(), None)
        if known is None and without_name:
            without_name -= 1
        elif known != holding.person_id:
            wrong.append(f"người {holding.person_id}")
    return wrong + [f"người {person_id}" for person_id in granted.values()]


def missing_versions(session: Session) -> list[str]:
    """Return the rows of the journal that tell of a version which is not there."""
    version_ids = set(session.scalars(select(Version.id)))
    return [
        f"dòng {row.seq}"
        for row in journal.rows(session)
        if row.version_id is not None and row.version_id not in version_ids
    ]


def altered_periods(session: Session) -> list[str]:
    """Return the rows of the journal whose periods are not what the row vouches for,
    and the periods that no row tells of.
    """
    recorded: dict[int, list[Period]] = defaultdict(list)
    superseded: dict[int, list[Period]] = defaultdict(list)
    for period in session.scalars(select(Period)):
        recorded[period.recorded_seq].append(period)
        if period.superseded_seq is not None:
            superseded[period.superseded_seq].append(period)
    wrong = []
    seqs = set()
    for row in journal.rows(session):
        seqs.add(row.seq)
        if not _vouches(row, recorded[row.seq], superseded[row.seq]):
            wrong.append(f"dòng {row.seq}")
    for seq in sorted({*recorded, *superseded} - seqs):
        wrong += [
            f"thời hạn {period.id}" for period in (*recorded[seq], *superseded[seq])
        ]
    return wrong


def _vouches(
    row: journal.JournalRow, recorded: list[Period], superseded: list[Period]
) -> bool:
    """Tell whether a row stands for what names it: by its digest, or, where it is of
    the first edition and has none, by being an act on that entry that makes periods.
    """
    if row.action in _VOUCHED:
        return not recorded and not superseded
    if row.edition > 1:
        return journal.digest(recorded, superseded) == row.periods
    if not recorded and not superseded:
        return True
    makes = row.action.startswith(_REGISTERED) and row.action not in _QUIET
    same = all(p.entry_id == row.entry_id for p in (*recorded, *superseded))
    return makes and same and all(p.recorded_seq < row.seq for p in superseded)


def altered_facts(session: Session, profile: Profile) -> list[str]:
    """Return the versions beside which something else is kept than follows from what
    they say.
    """
    fact_rows: dict[UUID, Counter[FactRow]] = defaultdict(Counter)
    for fact in session.scalars(select(Fact).execution_options(yield_per=1000)):
        fact_rows[fact.version_id][
            fact.field, fact.value, fact.target_id, fact.valid_from, fact.valid_to
        ] += 1
    query = select(Version, Entry.kind).join(Entry, Entry.id == Version.entry_id)
    altered = []
    for version, kind in session.execute(query.execution_options(yield_per=1000)):
        fields = profile.kinds[kind].fields if kind in profile.kinds else ()
        derived = Counter(
            (fact.field, fact.value, fact.target, fact.valid_from, fact.valid_to)
            for fact in facts.facts(fields, version.content)
        )
        if fact_rows.pop(version.id, Counter()) != derived:
            altered.append(str(version.id))
    return [*altered, *map(str, fact_rows)]


def altered_measurements(
    session: Session, table: Any, actions: Collection[str]
) -> list[str]:
    """Return the rows of the journal that vouch for other measurements of a table than
    there are, and those measurements for which none vouches.
    """
    recorded: dict[int, list[Any]] = defaultdict(list)
    superseded: dict[int, list[Any]] = defaultdict(list)
    try:
        for measured in session.scalars(
            select(table).execution_options(yield_per=1000)
        ):
            recorded[measured.recorded_seq].append(measured)
            corrected = getattr(measured, "superseded_seq", None)
            if corrected is not None:
                superseded[corrected].append(measured)
    except LookupError as error:  # a word that no act ever wrote
        return [str(error)]
    kept = journal.JournalRow
    query = select(kept.seq, kept.periods).where(kept.action.in_(actions))
    altered = []
    for row in session.execute(query):
        new, old = recorded.pop(row.seq, []), superseded.pop(row.seq, [])
        if journal.digest(new, old) != row.periods:
            altered.append(str(row.seq))
    return [*altered, *map(str, {*recorded, *superseded})]


def altered_cases(session: Session) -> list[str]:
    """Return the numbers of cases that stand, or say, otherwise than their last step
    tells, and the ids of those that are gone.
    """
    gone = select(CaseStep.case_id).where(CaseStep.case_id.not_in(select(Case.id)))
    wrong = [str(case_id) for case_id in session.scalars(gone.distinct())]
    query = select(Case).options(selectinload(Case.steps), selectinload(Case.partners))
    for case in session.scalars(query.order_by(Case.number)):
        written = [step.content for step in case.steps if step.content is not None]
        stands = bool(case.steps) and case.steps[-1].after == case.snapshot()
        says = bool(written) and written[-1] == case.content
        hashed = hashing.content_hash(case.content) == case.content_hash
        called = vietnamese.fold(case.title) == case.match_key and case.title == str(
            case.content.get("title", "")
        )
        if not (stands and says and hashed and called):
            wrong.append(str(case.number))
    return wrong


def unsigned_decisions(session: Session) -> list[str]:
    """Return the numbers of decisions that are called signed, or hold an annex, that
    the journal does not vouch for.
    """
    row = journal.JournalRow
    signed = select(row.hash).where(row.action == "decision.signed")
    frozen = select(row.hash).where(row.action == "decision.frozen")
    hashes_signed, hashes_frozen = (
        set(session.scalars(signed)),
        set(session.scalars(frozen)),
    )
    wrong = []
    for decision in session.scalars(select(Decision)):
        annexed = decision.annex_hash is not None
        computed = hashing.content_hash(decision.annex) if decision.annex else None
        altered = computed != decision.annex_hash
        unfrozen = annexed and decision.annex_hash not in hashes_frozen
        is_signed = decision.step is DecisionStatus.SIGNED
        if (
            altered
            or unfrozen
            or (is_signed and decision.annex_hash not in hashes_signed)
        ):
            wrong.append(str(decision.number))
    return wrong


def damaged_files(session: Session, data_dir: Path) -> list[str]:
    """Return the hashes of attachments that are lost or no longer what they were."""
    wrong = []
    for digest in session.scalars(select(File.sha256).order_by(File.sha256)):
        try:
            files.get(data_dir, digest)
        except NotFoundError:
            wrong.append(digest)
    return wrong


def lost_rows(session: Session, data_dir: Path) -> list[str]:
    """Return what was noted of rows that the journal no longer has, or has otherwise:
    by those who follow it, and day by day beside the database.
    """
    head = journal.head(session)
    wrong = [
        f"{cursor.name}: {cursor.seq}"
        for cursor in session.scalars(select(journal.Cursor))
        if cursor.seq > head
    ]
    for line in _noted(data_dir):
        seq, _, leaf = line.partition(" ")
        row = session.get(journal.JournalRow, int(seq))
        if row is None or row.leaf != leaf:
            wrong.append(f"{HEADS}: {seq}")
    return wrong


def note_head(session: Session, data_dir: Path) -> None:
    """Note beside the database how far the journal has come; a daily task."""
    row = session.get(journal.JournalRow, journal.head(session))
    if row is None:
        return
    with (data_dir / HEADS).open("a", encoding="ascii") as file:
        file.write(f"{row.seq} {row.leaf}\n")


def _noted(data_dir: Path) -> list[str]:
    path = data_dir / HEADS
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [line for line in lines if re.fullmatch(r"[0-9]{1,18} [0-9a-f]{64}", line)]
