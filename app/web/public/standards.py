"""The data standards, and how many databases follow each."""

from collections import Counter

from flask import Blueprint, Response, render_template

from app.permissions import declares
from app.register.filters import Filter
from app.web.http.current import opened
from app.web.http.negotiation import finish
from catalog_schema.profile import DATABASE

blueprint = Blueprint("standards", __name__)


@blueprint.get("/tieu-chuan")
@declares(None)
def standards() -> Response:
    """List the data standards, with how many databases follow each."""
    with opened() as register:
        views = register.all(Filter(("data-standard",)))
        views.sort(key=lambda view: view.sort_key)
        followed = Counter(dict(register.facet(Filter((DATABASE,)), "conforms_to")))
        lists = register.profile.lists
        page = render_template(
            "public/standards.html",
            views=views,
            followed=followed,
            lists=lists,
            at=register.at,
        )
    return finish(Response(page), None)
