"""Finds entries for forms: what a typed name means, how an entry is named in a field, what is like it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy import case, literal, or_, select
from sqlalchemy.orm import Session

from app import clock, reading
from app.documents import rows
from app.errors import DanhmucError
from app.permissions import Action, declares
from app.register import content as contents
from app.register.models import Entry, Version
from app.register.queries import EntryView, Register
from app.register.standing import State, moment
from app.search import service as search
from app.web import guard
from app.web.linked_data import installation
from catalog_schema.profile import Field, Profile, Type

blueprint = Blueprint("lookup", __name__)

_NAMED = re.compile(r".*\(([^()]+)\)\s*", re.DOTALL)
_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    ["co", "so", "du", "lieu", "csdl", "he", "thong", "thong", "tin", "quan", "ly", "cua", "ve", "va", "tinh", "cac"]
)
MOST_WORDS = 12  # of a name that are compared
_PRESENT = (State.IN_FORCE, State.SUSPENDED, State.NOT_YET)


def register(session: Session) -> Register:
    """Return the register as the request's reader sees it today."""
    return Register(session, installation().profile, moment(session), guard.reader())


@dataclass(frozen=True)
class Names:
    """Turns what people type into ids of entries, and ids into what people read."""

    session: Session
    profile: Profile
    views: Mapping[str, EntryView]

    @classmethod
    def of(cls, session: Session, *drafts: tuple[tuple[Field, ...], Mapping[str, Any]]) -> "Names":
        """Look up every entry that these contents, valid or not, may name."""
        found = register(session)
        ids = {value for members, content in drafts for value in named(members, content)}
        views = found.by_ids(ids)
        return cls(session, found.profile, {str(entry_id): view for entry_id, view in views.items()})

    def name_of(self, text: str) -> str:
        """Return “title (identifier)” for the id of an entry, anything else as it is."""
        view = self.views.get(text)
        return f"{view.title} ({view.local_id})" if view else text

    def resolve(self, kind: str, text: str) -> str:
        """Return the id of the one entry that was meant, else what was typed, for the profile to refuse."""
        found = self.meant(kind, text)
        return str(found[0]) if len(found) == 1 else text.strip()

    def meant(self, kind: str, text: str) -> list[UUID]:
        """Return the entries that may be meant: one, or all that have exactly that name."""
        text = text.strip()
        match = _NAMED.fullmatch(text)
        found: list[UUID] = []
        for candidate in ([match[1].strip()] if match else []) + [text]:
            found = list(rows.find(self.session, self.profile.kinds[kind], candidate, clock.today()))
            if len(found) == 1:
                break
        return found


def named(members: tuple[Field, ...], content: Any) -> set[UUID]:
    """Return the ids that a content, valid or not, names in its references."""
    found: set[UUID] = set()
    if not isinstance(content, Mapping):
        return found
    for member in members:
        value = content.get(member.name)
        values = value if isinstance(value, list) else [value]
        for one in values:
            if member.type is Type.GROUP:
                found |= named(member.fields, one)
            elif member.type is Type.REFERENCE and isinstance(one, str) and len(one) in (32, 36):
                found |= uuids(one)
    return found


def uuids(text: str) -> set[UUID]:
    """Return the id that a text is, none for any other text."""
    try:
        return {UUID(text)}
    except ValueError:
        return set()


def similar(register_: Register, kind: str, text: str, but: UUID | None, limit: int = 5) -> list[EntryView]:
    """Return entries of a kind whose names share half of the telling words, two at least, the same name first."""
    key = contents.match_key(register_.profile.kinds[kind], text)
    words = list(dict.fromkeys(word for word in key.split() if word not in _COMMON))[:MOST_WORDS]
    padded = literal(" ") + Version.match_key + literal(" ")
    shared = sum((case((padded.contains(f" {word} ", autoescape=True), 1), else_=0) for word in words), literal(0))
    least = max(-(-len(words) // 2), min(len(words), 2))  # one word in common says little
    alike = or_(Version.match_key == key, shared >= least) if words else Version.match_key == key
    query = select(Version.entry_id).join(Entry, Entry.id == Version.entry_id).where(Entry.kind == kind, alike)
    rows = register_.session.scalars(query.order_by((Version.match_key == key).desc(), shared.desc()).limit(4 * limit))
    order = dict.fromkeys(entry_id for entry_id in rows if entry_id != but)
    views = register_.by_ids(order)
    return [views[entry_id] for entry_id in order if entry_id in views and views[entry_id].state in _PRESENT][:limit]


def owners(register_: Register, views: Sequence[EntryView]) -> dict[UUID, EntryView]:
    """Return by entry the agency that owns it, where it has one."""
    owned = {view.id: next(iter(uuids(str(view.content.get("owner", "")))), None) for view in views}
    agencies = register_.by_ids({agency for agency in owned.values() if agency})
    return {entry_id: agencies[agency] for entry_id, agency in owned.items() if agency in agencies}


@blueprint.get("/goi-y/giong")
@declares(Action.PROPOSE)
def alike() -> Response:
    """Show entries whose names are like the one being typed."""
    kind = request.args.get("kind", "")
    text = next((value for name, value in request.args.items() if name.endswith(".vi")), request.args.get("q", ""))
    with installation().database.reading() as session:
        found = register(session)
        but = next(iter(uuids(request.args.get("entry", ""))), None)
        views = similar(found, kind, text[:300], but) if kind in found.profile.kinds else []
        bare = bool(request.headers.get("HX-Request"))
        name = "similar.html" if bare else "similar_page.html"
        answer = Response(render_template(name, views=views, owners=owners(found, views)))
    answer.vary.add("HX-Request")
    return answer


@blueprint.get("/goi-y/<kind>")
@declares(Action.READ)
def suggestions(kind: str) -> Response:
    """Return up to ten names of entries for a field that names one, as JSON."""
    words = _WORD.findall(request.args.get("q", "")[:100])
    if not words:
        return jsonify([])
    with reading.register(installation(), None, None) as found:
        given: dict[str, list[str]] = {"kind": [kind], "state": list(_PRESENT)}
        wanted = reading.filters(found.profile, given, ("kind", "state"))
        last = words[-1] + ("*" if len(words[-1]) > 1 else "")
        try:
            items = search.search(
                found, installation().index, " ".join([*words[:-1], last]), wanted, limit=10, facets=()
            )
        except DanhmucError:
            return jsonify([])
        return jsonify([f"{view.title} ({view.local_id})" for view in items.items])
