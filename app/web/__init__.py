"""Pages for people and documents for machines."""

import structlog
from flask import Flask

from app.reading import Installation
from app.web import errors, headers, language, linked_data, pages, templating


def install(flask: Flask, installation: Installation) -> None:
    """Put the pages, the linked data and what every answer carries into the application."""
    flask.extensions["danhmuc"] = installation
    if not pages.STATIC.joinpath("vendor", "govuk-frontend.min.css").is_file():
        structlog.get_logger().warning("assets are missing: run “make setup”; pages show as plain HTML")
    language.install(flask)
    templating.install(flask, installation)
    flask.register_blueprint(pages.blueprint)
    flask.register_blueprint(linked_data.blueprint)
    errors.install(flask)
    headers.install(flask)
