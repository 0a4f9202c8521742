"""Rows of several kinds that come in as one act: what no agency declares, read from
files.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from app import clock
from app.errors import FieldError, InvalidError
from app.register.content import facts, schema
from app.register.content.schema import Checked
from app.workflow.checks import candidate as candidates
from app.workflow.checks import registry as checks
from app.workflow.context import Desk
from app.workflow.intake.rows import ReadyRow, SeveralRow
from app.workflow.proposals.models import Severity
from catalog_schema.profile import Stage

MOST_ROWS = 2_000  # as many as one decision


def ready(desk: Desk, rows: Sequence[SeveralRow]) -> list[ReadyRow]:
    """Check every row as a proposal would be; InvalidError with what is wrong in
    each.
    """
    coming = {str(row.entry_id) for row in rows if row.new}
    errors: list[FieldError] = []
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
        if result.severity is Severity.ERROR and not named & coming:
            yield result.field, result.message


def _values(value: Any) -> set[str]:
    if isinstance(value, list):
        return {str(one) for one in value}
    return {str(value)}
