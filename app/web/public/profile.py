"""The application profile for people and for machines: its page, its shapes in every
format, its JSON-LD contexts.
"""

from flask import Blueprint, Response, current_app, render_template
from werkzeug.wrappers import Response as BaseResponse

from app.errors import NotFoundError
from app.permissions import declares
from app.rdf.writing import formats
from app.rdf.writing.formats import FORMATS
from app.web.http.current import installation
from app.web.http.negotiation import HTML, alternates, finish, negotiate
from catalog_schema import graph, publication
from catalog_schema.profile import Visibility

blueprint = Blueprint("profile", __name__)


@blueprint.get("/profile")
@declares(None)
def page() -> BaseResponse:
    """Show every kind and field; or serve the shapes that the register runs on, in the
    format that Accept prefers.
    """
    extension = negotiate(HTML)
    if extension == HTML:
        shown = render_template(
            "public/profile.html",
            profile=installation().profile,
            formats=FORMATS.values(),
        )
        answer = finish(Response(shown), None)
    else:
        answer = _shapes(extension)
    answer.vary.add("Accept")
    return answer


@blueprint.get(f"/profile.<any({', '.join(FORMATS)}):extension>")
@declares(None)
def shapes(extension: str) -> BaseResponse:
    """Serve the shapes in a fixed format."""
    return _shapes(extension)


@blueprint.get(f"/profile/public.<any({', '.join(FORMATS)}):extension>")
@declares(None)
def public(extension: str) -> BaseResponse:
    """Serve the shapes of what is public, to which all that is published conforms."""
    return _shapes(extension, Visibility.PUBLIC)


def _shapes(extension: str, level: Visibility = Visibility.OWNER) -> Response:
    form, found = (
        FORMATS[extension],
        publication.document(installation().profile.base, level),
    )
    answer = Response(form.write(formats.of(found)), content_type=form.content_type)
    answer.headers["Link"] = alternates(
        "profile/public." if level is Visibility.PUBLIC else "profile."
    )
    return finish(answer, None)


@blueprint.get("/profile/<kind>.jsonld")
@declares(None)
def context(kind: str) -> BaseResponse:
    """Serve the JSON-LD context under which the API's content of a kind reads as
    RDF.
    """
    profile = installation().profile
    if kind not in profile.kinds:
        raise NotFoundError(f"Không có loại đối tượng “{kind}”")
    body = {"@context": graph.context(profile, profile.kinds[kind])}
    return finish(
        Response(current_app.json.dumps(body), content_type="application/ld+json"), None
    )
