"""Entries as rows, written without the workflow: for registers too large to be entered act by act."""

from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import insert

from app import journal, vietnamese
from app.clock import OPEN_END, OPEN_START
from app.register.content import facts, hashing
from app.register.models import Entry, Fact, Period, Version

BATCH = 2_000


def entry(office, kind, local_id, content, *, entry_id=None, since=OPEN_START):
    """Return the id of an entry with one version, and its rows."""
    entry_id = entry_id or uuid4()
    word = office.system.profile.kinds[kind].path_word
    row = {
        "id": entry_id,
        "kind": kind,
        "local_id": local_id,
        "iri": f"{office.system.profile.base}/id/{word}/{local_id}",
        "issued_on": date(2016, 1, 1),
    }
    days = (since, OPEN_END)
    return entry_id, [(Entry, row), *versions(office, entry_id, kind, content, 0, days)]


def versions(office, entry_id, kind, content, step, days, seq=1):
    """Yield the rows of one version: itself, its period, its facts; `step` counts from 0, `seq` is the row that recorded it."""
    declared, version_id = office.system.profile.kinds[kind], uuid4()
    title = facts.title(declared, content)
    yield (
        Version,
        {
            "id": version_id,
            "entry_id": entry_id,
            "number": step + 1,
            "content": content,
            "content_hash": hashing.content_hash(content),
            "title": title,
            "sort_key": vietnamese.sort_key(title),
            "match_key": facts.match_key(declared, title),
            "recorded_at": datetime.now(UTC),
        },
    )
    start, end = days
    period = {
        "id": uuid4(),
        "entry_id": entry_id,
        "version_id": version_id,
        "valid_from": start,
        "valid_to": end,
        "suspended": False,
        "recorded_seq": seq,
    }
    yield Period, period
    for fact in facts.facts(declared.fields, content):
        named = {"value": fact.value, "target_id": fact.target}
        yield Fact, {"version_id": version_id, "field": fact.field, **named}


def write(office, rows):
    """Write rows of any tables, in batches, and one row of the journal for all."""
    tables = {Entry: [], Version: [], Period: [], Fact: []}
    for table, row in rows:
        tables.setdefault(table, []).append(row)
    with office.system.database.transaction() as session:
        for table, many in tables.items():
            for start in range(0, len(many), BATCH):
                session.execute(insert(table), many[start : start + BATCH])
        journal.record(session, journal.Note("entry.day", entry_id=office.department))
