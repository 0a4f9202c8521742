"""What requests of the interface say alike: the moment of a read; and the register
opened at it.
"""

from contextlib import AbstractContextManager
from typing import Any

from flask import current_app
from marshmallow import Schema, fields, validate

from app.operations.installation import Installation, open_register
from app.register.queries import Register

MAX_PAGE = 100


class MomentArguments(Schema):
    """The two times of a read."""

    as_of = fields.Date(metadata={"description": "Ngày cần xem, mặc định hôm nay"})
    known_at = fields.Integer(
        validate=validate.Range(min=0),
        metadata={"description": "Số dòng nhật ký, mặc định dòng mới nhất"},
    )


def installation() -> Installation:
    """Return the installation that this application serves."""
    running: Installation = current_app.extensions["danhmuc"]
    return running


def opened(arguments: dict[str, Any]) -> AbstractContextManager[Register]:
    """Open the register at the moment that a request asks about."""
    return open_register(
        installation(), arguments.get("as_of"), arguments.get("known_at")
    )
