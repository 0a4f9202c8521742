"""Commands about people and their posts; also the way in when nobody can log in any
more.
"""

from typing import TYPE_CHECKING, Any

import click

from app import clock
from app.cli.group import cli, installed
from app.cli.proposing import entry_id
from app.factory import System
from app.permissions import STRONG, Role

if TYPE_CHECKING:
    from app.accounts.models import Person


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
    """Đặt mật khẩu tạm, in ra một lần; mọi phiên của người đó kết thúc, lần đăng nhập
    đầu phải đổi.
    """
    from app.accounts import passwords, rights_review

    password = passwords.make()
    with system.database.transaction() as session:
        person = _person(session, email)
        passwords.set_password(session, person, password, must_change=True)
        rights_review.close(session, person.id)
    click.echo(password)


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--title", required=True, help="Tên vị trí.")
@click.option("--role", type=click.Choice([r.value for r in Role]), required=True)
@click.option(
    "--agency", help="Mã của cơ quan, ví dụ CQ-0003; mặc định cơ quan của quản trị."
)
@installed
def add_user(
    system: System, email: str, name: str, title: str, role: str, agency: str | None
) -> None:
    """Thêm vị trí và người giữ từ hôm nay; người đã có thì tìm theo địa chỉ."""
    from app.accounts import service as accounts

    with system.database.transaction() as session:
        agency_id = (
            entry_id(system, session, "agency", agency)
            if agency
            else accounts.administration(session)
        )
        person = accounts.find(session, email) or accounts.add_person(
            session, name, email
        )
        accounts.require_compatible(session, person.id, Role(role), clock.today())
        accounts.appoint(
            session,
            accounts.add_post(session, agency_id, title, Role(role)),
            person,
            clock.today(),
        )
    click.echo(f"Đã thêm {email}.")
    if Role(role) in STRONG:
        click.echo(
            f"CHÚ Ý: “{title}” là vị trí duyệt, được giao một mình trên dòng lệnh, "
            "không có quản trị thứ hai xác nhận. Việc này có trong nhật ký, và người "
            "ấy được báo. Ghi vào sổ vận hành ai đã quyết định.",
            err=True,
        )


@user.command("first")
@click.argument("email")
@click.option("--name", required=True, help="Họ và tên.")
@installed
def first_user(system: System, email: str, name: str) -> None:
    """Tạo quản trị đầu tiên của một danh mục trống và in liên kết một lần để họ đặt mật
    khẩu.
    """
    from app.accounts import links
    from app.accounts import service as accounts
    from app.accounts.models import Person
    from app.errors import ConflictError
    from app.register import service as register

    with system.database.transaction() as session:
        if session.query(Person).first() is not None:
            raise ConflictError(
                "Danh mục đã có người dùng; dùng “danhmuc user add” hoặc "
                "“danhmuc user link”"
            )
        department = register.reserve(session, system.profile.kinds["agency"])
        person = accounts.add_person(session, name, email)
        post = accounts.add_post(
            session, department.id, "Quản trị tài khoản", Role.ADMINISTRATOR
        )
        accounts.appoint(session, post, person, clock.today())
        secret = links.make(session, person)
    _show_link(system, secret)


@user.command("link")
@click.argument("email")
@installed
def make_link(system: System, email: str) -> None:
    """In liên kết một lần, dùng trong 24 giờ, để một người tự đặt mật khẩu."""
    from app.accounts import links

    with system.database.transaction() as session:
        secret = links.make(session, _person(session, email))
    _show_link(system, secret)


@user.command("unlock")
@click.argument("email")
@installed
def unlock(system: System, email: str) -> None:
    """Mở lại một tài khoản đã khóa và quên mọi lần thử sai."""
    from app.accounts import rights_review, tries

    with system.database.transaction() as session:
        rights_review.enable(session, _person(session, email))
        tries.forgive(session)
    click.echo(f"Đã mở {email}.")


@user.command("forget-factor")
@click.argument("email")
@installed
def forget_factor(system: System, email: str) -> None:
    """Gỡ ứng dụng xác thực đã mất; lần đăng nhập sau người đó cài lại."""
    from app.accounts import factors, rights_review

    with system.database.transaction() as session:
        person = _person(session, email)
        factors.forget(session, person.id)
        rights_review.close(session, person.id)
    click.echo(f"Đã gỡ ứng dụng xác thực của {email}.")


@user.command("code")
@click.argument("email")
@installed
def show_code(system: System, email: str) -> None:
    """In mã xác thực đang hiện của một tài khoản trình diễn (chỉ ở bản trình diễn)."""
    from app.accounts import factors
    from app.errors import ForbiddenError

    if not system.settings.demonstration:
        raise ForbiddenError(
            "Chỉ bản trình diễn cho xem mã; ở bản thật mã chỉ có trên điện "
            "thoại của người dùng"
        )
    with system.database.reading() as session:
        click.echo(factors.showing(session, _person(session, email).id, system.key))


def _person(session: Any, email: str) -> "Person":
    from app.accounts import service as accounts
    from app.errors import NotFoundError

    person = accounts.find(session, email)
    if person is None:
        raise NotFoundError(f"Không có người dùng {email}")
    return person


def _show_link(system: System, secret: str) -> None:
    click.echo(
        "Mở liên kết này trong 24 giờ để đặt mật khẩu (dùng một lần): "
        f"{system.settings.base_uri}/moi/{secret}"
    )
