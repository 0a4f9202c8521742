"""Whether what is kept agrees with what was said of it: `danhmuc check` asks all of
this.
"""

import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import files, journal
from app.errors import NotFoundError
from app.files import File
from app.permissions import Audience
from app.rdf.writing.records import Names, own
from app.register.content import facts, hashing
from app.register.filters import Filter
from app.register.models import Entry, Fact, Period, Version
from app.register.queries import Register
from app.register.standing import State, moment
from app.workflow.decisions.lifecycle import DecisionStatus
from app.workflow.decisions.models import Decision
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal
from catalog_schema import validation
from catalog_schema.profile import Profile, Visibility

HEADS = "journal-heads.txt"  # how far the journal had come, a line a day
FactRow = tuple[str, str | None, UUID | None, date, date]
# how the journal's word for anything that the register did begins
_REGISTERED = "entry."
_QUIET = {"entry.day", "entry.confirmed"}  # what changes no period


def altered_versions(session: Session) -> list[str]:
    """Return the versions whose content is no longer what their hash, and the journal,
    say.
    """
    journalled = {
        row.version_id: row.hash for row in journal.rows(session) if row.version_id
    }
    altered = []
    for version in session.scalars(select(Version).execution_options(yield_per=1000)):
        computed = hashing.content_hash(version.content)
        if (
            computed != version.content_hash
            or journalled.get(version.id) != version.content_hash
        ):
            altered.append(str(version.id))
    return altered


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


def missing_versions(session: Session) -> list[str]:
    """Return the rows of the journal that tell of a version which is not there."""
    kept = set(session.scalars(select(Version.id)))
    return [
        f"dòng {row.seq}"
        for row in journal.rows(session)
        if row.version_id is not None and row.version_id not in kept
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
    kept: dict[UUID, Counter[FactRow]] = defaultdict(Counter)
    for fact in session.scalars(select(Fact).execution_options(yield_per=1000)):
        kept[fact.version_id][
            fact.field, fact.value, fact.target_id, fact.valid_from, fact.valid_to
        ] += 1
    query = select(Version, Entry.kind).join(Entry, Entry.id == Version.entry_id)
    altered = []
    for version, kind in session.execute(query.execution_options(yield_per=1000)):
        derived = Counter(
            (fact.field, fact.value, fact.target, fact.valid_from, fact.valid_to)
            for fact in facts.facts(profile.kinds[kind].fields, version.content)
        )
        if kept.pop(version.id, Counter()) != derived:
            altered.append(str(version.id))
    return [*altered, *map(str, kept)]


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
