"""The programming interface: reads under /api/v1, described by OpenAPI 3.1, errors as RFC 9457 problems."""

from flask import Flask

from app.api import v1
from app.reading import Installation


def install(flask: Flask, installation: Installation) -> None:
    """Put the interface into the application."""
    v1.install(flask, installation)
