"""Commands about harvesting: who fetched what, what others publish taken in, the
register as a harvester sees it.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import files, journal
from app.cli.group import cli, installed
from app.cli.proposing import desk_of
from app.errors import InvalidError
from app.factory import System, create_app
from app.permissions import Role
from app.vietnamese import clean

if TYPE_CHECKING:
    from app.rdf.harvesting.reference_import import Record


@cli.group("harvest")
def harvest() -> None:
    """Thu hoạch: ai đã lấy gì, nhận danh mục của nơi khác, diễn tập."""


@harvest.command("receipts")
@click.option("--days", default=30, help="Số ngày gần đây.")
@installed
def receipts(system: System, days: int) -> None:
    """In từng chương trình đã thu thập siêu dữ liệu: cửa nào, lần đầu, lần cuối, bao "
    "nhiêu lượt.
    """
    from app.rdf.publishing import receipts as kept

    for summary in kept.summaries(system.settings.data_dir, days):
        figures = (
            f"{summary.answers} lượt, {summary.refused} bị từ chối, {summary.size} byte"
        )
        click.echo(
            f"{summary.agent}\t{summary.interface}\t{summary.first}\t{summary.last}\t{figures}"
        )


@harvest.command("import")
@click.argument("source")
@click.option("--as", "email", required=True, help="Thư điện tử của cán bộ đầu mối.")
@click.option(
    "--from",
    "name",
    default=None,
    help="Nguồn, khi đọc từ tệp; ghi vào từng mục và để nhận ra mục đã mất.",
)
@click.option(
    "--apply",
    "applied",
    is_flag=True,
    help="Lập và gửi phiếu; không có thì chỉ xem trước.",
)
@click.option(
    "--end-gone", is_flag=True, help="Đề nghị kết thúc cả những mục không còn ở nguồn."
)
@click.option(
    "--incomplete",
    is_flag=True,
    help="Nhận cả khi tệp có ít mục hơn số nguồn công bố.",
)
@installed
def bring_in(
    system: System,
    source: str,
    email: str,
    name: str | None,
    *,
    applied: bool,
    end_gone: bool,
    incomplete: bool,
) -> None:
    """Nhận DCAT của nơi khác (tệp, - hoặc địa chỉ có trong cấu hình harvest_sources)
    thành phiếu bản ghi tham chiếu.
    """
    from app.rdf.harvesting import fetching, reference_import

    if name is None and not source.startswith(("http://", "https://")):
        raise InvalidError(
            "Ghi nguồn bằng --from: theo tên đó mà biết mục nào không còn ở nguồn"
        )
    data, graph = fetching.read(source, sys.stdin.buffer, system.settings)
    with system.database.reading() as session:
        _show(
            reference_import.plan(
                desk_of(system, session, email, Role.REGISTRAR), graph, name or source
            )
        )
    click.echo(f"Đọc được {len(graph)} bộ ba; so với nguồn trước khi nhận.")
    missing = reference_import.lacking(graph)
    if missing > 0:
        click.echo(f"Nguồn công bố nhiều hơn {missing} mục: tệp có thể bị cắt giữa.")
    if missing > 0 and applied and not incomplete:
        raise InvalidError(
            "Lấy lại tệp cho đủ; nếu đúng là chỉ nhận một phần thì thêm --incomplete"
        )
    if not applied:
        click.echo("Mới là xem trước; thêm --apply để lập và gửi phiếu.")
        return
    with system.database.transaction() as session:
        desk = desk_of(system, session, email, Role.REGISTRAR)
        carried_out = reference_import.carry_out(
            desk, reference_import.plan(desk, graph, name or source), end_gone=end_gone
        )
        file = files.put(
            session, system.settings.data_dir, Path(source).name or "dcat", data
        )
        journal.record(
            session,
            desk.note("file.imported", hash=file.sha256),
        )
        numbers = [proposal.number for proposal in carried_out]
    click.echo(f"Đã gửi {len(numbers)} phiếu: {', '.join(map(str, numbers[:20]))}")


def _show(records: "list[Record]") -> None:
    for record in records:
        cells = (
            record.outcome.value,
            record.kind,
            record.title,
            record.iri,
            "; ".join(record.said),
        )
        # what others wrote is only text here
        click.echo("\t".join(" ".join(clean(text).split()) for text in cells))
    counts = Counter(record.outcome.value for record in records)
    click.echo(
        ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        or "Tệp không có mục nào"
    )


@harvest.command("rehearse")
@click.option(
    "--format",
    "extension",
    default="ttl",
    type=click.Choice(["ttl", "rdf", "jsonld", "nt"]),
)
@installed
def rehearse(system: System, extension: str) -> None:
    """Lấy danh mục từng trang như một hệ thống thu thập siêu dữ liệu, kiểm từng mục,
    in những chỗ phải sửa.
    """
    from app.rdf.harvesting import rehearsal
    from app.web.machines import practice_feed

    fetch = practice_feed.through(
        create_app(system).test_client(), system.settings.base_uri
    )
    report = rehearsal.rehearse(system.profile, extension, fetch)
    for finding in report.findings:
        click.echo(f"{finding.severity.value}\t{finding.entry}\t{finding.message}")
    click.echo(
        f"{report.pages} trang, {report.datasets} cơ sở dữ liệu, "
        f"{report.services} dịch vụ, {report.told()}"
    )
    if report.errors:
        sys.exit(1)
