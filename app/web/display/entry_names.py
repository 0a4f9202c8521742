"""What a typed name means, and how an entry is named in a field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import clock
from app.documents.tables import lookup
from app.register import agency_names
from app.register.queries import EntryView
from app.web.http.current import register_today
from catalog_schema.profile import Field, Profile, Type

_NAMED = re.compile(r".*\(([^()]+)\)\s*", re.DOTALL)


@dataclass(frozen=True)
class EntryNames:
    """Turns what people type into ids of entries, and ids into what people read."""

    session: Session
    profile: Profile
    views: Mapping[str, EntryView]

    @classmethod
    def of(
        cls, session: Session, *drafts: tuple[tuple[Field, ...], Mapping[str, Any]]
    ) -> "EntryNames":
        """Look up every entry that these contents, valid or not, may name."""
        found = register_today(session)
        ids = {
            value for members, content in drafts for value in named(members, content)
        }
        views = found.by_ids(ids)
        return cls(
            session,
            found.profile,
            {str(entry_id): view for entry_id, view in views.items()},
        )

    def name_of(self, text: str) -> str:
        """Return “title (identifier)” for the id of an entry, anything else as it
        is.
        """
        view = self.views.get(text)
        return f"{view.title} ({view.local_id})" if view else text

    def resolve(self, kind: str, text: str) -> str:
        """Return the id of the one entry that was meant, else what was typed, for the
        profile to refuse.
        """
        found = self.meant(kind, text)
        return str(found[0]) if len(found) == 1 else text.strip()

    def meant(self, kind: str, text: str) -> list[UUID]:
        """Return the entries that may be meant: one, or all that have exactly that
        name.
        """
        text = text.strip()
        match = _NAMED.fullmatch(text)
        found: list[UUID] = []
        for candidate in ([match[1].strip()] if match else []) + [text]:
            found = list(
                lookup.find(
                    self.session, self.profile.kinds[kind], candidate, clock.today()
                )
            )
            if len(found) == 1:
                break
        if not found and kind == "agency":
            found = agency_names.meant(register_today(self.session), text)
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
            elif (
                member.type is Type.REFERENCE
                and isinstance(one, str)
                and len(one) in (32, 36)
            ):
                found |= uuids(one)
    return found


def uuids(text: str) -> set[UUID]:
    """Return the id that a text is, none for any other text."""
    try:
        return {UUID(text)}
    except ValueError:
        return set()
