"""Bringing a file in: every row becomes a submitted proposal, or none does."""

from collections.abc import Sequence

from app.documents.tables import rows
from app.errors import DanhmucError, FieldError, InvalidError, NotFoundError
from app.workflow.context import Desk
from app.workflow.proposals import service
from app.workflow.proposals.inputs import Submit
from app.workflow.proposals.models import Proposal


def bring_in(desk: Desk, kind_name: str, data: bytes) -> list[Proposal]:
    """Propose and submit every row of a CSV file: see `submit_rows`."""
    if kind_name not in desk.profile.kinds:
        raise NotFoundError(
            f"Không có loại đối tượng “{kind_name}”: {', '.join(desk.profile.kinds)}"
        )
    return submit_rows(desk, kind_name, rows.read(data))


def submit_rows(
    desk: Desk, kind_name: str, found_rows: Sequence[rows.Row]
) -> list[Proposal]:
    """Propose and submit every row, in the caller's transaction; InvalidError names
    each faulty cell by row.

    The caller must roll back on the error, so that nothing is half done.
    """
    done: list[Proposal] = []
    errors: list[FieldError] = []
    if not found_rows:
        raise InvalidError("Tệp không có dòng nào dưới tiêu đề")
    for row in found_rows:
        try:
            done.append(submit_row(desk, kind_name, row))
        except DanhmucError as error:
            found = error.fields or [FieldError("", error.code, error.message)]
            errors += [
                FieldError(f"dòng {row.number}, {e.field}", e.code, e.message)
                for e in found
            ]
    if errors:
        raise InvalidError(
            f"Tệp có {len(errors)} chỗ phải sửa; chưa có dòng nào được nhận", errors
        )
    return done


def submit_row(desk: Desk, kind_name: str, row: rows.Row) -> Proposal:
    """Propose one row and submit it."""
    request = rows.request(
        desk.session, desk.profile, desk.profile.kinds[kind_name], row
    )
    proposal = service.propose(desk, request)
    return service.act(desk, proposal.id, proposal.lock_version, Submit())
