"""Commands that print what the code says of itself: profile, interface, rights."""

import json

import click

from app.cli.group import cli, installed
from app.factory import System


@cli.command("profile-doc")
def profile_doc() -> None:
    """In trang docs/profile.md từ đặc tả."""
    from catalog_schema import documentation, profile

    click.echo(
        documentation.markdown(profile.load("https://danhmuc.example")), nl=False
    )


@cli.command("profile-lock")
def profile_lock() -> None:
    """Ghi thêm vào tệp khóa profile.lock những trường mới của đặc tả."""
    from catalog_schema import documentation, profile

    path = profile.DIRECTORY.parent / "profile.lock"
    released = path.read_text(encoding="utf-8") if path.is_file() else ""
    path.write_text(
        documentation.lock(profile.load("https://danhmuc.example"), released),
        encoding="utf-8",
    )


@cli.command()
def openapi() -> None:
    """In mô tả OpenAPI của giao diện lập trình."""
    from flask import Flask

    from app.api import openapi as api_openapi
    from catalog_schema import profile

    spec = api_openapi.describe(
        Flask("danhmuc"), profile.load("https://danhmuc.example")
    )
    click.echo(json.dumps(spec.to_dict(), ensure_ascii=False, indent=1, sort_keys=True))


@cli.command()
@installed
def rights(system: System) -> None:
    """In trang docs/rights.md: đường dẫn nào cần quyền gì, vai trò nào có quyền đó, ở
    trạng thái nào.
    """
    from app.cli import rights_page as table
    from app.factory import create_app

    flask = create_app(system)
    click.echo(
        table.markdown(flask.url_map.iter_rules(), flask.view_functions), nl=False
    )
