"""The command line `danhmuc`: the same services as the pages, for operators and scripts."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from app import clock, config, files, journal, reading
from app.errors import DanhmucError, UnavailableError
from app.factory import System, create_app
from app.following import BEAT, following, keep_following
from app.permissions import Action, Role

if TYPE_CHECKING:
    from app.workflow.models import Proposal
    from app.workflow.service import Desk


@click.group()
def cli() -> None:
    """Danh mục cơ sở dữ liệu dùng chung."""


def main() -> None:
    """Run the command line; an error of ours is a sentence and exit code 1, never a traceback."""
    try:
        cli()
    except DanhmucError as error:
        click.echo(error.message, err=True)
        for field in error.fields:
            click.echo(f"  {field.field}: {field.message}", err=True)
        sys.exit(1)
    except OSError as error:  # a file that cannot be written, a port that is taken
        click.echo(f"Không thực hiện được: {error.strerror} {error.filename or ''}".rstrip(), err=True)
        sys.exit(1)


def installed(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the installation that DANHMUC_CONFIG names."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        command(System(config.load()), *args, **kwargs)

    return run


@cli.command()
@installed
def migrate(system: System) -> None:
    """Đưa cơ sở dữ liệu lên lược đồ mới nhất."""
    system.migrate()
    click.echo("Lược đồ đã mới nhất.")


@cli.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=5000)
@installed
def serve(system: System, host: str, port: int) -> None:
    """Phục vụ trang và API, cùng một tiến trình con theo dõi nhật ký."""
    _serve(system, host, port)


def _serve(system: System, host: str, port: int) -> None:
    import waitress

    application = create_app(system)
    stopping = threading.Event()
    keeper = threading.Thread(target=keep_following, args=(stopping,))
    keeper.start()
    try:
        click.echo(f"Đang phục vụ tại http://{host}:{port} (Ctrl+C để dừng)")
        waitress.serve(application, host=host, port=port, threads=8, ident=None, _quiet=True)
    finally:
        stopping.set()
        keeper.join(timeout=15)


@cli.command()
@click.option("--once", is_flag=True, help="Theo dõi đến dòng mới nhất rồi dừng.")
@installed
def follow(system: System, *, once: bool) -> None:
    """Giữ chỉ mục tìm kiếm và RDF theo kịp nhật ký."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    parent = os.getppid()
    while once or os.getppid() == parent:
        with suppress(UnavailableError) if not once else nullcontext(), following(system) as renew:
            system.follow(renew)
            while not once and os.getppid() == parent and renew():
                system.follow(renew)
                time.sleep(BEAT)
        if once:
            return
        time.sleep(BEAT)


@cli.command()
@installed
def rebuild(system: System) -> None:
    """Xóa và dựng lại chỉ mục tìm kiếm và RDF từ nhật ký (khi không có tiến trình nào đang theo dõi)."""
    with following(system):
        for projection in system.projections:
            click.echo(f"{projection.name}: {journal.rebuild(system.database, projection)} dòng nhật ký")


@cli.command()
@installed
def check(system: System) -> None:
    """Cho biết cơ sở dữ liệu, chỉ mục và RDF có khớp nhau không."""
    with system.database.reading() as session:
        found = {
            "version": system.altered_versions(session),
            "search": system.search_projection.missing(session),
            "rdf": system.rdf_projection.missing(session),
            "profile": system.nonconforming(session),
        }
    for name, missing in found.items():
        click.echo(f"{name}: " + (f"lệch {len(missing)} mục: {', '.join(missing[:10])}" if missing else "khớp"))
    if any(found.values()):
        sys.exit(1)


@cli.command("profile-doc")
def profile_doc() -> None:
    """In trang docs/profile.md từ đặc tả."""
    from catalog_schema import documentation, profile

    click.echo(documentation.markdown(profile.load("https://danhmuc.example")), nl=False)


@cli.command("profile-lock")
def profile_lock() -> None:
    """Ghi thêm vào tệp khóa profile.lock những trường mới của đặc tả."""
    from catalog_schema import documentation, profile

    path = profile.DIRECTORY.parent / "profile.lock"
    released = path.read_text(encoding="utf-8") if path.is_file() else ""
    path.write_text(documentation.lock(profile.load("https://danhmuc.example"), released), encoding="utf-8")


@cli.command()
def openapi() -> None:
    """In mô tả OpenAPI của giao diện lập trình."""
    from flask import Flask

    from app.api import v1
    from catalog_schema import profile

    spec = v1.describe(Flask("danhmuc"), profile.load("https://danhmuc.example"))
    click.echo(json.dumps(spec.to_dict(), ensure_ascii=False, indent=1, sort_keys=True))


@cli.group("journal")
def journal_group() -> None:
    """Nhật ký."""


@journal_group.command()
@installed
def verify(system: System) -> None:
    """Kiểm tra toàn bộ chuỗi băm của nhật ký."""
    with system.database.reading() as session:
        good, fault = journal.verify(journal.rows(session))
    if fault is not None:
        click.echo(f"Nhật ký hỏng từ dòng {fault.seq}: {fault.reason}", err=True)
        sys.exit(1)
    click.echo(f"Nhật ký nguyên vẹn: {good} dòng.")


@cli.command()
@click.argument("extension", type=click.Choice(["ttl", "rdf", "jsonld", "nt"]))
@click.option("--output", type=click.Path(path_type=Path), help="Tệp đích; mặc định in ra màn hình.")
@click.option("--as-of", default=None, help="Ngày cần xem, ví dụ 31/12/2021.")
@installed
def export(system: System, extension: str, output: Path | None, as_of: str | None) -> None:
    """Xuất toàn bộ danh mục dạng DCAT."""
    from app.rdf import catalogue

    with reading.register(system, reading.day(as_of), None) as register:
        body = catalogue.export(register, system.settings, extension)
    if output is None:
        sys.stdout.buffer.write(body)
    else:
        output.write_bytes(body)


@cli.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="Loại đối tượng, ví dụ shared-database.")
@click.option("--as", "email", required=True, help="Thư điện tử của cán bộ đầu mối.")
@installed
def import_file(system: System, path: Path, kind: str, email: str) -> None:
    """Nhận một tệp CSV: mỗi dòng thành một phiếu đã gửi, hoặc không dòng nào."""
    from app.documents import importing

    data = path.read_bytes()
    with system.database.transaction() as session:
        desk = _desk(system, session, email, Role.REGISTRAR)
        done = importing.bring_in(desk, kind, data)
        kept = files.put(session, system.settings.data_dir, path.name, data)
        journal.queue(session, journal.Note("file.imported", post_id=desk.actor.post_id, hash=kept.sha256))
        click.echo(f"Đã gửi {len(done)} phiếu: {', '.join(str(p.number) for p in done[:20])}")


@cli.command()
@click.argument("content", type=click.File("rb"))
@click.option("--kind", required=True)
@click.option("--as", "email", required=True, help="Thư điện tử của cán bộ đầu mối.")
@click.option("--entry", default=None, help="Mã của mục cần sửa đổi, ví dụ CSDL-0007.")
@click.option("--from", "start", default=None, help="Ngày có hiệu lực; mặc định là ngày vào danh mục.")
@installed
def propose(system: System, content: Any, kind: str, email: str, entry: str | None, start: str | None) -> None:
    """Lập phiếu từ một tệp JSON (dùng - để đọc từ đầu vào chuẩn)."""
    from app.workflow import service
    from app.workflow.models import ProposalType

    raw = _json(content.read())
    with system.database.transaction() as session:
        desk = _desk(system, session, email, Role.REGISTRAR)
        request = service.Request(kind, raw, effective_from=reading.day(start))
        if entry is not None:
            request = replace(request, type=ProposalType.AMEND, entry_id=_entry_id(system, session, kind, entry))
        _show(service.propose(desk, request))


@cli.command()
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.argument("action", type=click.Choice(sorted({a.value for a in Action})))
@click.option("--as", "email", required=True, help="Thư điện tử của người làm.")
@click.option("--role", type=click.Choice([r.value for r in Role]), default=None)
@click.option("--reason", default=None, help="Lý do (trả lại, không phê duyệt).")
@click.option("--finding", "findings", multiple=True, help="Ý kiến dạng trường=nội dung; lặp lại được.")
@click.option("--content", type=click.File("rb"), default=None, help="Nội dung mới dạng JSON (edit).")
@click.option("--seen", default=None, help="Mã băm của nội dung đã xem (approve).")
@installed
def act(  # noqa: PLR0913, PLR0917 - one option for each part of a deed
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
    from app.workflow import service

    remarks = [service.Remark(field, text) for field, _, text in (f.partition("=") for f in findings)]
    raw = _json(content.read()) if content else None
    with system.database.transaction() as session:
        desk = _desk(system, session, email, Role(role) if role else None)
        proposal = service.by_number(desk, number)
        deed = service.Deed(proposal.lock_version, raw, tuple(remarks), reason=reason, seen_hash=seen)
        _show(service.act(desk, proposal.id, Action(action), deed))


@cli.command("show")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.option("--as", "email", required=True)
@installed
def show_proposal(system: System, number: int, email: str) -> None:
    """Xem một phiếu: nội dung, mã băm, ý kiến."""
    from app.workflow import service

    with system.database.reading() as session:
        desk = _desk(system, session, email, None)
        proposal = service.by_number(desk, number)
        _show(proposal)
        click.echo(json.dumps(proposal.content, ensure_ascii=False, indent=2))
        for finding in service.findings(session, proposal):
            state = "đã đóng" if finding.resolved_at else "đang mở"
            click.echo(f"[{finding.severity}, lượt {finding.round}, {state}] {finding.field}: {finding.message}")


@cli.group()
def user() -> None:
    """Người dùng và vị trí."""


@user.command("list")
@installed
def list_users(system: System) -> None:
    """Liệt kê ai giữ vị trí nào hôm nay."""
    from app.accounts import service as accounts

    with system.database.reading() as session:
        for post in accounts.held_posts(session, clock.today()):
            click.echo(f"{post.email}\t{post.role}\t{post.title}")


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--title", required=True, help="Tên vị trí.")
@click.option("--role", type=click.Choice([r.value for r in Role]), required=True)
@click.option("--agency", required=True, help="Mã của cơ quan, ví dụ CQ-0003.")
@installed
def add_user(system: System, email: str, name: str, title: str, role: str, agency: str) -> None:
    """Thêm người và vị trí họ giữ từ hôm nay."""
    from app.accounts import service as accounts

    with system.database.transaction() as session:
        agency_id = _entry_id(system, session, "agency", agency)
        person = accounts.add_person(session, name, email)
        accounts.appoint(session, accounts.add_post(session, agency_id, title, Role(role)), person, clock.today())
    click.echo(f"Đã thêm {email}.")


@cli.command()
@click.option("--port", default=5000)
@click.option("--serve/--no-serve", "serving", default=True)
def demo(port: int, *, serving: bool) -> None:
    """Nạp dữ liệu trình diễn (lần đầu) rồi phục vụ."""
    from fixtures.load import Demo, demo_config

    os.environ[config.VARIABLE] = str(demo_config(port))
    system = System(config.load())
    system.migrate()
    demonstration = Demo(system.database, system.profile)
    if not demonstration.loaded():
        with click.progressbar(demonstration.load(), length=demonstration.length(), label="Nạp dữ liệu") as steps:
            for _ in steps:
                pass
    system.follow()
    if serving:
        _serve(system, "127.0.0.1", port)


def _desk(system: System, session: Any, email: str, role: Role | None) -> "Desk":
    from app.accounts import service as accounts
    from app.workflow.service import Desk

    return Desk(session, system.profile, accounts.actor(session, email, role, clock.today()))


def _entry_id(system: System, session: Any, kind: str, text: str) -> UUID:
    from app.documents import rows
    from app.errors import NotFoundError

    if kind not in system.profile.kinds:
        raise NotFoundError(f"Không có loại đối tượng “{kind}”")
    found = list(rows.find(session, system.profile.kinds[kind], text, clock.today()))
    if len(found) != 1:
        raise NotFoundError(f"Có {len(found)} mục “{text}” thuộc loại {kind}")
    return found[0]


def _json(data: bytes) -> Any:
    from app.errors import MalformedError

    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedError("Tệp không phải JSON hợp lệ (UTF-8)") from error


def _show(proposal: "Proposal") -> None:
    click.echo(f"Phiếu {proposal.number}: {proposal.status}, nội dung {proposal.content_hash}")


if __name__ == "__main__":
    main()
