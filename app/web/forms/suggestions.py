"""What is suggested while somebody types the name of an entry, and which entries are
like it.
"""

import re

from flask import Blueprint, Response, jsonify, render_template, request

from app.errors import DanhmucError
from app.operations.installation import open_register
from app.permissions import Action, declares
from app.register import arguments
from app.search import service as search
from app.web.display.entry_names import uuids
from app.web.forms.similar_entries import PRESENT, owners, similar
from app.web.http.current import installation, register_today

blueprint = Blueprint("suggestions", __name__)
_WORD = re.compile(r"\w+")


@blueprint.get("/goi-y/giong")
@declares(Action.PROPOSE)
def alike() -> Response:
    """Show entries whose names are like the one being typed."""
    kind = request.args.get("kind", "")
    text = next(
        (value for name, value in request.args.items() if name.endswith(".vi")),
        request.args.get("q", ""),
    )
    with installation().database.reading() as session:
        found = register_today(session)
        but = next(iter(uuids(request.args.get("entry", ""))), None)
        views = (
            similar(found, kind, text[:300], but) if kind in found.profile.kinds else []
        )
        bare = bool(request.headers.get("HX-Request"))
        name = "proposals/similar.html" if bare else "proposals/similar_page.html"
        answer = Response(
            render_template(name, views=views, owners=owners(found, views))
        )
    answer.vary.add("HX-Request")
    return answer


@blueprint.get("/goi-y/<kind>")
@declares(Action.READ)
def suggestions(kind: str) -> Response:
    """Return up to ten names of entries for a field that names one, as JSON."""
    words = _WORD.findall(request.args.get("q", "")[:100])
    if not words:
        return jsonify([])
    with open_register(installation(), None, None) as found:
        given: dict[str, list[str]] = {"kind": [kind], "state": list(PRESENT)}
        wanted = arguments.filters(found.profile, given, ("kind", "state"))
        last = words[-1] + ("*" if len(words[-1]) > 1 else "")
        try:
            items = search.search(
                found,
                installation().index,
                " ".join([*words[:-1], last]),
                wanted,
                limit=10,
                facets=(),
            )
        except DanhmucError:
            return jsonify([])
        return jsonify([f"{view.title} ({view.local_id})" for view in items.items])
