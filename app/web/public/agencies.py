"""The agencies of a day as a tree, and who owns how many databases."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template

from app import succession
from app.permissions import declares
from app.register import codes, tree, unknowns
from app.register.filters import Filter
from app.register.own_databases import ORIGINALS
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT
from app.search import facet_counts as counting
from app.web.display import pictures
from app.web.http import guard
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from catalog_schema.profile import DATABASE, Visibility

blueprint = Blueprint("agencies", __name__)
# classes of those whose mergers are drawn; there are too many communes for a picture
OFFICES = frozenset({"van-phong", "so", "thanh-tra", "don-vi"})


@dataclass(frozen=True)
class Former:
    """What an agency came from: the last day on which it was reorganised, and those
    that became it then, each with the codes that it held.
    """

    day: date
    agencies: Sequence[tuple[EntryView, Sequence[EntryView]]]


@blueprint.get("/co-quan")
@declares(None)
def agencies() -> Response:
    """Show the agencies of a day, the province's first: codes, what they came from, how
    many databases they own.
    """
    with opened() as register:
        committee = installation().settings.province(register.at.as_of).committee
        grouped = tree.province_first(tree.agencies(register), committee)
        acts = register.all(Filter((succession.KIND,), PRESENT))
        _total, owned = counting.facets(register, ORIGINALS, ["owner"])
        page = render_template(
            "public/agencies.html",
            grouped=grouped,
            former=_former(register, acts),
            owned={UUID(owner): count for owner, count in owned["owner"]},
            merged=_merged(register, acts),
            counts={
                name: sum(map(tree.size, group))
                for name, group in grouped.others.items()
            },
            parents=_parents(register, grouped.vertical),
            at=register.at,
        )
    return finish(Response(page), None)


def _parents(
    register: Register, branches: Sequence[tree.Branch]
) -> dict[str, EntryView]:
    """Return the agencies above these, by id as contents have it."""
    named = {branch.agency.content.get("parent") for branch in branches} - {None}
    views = register.by_ids(UUID(parent) for parent in named)
    return {str(view.id): view for view in views.values()}


def _former(register: Register, acts: Sequence[EntryView]) -> dict[UUID, Former]:
    """Return what each agency came from in the last act that it came out of."""
    last: dict[UUID, EntryView] = {}
    for act in sorted(acts, key=lambda act: (act.content["date"], act.sort_key)):
        if act.content["date"] <= register.at.as_of.isoformat():
            last |= {UUID(one): act for one in act.content.get("resulting", ())}
    views = register.by_ids({one for act in last.values() for one in _originals(act)})
    held = defaultdict[UUID, list[EntryView]](list)
    for code in codes.held(register, views):
        held[UUID(code.content["holder"])].append(code)
    found = {}
    for agency, act in last.items():
        before = [views[one] for one in _originals(act) if one in views]
        # what goes on under its name has kept its codes
        with_codes = [
            (view, held[view.id] if view.id != agency else ()) for view in before
        ]
        found[agency] = Former(date.fromisoformat(act.content["date"]), with_codes)
    return found


def _originals(act: EntryView) -> list[UUID]:
    return [UUID(one) for one in act.content.get("original", ())]


def _merged(register: Register, acts: Sequence[EntryView]) -> dict[str, Any]:
    """Return which offices became which in the last year in which any did: the table
    and the picture of it; nothing where none ever did.
    """
    named = {UUID(one) for act in acts for one in _named(act.content)}
    views = register.by_ids(named)
    offices = {
        str(view.id): view.title
        for view in views.values()
        if view.content.get("classification") in OFFICES
    }
    became = [
        (act.content["date"][:4], offices[was], offices[now])
        for act in sorted(acts, key=lambda act: (act.content["date"], act.sort_key))
        for now in act.content.get("resulting", ())
        for was in act.content.get("original", ())
        if was in offices and now in offices and was != now
    ]
    year = max((year for year, _was, _now in became), default="")
    links = [(was, now) for which, was, now in became if which == year]
    if not links:
        return {}
    return {"year": year, "links": links, "flow": pictures.flow(links)}


def _named(content: Mapping[str, Any]) -> list[str]:
    return [*content.get("original", ()), *content.get("resulting", ())]


def _classes(register: Register) -> dict[str, Counter[str]]:
    """Return how many databases each owner has of each class of sharing."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for view in register.all(ORIGINALS):
        owner = view.content.get("owner", "")
        found[owner][view.content.get("sharing_class", "")] += 1
    return found


def _shares(classes: Counter[str]) -> list[tuple[str, int]]:
    """Return the counts of one owner by how they look, the unsettled last."""
    told = [(look, classes[code]) for code, look in pictures.LOOKS]
    return [*told, (pictures.UNKNOWN, classes.total() - sum(n for _l, n in told))]


@blueprint.get("/chu-quan")
@declares(None)
def owners() -> Response:
    """Show how many original databases each agency owns; inside the administration
    also how much of them is undetermined.
    """
    with opened(guard.reader()) as register:
        counts = register.facet(ORIGINALS, "owner")
        views = register.by_ids(UUID(value) for value, _count in counts)
        classes = _classes(register)
        rows = [
            (views[UUID(value)], count, _shares(classes[value]))
            for value, count in counts
        ]
        most = max((count for _value, count in counts), default=0)
        # counted over every field: not for whom some are hidden from
        inside = register.audience.level is not Visibility.PUBLIC
        page = render_template(
            "public/owners.html",
            rows=[
                (view, count, shares, pictures.stacked(shares, most))
                for view, count, shares in rows
            ],
            at=register.at,
            kind=DATABASE,
            unknowns=unknowns.by_owner(register) if inside else None,
        )
    return finish(Response(page), None)
