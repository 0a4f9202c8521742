"""The description of the interface (OpenAPI 3.1), and its routes put into the
application.
"""

from http import HTTPStatus
from typing import Any, ClassVar

from apispec import APISpec
from flask import Flask, request
from flask_smorest import Api
from werkzeug.wrappers import Response

from app.api import (
    access,
    cases,
    changes,
    codes,
    entries,
    harvest,
    measurements,
    problems,
    proposals,
)
from app.api.problems import ErrorSchema
from app.operations.installation import Installation
from app.permissions import declares
from app.register.content.schema import schema_class
from catalog_schema.profile import Profile, Stage


class _Api(Api):  # type: ignore[misc]
    """What flask-smorest describes, with the errors that we answer."""

    ERROR_SCHEMA: ClassVar[type[ErrorSchema]] = ErrorSchema


def describe(flask: Flask, profile: Profile) -> APISpec:
    """Register the routes and return their description; it depends on the profile and
    on nothing installed.
    """
    flask.config |= {
        "API_TITLE": "Danh mục cơ sở dữ liệu dùng chung",
        "API_VERSION": "1.0.0",
        "OPENAPI_VERSION": "3.1.0",
        "ETAG_DISABLED": True,
    }
    api = _Api(flask)
    for kind in profile.kinds:
        schema = schema_class(kind, Stage.ENTER, profile.base)
        api.spec.components.schema(schema.__name__, schema=schema)
    api.register_blueprint(entries.blueprint)
    api.register_blueprint(codes.blueprint)
    api.register_blueprint(changes.blueprint)
    api.register_blueprint(harvest.blueprint)
    api.register_blueprint(proposals.blueprint)
    api.register_blueprint(measurements.blueprint)
    api.register_blueprint(cases.blueprint)
    spec: APISpec = api.spec
    for answer in spec.components.responses.values():
        # flask-smorest has one media type for all answers
        told = answer["content"].pop("application/json")
        answer["content"][problems.MEDIA_TYPE] = told
    spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    for methods in spec._paths.values():  # noqa: SLF001 - no public name
        for operation in methods.values():
            if isinstance(operation, dict) and "summary" in operation:
                # a docstring's line breaks are ours
                operation["summary"] = " ".join(operation["summary"].split())
    return spec


def install(flask: Flask, installation: Installation) -> None:
    """Put the routes, their description and their validators into the application."""
    flask.extensions["danhmuc"] = installation
    access.install(flask)
    spec = describe(flask, installation.profile)
    flask.extensions["danhmuc-openapi"] = spec

    @flask.get("/api/openapi.json")
    @declares(None)
    def openapi() -> Any:
        """Serve the description of the interface."""
        return flask.json.response(spec.to_dict())

    @flask.after_request
    def _cache_headers(response: Response) -> Response:
        if not request.path.startswith("/api/"):
            return response
        private = "Authorization" in request.headers
        response.vary.add("Authorization")
        response.headers["Cache-Control"] = "no-store" if private else "no-cache"
        if request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK:
            response.add_etag()
            response.make_conditional(request)
        return response
