"""Commands about people and their posts."""

import click

from app import clock
from app.cli.group import cli, installed
from app.cli.proposing import entry_id
from app.factory import System
from app.permissions import Role


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


@user.command("password")
@click.argument("email")
@installed
def reset_password(system: System, email: str) -> None:
    """Đặt mật khẩu mới, in ra một lần; mọi phiên đăng nhập của người đó kết thúc."""
    from app.accounts import passwords, sessions, tokens
    from app.accounts import service as accounts
    from app.errors import NotFoundError

    password = passwords.make()
    with system.database.transaction() as session:
        person = accounts.find(session, email)
        if person is None:
            raise NotFoundError(f"Không có người dùng {email}")
        passwords.set_password(session, person, password)
        sessions.end_all(session, person.id)
        tokens.revoke_all(session, person.id)
    click.echo(password)


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
        agency_id = entry_id(system, session, "agency", agency)
        person = accounts.add_person(session, name, email)
        accounts.appoint(session, accounts.add_post(session, agency_id, title, Role(role)), person, clock.today())
    click.echo(f"Đã thêm {email}.")
