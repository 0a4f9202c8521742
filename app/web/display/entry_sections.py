"""An entry as plain values for its page: sections, rows and groups, all from the
profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from app.register.queries import EntryView
from app.web.display import wording
from app.web.display.addresses import entry_address
from catalog_schema.profile import Field, Kind, Profile, Type

LONG = 300  # characters from which on a text gets several lines


@dataclass(frozen=True)
class Value:
    """One value: a text, perhaps a link or with marks (`rich`); `language` when it is
    not that of the page; `became` what has become of what is cited, when it is no more.
    """

    text: str
    href: str | None = None
    language: str | None = None
    rich: bool = False
    became: str = ""


@dataclass(frozen=True)
class FieldRow:
    """A field with its values; a group has `groups` instead, each a list of rows. `why`
    is the clause of law.
    """

    name: str
    label: str
    why: str
    values: list[Value] = field(default_factory=list)
    groups: list[list["FieldRow"]] = field(default_factory=list)


@dataclass(frozen=True)
class PageSection:
    """A section of the page."""

    label: str
    rows: list[FieldRow]


@dataclass(frozen=True)
class Pager:
    """What turns content into rows: the profile and the entries that the content
    names. `public`: where a fact was found is for the department, the public reads
    whether it was checked.
    """

    profile: Profile
    named: Mapping[UUID, EntryView]
    public: bool = False

    def sections(self, kind: Kind, content: Mapping[str, Any]) -> list[PageSection]:
        """Return the sections that have anything to show, in the profile's order."""
        rows: dict[str, list[FieldRow]] = {}
        for member in kind.fields:
            if member.deprecated or (self.public and member.name == "source_note"):
                continue
            if member.name in content:
                rows.setdefault(member.section or "general", []).append(
                    self.row(member, content[member.name])
                )
        return [
            PageSection(wording.label(s.labels), rows[s.name])
            for s in self.profile.sections.values()
            if s.name in rows
        ]

    def row(self, member: Field, value: Any) -> FieldRow:
        """Return a field with its values as the page shows them."""
        label, why = (
            wording.label(member.labels),
            "; ".join(wording.clause(one) for one in member.sources),
        )
        items = value if member.many else [value]
        if member.type is Type.GROUP:
            return FieldRow(
                member.name,
                label,
                why,
                groups=[self._rows(member.fields, item) for item in items],
            )
        return FieldRow(
            member.name,
            label,
            why,
            values=[v for item in items for v in self._values(member, item)],
        )

    def _rows(
        self, members: tuple[Field, ...], content: Mapping[str, Any]
    ) -> list[FieldRow]:
        return [
            self.row(member, content[member.name])
            for member in members
            if member.name in content
        ]

    def _values(self, member: Field, value: Any) -> list[Value]:
        match member.type:
            case Type.LANG_TEXT if not member.many:
                long = (member.max_length or 0) > LONG
                return [
                    Value(text, language=lang, rich=long)
                    for lang, text in sorted(value.items(), reverse=True)
                ]
            case Type.CONCEPT if self.public and member.code_list == wording.CERTAINTY:
                return [Value(wording.checked(self.profile, value))]
            case Type.CONCEPT:
                return [
                    Value(
                        wording.label(
                            self.profile.lists.concept(
                                member.code_list or "", value
                            ).labels
                        )
                    )
                ]
            case Type.REFERENCE:
                return [self._reference(value)]
            case Type.DATE:
                return [Value(wording.day(date.fromisoformat(value)))]
            case Type.BOOLEAN:
                return [Value(_("Có") if value else _("Không"))]
            case Type.IRI:
                return [Value(value, href=member.iri_prefix + value)]
            case _:
                return [Value(str(value))]

    def _reference(self, value: str) -> Value:
        view = self.named.get(UUID(value))
        if view is None:
            return Value(value)
        return Value(
            view.title,
            href=entry_address(self.profile, view),
            became=wording.what_became(view, self.named),
        )
