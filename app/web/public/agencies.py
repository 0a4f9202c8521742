"""The agencies of a day as a tree, and who owns how many databases."""

from uuid import UUID

from flask import Blueprint, Response, render_template

from app.permissions import declares
from app.register import tree, unknowns
from app.register.filters import Filter
from app.register.standing import State
from app.web.http import guard
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from catalog_schema.profile import DATABASE, Visibility

blueprint = Blueprint("agencies", __name__)


@blueprint.get("/co-quan")
@declares(None)
def agencies() -> Response:
    """Show the agencies of a day as a tree, with their codes."""
    with opened() as register:
        committee = installation().settings.province(register.at.as_of).committee
        home, others = tree.province_first(tree.agencies(register), committee)
        page = render_template(
            "public/agencies.html",
            home=home,
            others=others,
            counts={name: sum(map(tree.size, group)) for name, group in others.items()},
            at=register.at,
        )
    return finish(Response(page), None)


@blueprint.get("/chu-quan")
@declares(None)
def owners() -> Response:
    """Show how many original databases each agency owns; inside the administration
    also how much of them is undetermined.
    """
    wanted = Filter(
        (DATABASE,), (State.IN_FORCE, State.SUSPENDED), {"record_kind": ("goc",)}
    )
    with opened(guard.reader()) as register:
        counts = register.facet(wanted, "owner")
        views = register.by_ids(UUID(value) for value, _count in counts)
        rows = [(views[UUID(value)], count) for value, count in counts]
        # counted over every field: not for whom some are hidden from
        inside = register.audience.level is not Visibility.PUBLIC
        page = render_template(
            "public/owners.html",
            rows=rows,
            at=register.at,
            kind=DATABASE,
            unknowns=unknowns.by_owner(register) if inside else None,
        )
    return finish(Response(page), None)
