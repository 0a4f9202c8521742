"""The command `danhmuc`: its group, how it ends, and which installation a command works
on.
"""

import logging
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from app import config, logs
from app.errors import DanhmucError
from app.factory import System


@click.group()
def cli() -> None:
    """Danh mục cơ sở dữ liệu dùng chung."""


def main() -> None:
    """Run the command line; an error of ours is a sentence and exit code 1, never a
    traceback.
    """
    os.umask(0o077)  # what the register keeps is for its own account alone
    logs.configure(logging.WARNING)
    try:
        cli()
    except DanhmucError as error:
        click.echo(error.message, err=True)
        for field in error.fields:
            click.echo(f"  {field.field}: {field.message}", err=True)
        sys.exit(1)
    except OSError as error:  # a file that cannot be written, a port that is taken
        click.echo(
            f"Không thực hiện được: {error.strerror} {error.filename or ''}".rstrip(),
            err=True,
        )
        sys.exit(1)


def installed(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the installation that DANHMUC_CONFIG names."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        command(System(config.load()), *args, **kwargs)

    return run
