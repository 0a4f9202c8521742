"""Bringing a file in at once, as the command line does: every row becomes a submitted
proposal, or none does.
"""

from collections.abc import Iterator, Sequence

from app.documents.tables import sheets, uploaded
from app.documents.tables.lookup import Lookup
from app.documents.tables.uploaded import Plan, PlannedTable
from app.errors import DanhmucError, FieldError, InvalidError, NotFoundError
from app.workflow.context import Desk
from app.workflow.proposals import service
from app.workflow.proposals.inputs import ProposalRequest, Submit
from app.workflow.proposals.models import Proposal
from app.workflow.uploads.rows import ReadRow


def bring_in(desk: Desk, kind_name: str, data: bytes) -> list[Proposal]:
    """Propose and submit every row of a file, in the caller's transaction;
    InvalidError names each faulty cell by row.

    The caller must roll back on the error, so that nothing is half done.
    """
    if kind_name not in desk.profile.kinds:
        raise NotFoundError(
            f"Không có loại đối tượng “{kind_name}”: {', '.join(desk.profile.kinds)}"
        )
    kind = desk.profile.kinds[kind_name]
    planned = uploaded.tables(kind, sheets.read_book(data), Plan(), {})
    errors = list(_unknown(planned))
    done: list[Proposal] = []
    lookup = Lookup(desk.session, desk.profile)
    for row in uploaded.read_rows(lookup, kind, planned):
        try:
            done.append(_submitted(desk, kind_name, row))
        except DanhmucError as error:
            found = error.fields or [FieldError("", error.code, error.message)]
            errors += [_of_row(row, one) for one in found]
    if errors:
        raise InvalidError(
            f"Tệp có {len(errors)} chỗ phải sửa; chưa có dòng nào được nhận", errors
        )
    return done


def _unknown(planned: Sequence[PlannedTable]) -> Iterator[FieldError]:
    """Yield a fault for each column of which nobody can say what it is."""
    for table in planned:
        number, _cells = table.located.lines[0]
        for column in table.columns:
            if not column.sure:
                name = column.heading or "không có tiêu đề"
                message = f"Tên cột chưa đúng mẫu: “{name}”; sửa tên cột"
                yield FieldError(f"dòng {number}, {name}", "cell", message)


def _submitted(desk: Desk, kind_name: str, row: ReadRow) -> Proposal:
    if row.errors:
        raise InvalidError("Có ô phải sửa", row.errors)
    request = ProposalRequest(
        kind_name, row.content, effective_from=row.start, effective_to=row.end
    )
    proposal = service.propose(desk, request)
    return service.act(desk, proposal.id, proposal.lock_version, Submit())


def _of_row(row: ReadRow, error: FieldError) -> FieldError:
    return FieldError(f"dòng {row.number}, {error.field}", error.code, error.message)
