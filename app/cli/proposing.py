"""Commands that work on proposals as somebody: propose, act, show, import."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from app import clock, files, journal
from app.cli.group import cli, installed
from app.factory import System
from app.permissions import Action, Role
from app.register import arguments

if TYPE_CHECKING:
    from app.workflow.context import Desk
    from app.workflow.proposals.models import Proposal


@cli.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="Loại đối tượng, ví dụ shared-database.")
@click.option("--as", "email", required=True, help="Thư điện tử của cán bộ đầu mối.")
@installed
def import_file(system: System, path: Path, kind: str, email: str) -> None:
    """Nhận một tệp CSV: mỗi dòng thành một phiếu đã gửi, hoặc không dòng nào."""
    from app.documents.tables import importing

    data = path.read_bytes()
    with system.database.transaction() as session:
        desk = desk_of(system, session, email, Role.REGISTRAR)
        sent_in = importing.bring_in(desk, kind, data)
        file = files.put(session, system.settings.data_dir, path.name, data)
        journal.record(
            session,
            desk.note("file.imported", hash=file.sha256),
        )
        numbers = ", ".join(str(proposal.number) for proposal in sent_in[:20])
        click.echo(f"Đã gửi {len(sent_in)} phiếu: {numbers}")


@cli.command()
@click.argument("content", type=click.File("rb"))
@click.option("--kind", required=True)
@click.option("--as", "email", required=True, help="Thư điện tử của cán bộ đầu mối.")
@click.option("--entry", default=None, help="Mã của mục cần sửa đổi, ví dụ CSDL-0007.")
@click.option(
    "--from",
    "start",
    default=None,
    help="Ngày có hiệu lực; mặc định là ngày vào danh mục.",
)
@installed
def propose(
    system: System,
    content: Any,
    kind: str,
    email: str,
    entry: str | None,
    start: str | None,
) -> None:
    """Lập phiếu từ một tệp JSON (dùng - để đọc từ đầu vào chuẩn)."""
    from app.workflow.proposals import service
    from app.workflow.proposals.inputs import ProposalRequest
    from app.workflow.proposals.models import ProposalType

    raw = _json(content.read())
    with system.database.transaction() as session:
        desk = desk_of(system, session, email, Role.REGISTRAR)
        request = ProposalRequest(kind, raw, effective_from=arguments.day(start))
        if entry is not None:
            request = replace(
                request,
                type=ProposalType.AMEND,
                entry_id=entry_id(system, session, kind, entry),
            )
        _show(service.propose(desk, request))


@cli.command()
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.argument("action", type=click.Choice(sorted({a.value for a in Action})))
@click.option("--as", "email", required=True, help="Thư điện tử của người làm.")
@click.option("--role", type=click.Choice([r.value for r in Role]), default=None)
@click.option("--reason", default=None, help="Lý do (trả lại, không phê duyệt).")
@click.option(
    "--finding",
    "findings",
    multiple=True,
    help="Ý kiến dạng trường=nội dung; lặp lại được.",
)
@click.option(
    "--content",
    type=click.File("rb"),
    default=None,
    help="Nội dung mới dạng JSON (edit).",
)
@click.option("--seen", default=None, help="Mã băm của nội dung đã xem (approve).")
@installed
def act(  # noqa: PLR0913, PLR0917 - one option for each thing that comes along
    system: System,
    number: int,
    action: str,
    email: str,
    role: str | None,
    reason: str | None,
    findings: tuple[str, ...],
    content: Any,
    seen: str | None,
) -> None:
    """Thực hiện một việc với phiếu: submit, take, return, recommend, approve."""
    from app.workflow.proposals import queries as proposals
    from app.workflow.proposals import service
    from app.workflow.proposals.actions import request_of
    from app.workflow.proposals.inputs import Remark

    remarks = []
    for finding in findings:
        field, _, text = finding.partition("=")
        remarks.append(Remark(field, text))
    raw = _json(content.read()) if content else None
    with system.database.transaction() as session:
        desk = desk_of(system, session, email, Role(role) if role else None)
        proposal = proposals.by_number(desk, number)
        values = {
            "content": raw,
            "remarks": tuple(remarks),
            "reason": reason,
            "seen_hash": seen,
        }
        request = request_of(Action(action), values)
        _show(service.act(desk, proposal.id, proposal.lock_version, request))


@cli.command("show")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.option("--as", "email", required=True)
@installed
def show_proposal(system: System, number: int, email: str) -> None:
    """Xem một phiếu: nội dung, mã băm, ý kiến."""
    from app.workflow.proposals import queries as proposals

    with system.database.reading() as session:
        desk = desk_of(system, session, email, None)
        proposal = proposals.by_number(desk, number)
        _show(proposal)
        click.echo(json.dumps(proposal.content, ensure_ascii=False, indent=2))
        for finding in proposals.findings(proposal):
            state = "đã đóng" if finding.resolved_at else "đang mở"
            click.echo(
                f"[{finding.severity}, lượt {finding.round}, {state}] "
                f"{finding.field}: {finding.message}"
            )


def desk_of(system: System, session: Any, email: str, role: Role | None) -> "Desk":
    """Return the desk of whoever is named, in a role that they hold today."""
    from app.accounts import service as accounts
    from app.workflow.context import Desk

    actor = accounts.actor(session, email, role, clock.today())
    journal.acting(session, actor.person_id, actor.post_id)
    return Desk(session, system.profile, actor, system.office)


def entry_id(system: System, session: Any, kind: str, text: str) -> UUID:
    """Return the one entry of a kind that was meant; NotFoundError for none or
    several.
    """
    from app.documents.tables import lookup
    from app.errors import NotFoundError

    if kind not in system.profile.kinds:
        raise NotFoundError(f"Không có loại đối tượng “{kind}”")
    entries = list(
        lookup.find(session, system.profile.kinds[kind], text, clock.today())
    )
    if len(entries) != 1:
        raise NotFoundError(f"Có {len(entries)} mục “{text}” thuộc loại {kind}")
    return entries[0]


def _json(data: bytes) -> Any:
    from app.errors import MalformedError

    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedError("Tệp không phải JSON hợp lệ (UTF-8)") from error


def _show(proposal: "Proposal") -> None:
    click.echo(
        f"Phiếu {proposal.number}: {proposal.status}, nội dung {proposal.content_hash}"
    )
