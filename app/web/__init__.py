"""Pages for people and documents for machines."""

import structlog
from flask import Flask

from app.reading import Installation
from app.web import (
    accounts,
    activities,
    admin,
    attachments,
    beginning,
    between,
    bringing,
    campaigns,
    comparing,
    consulting,
    dossiers,
    drafts,
    entrance,
    errors,
    examining,
    feeds,
    guard,
    guide,
    headers,
    impact,
    intake,
    language,
    linked_data,
    lookup,
    mapping,
    merging,
    naming,
    notices,
    oai,
    observing,
    pages,
    people,
    practising,
    profiles,
    promulgating,
    resolving,
    review,
    searching,
    sparql,
    status,
    tasks,
    templating,
)

BLUEPRINTS = (
    pages,
    searching,
    naming,
    resolving,
    between,
    feeds,
    activities,
    practising,
    oai,
    sparql,
    linked_data,
    profiles,
    people,
    promulgating,
    comparing,
    entrance,
    tasks,
    notices,
    examining,
    beginning,
    bringing,
    drafts,
    merging,
    lookup,
    review,
    consulting,
    dossiers,
    campaigns,
    impact,
    intake,
    mapping,
    attachments,
    admin,
    accounts,
    guide,
    status,
    observing,
)


def install(flask: Flask, installation: Installation) -> None:
    """Put the pages, the linked data and what every answer carries into the application."""
    flask.extensions["danhmuc"] = installation
    if not pages.STATIC.joinpath("vendor", "govuk-frontend.min.css").is_file():
        structlog.get_logger().warning("assets are missing: run “make setup”; pages show as plain HTML")
    language.install(flask)
    templating.install(flask, installation)
    guard.install(flask, installation)
    for module in BLUEPRINTS:
        flask.register_blueprint(module.blueprint)
    errors.install(flask)
    headers.install(flask, installation.settings)
