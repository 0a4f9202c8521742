"""Rows of several kinds that come in as one act: what no agency declares, read from
files.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import clock
from app.errors import FieldError, InvalidError
from app.register.content import facts, schema
from app.register.content.schema import Checked
from app.register.models import Entry, Period, Version
from app.register.standing import stands_on
from app.workflow.checks import candidate as candidates
from app.workflow.checks import registry as checks
from app.workflow.context import Desk
from app.workflow.intake.rows import ReadyRow, SeveralRow
from app.workflow.proposals.models import Severity
from catalog_schema.profile import Stage

# rules about an entry that is named, which may come in with the row
_OF_OTHERS = frozenset({"reference", "code-parent", "code-parent-in-use"})
MOST_ROWS = 2_000  # as many as one decision


def ready(desk: Desk, rows: Sequence[SeveralRow]) -> list[ReadyRow]:
    """Check every row as a proposal would be; InvalidError with what is wrong in
    each.
    """
    coming = {str(row.entry_id) for row in rows if row.new}
    errors = list(_overtaken(desk, rows))
    ready_rows = []
    seen = set[UUID]()
    for row in rows:
        kind = desk.profile.kinds[row.kind]
        checked = schema.check(kind, row.content, Stage.ENTER, desk.profile.base)
        errors += _wrong(desk, row, checked, coming)
        new = row.new and row.entry_id not in seen
        seen.add(row.entry_id)
        ready_rows.append(
            ReadyRow(row.entry_id, row.kind, checked, row.start, row.end, new)
        )
    if errors:
        message = f"Có {len(errors)} chỗ phải sửa; chưa có dòng nào được nhận"
        raise InvalidError(message, errors)
    return ready_rows


def _overtaken(desk: Desk, rows: Sequence[SeveralRow]) -> Iterator[FieldError]:
    """Yield what somebody else has done since the rows were drawn up: an entry of this
    name has come, or what is amended has changed.
    """
    titled = select(Entry.kind, Version.title).join(
        Version, Version.entry_id == Entry.id
    )
    query = titled.join(Period, Period.version_id == Version.id)
    standing = desk.session.execute(query.where(stands_on(clock.today())))
    names = {(kind, title) for kind, title in standing}
    for row in rows:
        title = facts.title(desk.profile.kinds[row.kind], row.content)
        message = None
        if row.new and (row.kind, title) in names:
            message = "đã có trong danh mục từ khi chuẩn bị; kết thúc đợt, chuẩn bị lại"
        elif row.base is not None and not _still_holds(desk, row):
            message = "đã thay đổi từ khi chuẩn bị; kết thúc đợt, chuẩn bị lại"
        if message:
            yield FieldError(title, "overtaken", message)


def _still_holds(desk: Desk, row: SeveralRow) -> bool:
    """Tell whether the version that a row goes on from still holds on its day."""
    holding = stands_on(row.start)
    query = select(Period.id).where(Period.version_id == row.base, holding)
    return desk.session.scalar(query.limit(1)) is not None


def _wrong(
    desk: Desk, row: SeveralRow, checked: Checked, coming: set[str]
) -> list[FieldError]:
    """Return what is wrong with a row: with its profile, else with what it says of
    others.
    """
    title = facts.title(desk.profile.kinds[row.kind], row.content)
    wrong = [(error.field, error.message) for error in checked.errors]
    wrong = wrong or list(_barred(desk, row, coming))
    return [FieldError(f"{title}, {field}", "row", message) for field, message in wrong]


def _barred(desk: Desk, row: SeveralRow, coming: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what bars a row; an entry that comes in with it is as good as one that is
    there.
    """
    candidate = candidates.Candidate(
        desk.session,
        desk.profile,
        desk.profile.kinds[row.kind],
        row.entry_id,
        row.content,
        max(row.start, clock.today()),
        desk.actor.agency_id,
    )
    for result in checks.run(candidate):
        named = _values(row.content.get(result.field.split(".")[0]))
        there_soon = result.rule in _OF_OTHERS and named & coming
        if result.severity is Severity.ERROR and not there_soon:
            yield result.field, result.message


def _values(value: Any) -> set[str]:
    if isinstance(value, list):
        return {str(one) for one in value}
    return {str(value)}
