"""Commands of whoever runs the register: migrate, serve, follow, rebuild, check,
verify, export, demo.
"""

import logging
import os
import signal
import sys
import threading
import time
from contextlib import nullcontext, suppress
from pathlib import Path

import click

from app import clock, config, jobs, journal
from app.cli.group import cli, installed
from app.errors import StorageFullError, UnavailableError
from app.factory import System, create_app
from app.operations import audits
from app.operations.follower import BEAT, following, keep_following
from app.operations.installation import open_register
from app.permissions import Role
from app.register import arguments

_MOST_WORKERS = 4  # processes, where the settings do not say how many


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
    from app import logs
    from app.operations import health, workers

    demonstration = system.settings.demonstration
    logs.configure(logging.WARNING if demonstration else logging.INFO)
    health.require_safe(system)
    system.database.engine.dispose()
    stopping = threading.Event()
    keeper = threading.Thread(target=keep_following, args=(stopping,))
    keeper.start()
    try:
        workers.run(
            host,
            port,
            system.settings.workers or min(_MOST_WORKERS, os.cpu_count() or 1),
            lambda bound: click.echo(
                f"Đang phục vụ tại http://{host}:{bound} (Ctrl+C để dừng)"
            ),
            stopping,
        )
    finally:
        stopping.set()
        keeper.join(timeout=15)


@cli.command(hidden=True)
@click.argument("number", type=int)
@installed
def work(system: System, number: int) -> None:
    """Phục vụ cùng các tiến trình khác, qua ổ cắm được giao (do lệnh serve gọi)."""
    from app import logs
    from app.operations import serving, workers

    demonstration = system.settings.demonstration
    logs.configure(logging.WARNING if demonstration else logging.INFO)
    serving.serve(
        create_app(system),
        system.settings,
        workers.inherited(number),
        workers.say_ready,
        threading.Event(),
    )


@cli.command()
@click.option("--once", is_flag=True, help="Theo dõi đến dòng mới nhất rồi dừng.")
@installed
def follow(system: System, *, once: bool) -> None:
    """Giữ chỉ mục tìm kiếm và RDF theo kịp nhật ký."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    parent = os.getppid()
    while once or os.getppid() == parent:
        with (
            suppress(UnavailableError, StorageFullError) if not once else nullcontext(),
            following(system) as renew,
        ):
            system.follow(renew)
            while not once and os.getppid() == parent and renew():
                system.follow(renew)
                time.sleep(BEAT)
        if once:
            return
        time.sleep(BEAT)


@cli.command("confirm-day")
@installed
def confirm_day(system: System) -> None:
    """Xác nhận hôm nay đúng là hôm nay, sau khi máy nghỉ lâu; việc hằng ngày làm bù."""
    with system.database.transaction() as session:
        jobs.confirm(session)
    click.echo(f"Đã xác nhận ngày {clock.today():%d/%m/%Y}.")


@cli.command()
@installed
def doctor(system: System) -> None:
    """Hỏi mọi điều mà danh mục cần để phục vụ, và nói điều gì chưa ổn."""
    from app.operations import health

    health.require_safe(system)
    problems = health.problems(system)
    for said in health.incomplete(system).values():
        click.echo(f"Còn thiếu: {said}", err=True)
    for name, problem in problems.items():
        click.echo(f"{name}: {problem}", err=True)
    if problems:
        sys.exit(1)
    click.echo(f"Mọi điều đều ổn: {', '.join(health.READY)}.")


@cli.command()
@installed
def rebuild(system: System) -> None:
    """Xóa và dựng lại chỉ mục tìm kiếm và RDF từ nhật ký (khi không có tiến trình nào
    đang theo dõi).
    """
    with following(system):
        for projection in system.projections:
            click.echo(
                f"{projection.name}: "
                f"{journal.rebuild(system.database, projection)} dòng nhật ký"
            )


@cli.command()
@installed
def check(system: System) -> None:
    """Cho biết cơ sở dữ liệu, chỉ mục và RDF có khớp nhau không."""
    with system.database.reading() as session:
        differing = {
            **audits.differences(session, system.profile, system.settings.data_dir),
            "search": system.search_projection.missing(session),
            "rdf": system.rdf_projection.missing(session),
            "triples": system.triples_projection.missing(session),
            "profile": audits.nonconforming(session, system.profile),
        }
    for name, missing in differing.items():
        click.echo(
            f"{name}: "
            + (
                f"lệch {len(missing)} mục: {', '.join(missing[:10])}"
                if missing
                else "khớp"
            )
        )
    if any(differing.values()):
        sys.exit(1)


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
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Tệp đích; mặc định in ra màn hình.",
)
@click.option("--as-of", default=None, help="Ngày cần xem, ví dụ 31/12/2021.")
@installed
def export(
    system: System, extension: str, output: Path | None, as_of: str | None
) -> None:
    """Xuất toàn bộ danh mục dạng DCAT."""
    from app.rdf.publishing import catalogue

    with (
        open_register(system, arguments.day(as_of), None) as register,
        nullcontext(sys.stdout.buffer) if output is None else output.open("wb") as file,
    ):
        file.writelines(
            catalogue.stream(register, system.settings, extension, everything=True)
        )


@cli.group("backup")
def backup_group() -> None:
    """Sao lưu mã hóa: tạo khi đang chạy, kiểm tra, khôi phục."""


@backup_group.command("new-key")
@click.argument("path", type=click.Path(path_type=Path))
def new_key(path: Path) -> None:
    """Tạo khóa mở sao lưu vào một tệp (cất nơi khác, không để trên máy chủ) và in khóa
    nhận.
    """
    from app.operations import backup

    click.echo(backup.new_identity(path))


@backup_group.command("make")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--to", "recipient", required=True, help="Khóa nhận, dòng age1… mà new-key đã in."
)
@installed
def make_backup(system: System, folder: Path, recipient: str) -> None:
    """Sao lưu trọn danh mục khi đang chạy vào một tệp mã hóa trong thư mục."""
    from app import clock
    from app.operations import backup

    target = folder / backup.suggested_name(clock.now())
    manifest = backup.make(system, target, recipient)
    click.echo(
        f"{target}: đến dòng nhật ký {manifest.seq}, {len(manifest.hashes)} tệp."
    )
    if manifest.damaged:
        click.echo(
            "Tệp đính kèm đã mất hoặc hỏng từ trước, không sao lưu được: "
            + ", ".join(manifest.damaged),
            err=True,
        )
        sys.exit(1)


@backup_group.command("verify")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
def verify_backup(source: Path, identity: Path) -> None:
    """Mở một bản sao lưu và kiểm tra mọi thứ trong đó."""
    from app.operations import backup

    manifest = backup.verify(source, identity)
    click.echo(f"Bản sao lưu tốt: {manifest.made_at}, đến dòng nhật ký {manifest.seq}.")


@backup_group.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@installed
def restore_backup(system: System, source: Path, identity: Path) -> None:
    """Khôi phục vào cơ sở dữ liệu trống mà cấu hình nêu; không bao giờ ghi đè."""
    from app.operations import backup

    manifest = backup.restore(system, source, identity)
    click.echo(
        f"Đã khôi phục đến dòng nhật ký {manifest.seq}; chạy “danhmuc follow "
        "--once” để dựng lại chỉ mục."
    )


@cli.command()
@click.option(
    "--from",
    "source",
    required=True,
    help="Địa chỉ cơ sở dữ liệu gốc, ví dụ sqlite:////srv/register.db",
)
@click.option(
    "--to",
    "target",
    required=True,
    help="Địa chỉ cơ sở dữ liệu đích (trống), ví dụ postgresql://…",
)
def copy(source: str, target: str) -> None:
    """Chép trọn danh mục sang cơ sở dữ liệu khác, hoặc không chép gì."""
    from app.db import Database
    from app.migrations import tables
    from app.operations import copying

    counts = copying.move(
        Database(source, tables.metadata), Database(target, tables.metadata)
    )
    click.echo(
        f"Đã chép {sum(counts.values())} dòng của {len(counts)} bảng; nhật ký "
        f"nguyên vẹn: {counts['journal']} dòng."
    )


@cli.command()
@click.option("--port", default=5000)
@click.option("--serve/--no-serve", "serving", default=True)
def demo(port: int, *, serving: bool) -> None:
    """Nạp dữ liệu trình diễn (lần đầu) rồi phục vụ."""
    from fixtures.load import Demo, demo_config
    from fixtures.load import email as email_of

    os.environ[config.VARIABLE] = str(demo_config(port))
    system = System(config.load())
    system.migrate()
    demonstration = Demo(system)
    if not demonstration.loaded():
        with click.progressbar(
            demonstration.load(), length=demonstration.length(), label="Nạp dữ liệu"
        ) as steps:
            for _ in steps:
                pass
    with following(system) as renew:
        system.follow(renew)
    click.echo("Tài khoản trình diễn (mật khẩu mới mỗi lần chạy):")
    for role, email, password in demonstration.passwords():
        click.echo(f"  {role:<20} {email:<34} {password}")
    named = os.path.relpath(os.environ[config.VARIABLE])
    click.echo(
        "Phê duyệt, văn thư, quản trị cần thêm mã xác thực; mã đang hiện của "
        "một tài khoản:"
    )
    click.echo(
        f"  {config.VARIABLE}={named} {sys.argv[0]} user code {email_of(Role.APPROVER)}"
    )
    if serving:
        _serve(system, "127.0.0.1", port)
