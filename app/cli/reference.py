"""Commands about what no agency declares: laws, units, standards, databases."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from app import journal
from app.cli.group import cli, installed
from app.cli.proposing import desk_of
from app.factory import System
from app.permissions import Role

if TYPE_CHECKING:
    from app.documents.tables.reference import ReferenceRow
    from app.workflow.context import Desk


TITLE = "Dữ liệu tham chiếu đi kèm"  # of the intake


@cli.group("reference")
def reference() -> None:
    """Dữ liệu tham chiếu đi kèm: tỉnh, bộ, xã, văn bản, tiêu chuẩn, mã cấp 1, cơ sở dữ
    liệu quốc gia.
    """


@reference.command("compare")
@click.option("--as", "email", required=True, help="Thư điện tử của người thẩm tra.")
@installed
def compare(system: System, email: str) -> None:
    """So dữ liệu đi kèm với danh mục: mục nào mới, mục nào khác."""
    from app.documents.tables.reference import Outcome

    with system.database.reading() as session:
        planned = _planned(desk_of(system, session, email, Role.REVIEWER))
    for row in planned:
        if row.outcome is not Outcome.SAME:
            cells = (row.outcome.value, row.coming.kind, row.title, row.coming.note)
            click.echo("\t".join(cells))
    counts = Counter(row.outcome.value for row in planned)
    click.echo(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))


@reference.command("prepare")
@click.option("--as", "email", required=True, help="Thư điện tử của người thẩm tra.")
@click.option(
    "--changed",
    is_flag=True,
    help="Cả những mục đã có mà dữ liệu đi kèm ghi khác; xem bằng compare trước.",
)
@installed
def prepare(system: System, email: str, *, changed: bool) -> None:
    """Chuẩn bị một đợt nhập gồm mọi mục còn thiếu; người phê duyệt xác nhận."""
    from app.documents.tables.reference import Outcome
    from app.workflow.intake import service as intake
    from app.workflow.intake import several

    wanted = {Outcome.NEW, *([Outcome.CHANGED] if changed else [])}
    with system.database.reading() as session:
        desk = desk_of(system, session, email, Role.REVIEWER)
        seq = journal.head(session)
        rows = [row.coming for row in _planned(desk) if row.outcome in wanted]
        several.ready(desk, rows)
    if not rows:
        click.echo("Không có gì để nhập: danh mục đã có đủ.")
        return
    with system.database.transaction() as session:
        desk = desk_of(system, session, email, Role.REVIEWER)
        number = intake.prepare_several(desk, TITLE, rows, seq).number
    address = f"{system.settings.base_uri}/dot-nhap/{number}"
    click.echo(
        f"Đợt nhập {number} có {len(rows)} mục, chờ người phê duyệt xác nhận: {address}"
    )


def _planned(desk: "Desk") -> "list[ReferenceRow]":
    from app.documents.tables import reference as tables
    from fixtures import reference_files

    return tables.plan(desk, reference_files.read())
