"""Help: a page for each role, the accessibility statement, the interface's
documentation from its description.
"""

from typing import Any

from flask import Blueprint, Response, current_app, render_template
from flask_babel import gettext as _

from app import clock
from app.errors import NotFoundError
from app.permissions import declares
from app.web.display import wording
from app.web.http.current import installation

blueprint = Blueprint("guide", __name__)

SLUGS: dict[str, str] = {
    "tra-cuu": "public/guide_public.html",
    "can-bo-dau-moi": "public/guide_registrar.html",
    "lanh-dao-co-quan": "public/guide_head.html",
    "van-thu": "public/guide_clerk.html",
    "can-bo-tham-dinh": "public/guide_reviewer.html",
    "nguoi-phe-duyet": "public/guide_approver.html",
    "quan-tri": "public/guide_administrator.html",
    "kiem-tra-vien": "public/guide_auditor.html",
}


@blueprint.get("/huong-dan")
@declares(None)
def index() -> Response:
    """List the help pages."""
    return Response(render_template("public/guide.html", pages=SLUGS))


@blueprint.get("/huong-dan/<slug>")
@declares(None)
def page(slug: str) -> Response:
    """Show the help page of a role."""
    if slug not in SLUGS:
        raise NotFoundError(_("Không có trang hướng dẫn này"))
    return Response(render_template(SLUGS[slug]))


@blueprint.get("/kha-nang-tiep-can")
@declares(None)
def accessibility() -> Response:
    """Show the accessibility statement."""
    return Response(render_template("public/accessibility.html"))


@blueprint.get("/thoi-han")
@declares(None)
def terms() -> Response:
    """Show how long each step may take, by which law, and when that held."""
    rules = sorted(
        installation().office.terms.rules,
        key=lambda rule: (rule.valid_to <= clock.today(), rule.title),
    )
    return Response(
        render_template(
            "public/terms.html",
            rules=rules,
            term_words=wording.term,
            clause=wording.clause,
        )
    )


def description() -> dict[str, Any]:
    """Return the OpenAPI description of this application."""
    found: dict[str, Any] = current_app.extensions["danhmuc-openapi"].to_dict()
    return found


@blueprint.get("/tai-lieu-api")
@declares(None)
def api() -> Response:
    """Show the interface's documentation, made on the server from its OpenAPI
    description.
    """
    found = description()
    operations = [
        (path, method, operation)
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    return Response(
        render_template("public/api.html", spec=found, operations=operations)
    )


@blueprint.get("/tai-lieu-api/thu")
@declares(None)
def swagger() -> Response:
    """Open the description in Swagger UI, under the content security policy."""
    return Response(render_template("public/swagger.html"))
