"""The programming interface under /api/v1, described by OpenAPI 3.1, errors as RFC 9457 problems."""

from flask import Flask

from app.api import wording
from app.reading import Installation

wording.install()  # before any schema is made: each takes the messages that are there then

from app.api import v1  # noqa: E402 - see above


def install(flask: Flask, installation: Installation) -> None:
    """Put the interface into the application."""
    v1.install(flask, installation)
