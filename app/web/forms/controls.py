"""How a field becomes a control: its label and hint, its options, its rows, what is
said about it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.web.display import wording
from app.web.display.entry_sections import LONG
from app.web.forms import pasting
from catalog_schema.graph import KEY
from catalog_schema.profile import Field, Profile, Stage, Type

FEW = 6  # options that are shown as buttons rather than as a list

NameOf = Callable[[str], str]  # id of an entry, or what was typed → what people read


@dataclass(frozen=True)
class Option:
    """A value to choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class GroupRow:
    """One row of a repeated group; opened when it is new, or something is said about
    it.
    """

    index: int
    key: str
    title: str
    opened: bool
    controls: list["Control"]


@dataclass(frozen=True)
class Control:
    """One field as the form shows it. `widget` names the macro;
    `text`/`second`/`values`/`day` hold what is typed.
    """

    name: str
    widget: str
    label: str
    hint: str
    why: str
    asked: Stage | None
    text: str = ""
    second: str = ""
    values: tuple[str, ...] = ()
    day: tuple[str, str, str] = ("", "", "")
    options: tuple[Option, ...] = ()
    target: str = ""
    controls: tuple["Control", ...] = ()
    rows: tuple[GroupRow, ...] = ()
    errors: tuple[str, ...] = ()
    remarks: tuple[Any, ...] = ()
    copied: bool = False
    limit: int | None = None
    columns: str = ""

    @property
    def id(self) -> str:
        """The element's id: dots would need escaping in selectors."""
        return self.name.replace(".", "-")


def _listed(value: Any) -> list[Any]:
    """Return what a field holds as a list, one value or none as well."""
    if isinstance(value, list):
        return value
    return [] if value in (None, "") else [value]


def _by_prefix(things: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name, said in things.items():
        steps = name.split(".")
        for length in range(1, len(steps) + 1):
            found.setdefault(".".join(steps[:length]), []).extend(said)
    return found


@dataclass(frozen=True)
class Builder:
    """What turns content into controls: names of entries, what is wrong, what was said,
    what was copied.

    `errors` and `remarks` are by dotted name; `extra` names repeated groups that get
    one more empty row.
    """

    profile: Profile
    name_of: NameOf
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    remarks: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    copied: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()

    @cached_property
    def said_within(
        self,
    ) -> tuple[dict[str, list[Any]], dict[str, list[Any]], set[str]]:
        """Errors and remarks by each name that leads to them, and the names within
        which anything is to be seen.
        """
        errors, remarks = _by_prefix(self.errors), _by_prefix(self.remarks)
        return (
            errors,
            remarks,
            {*errors, *remarks, *_by_prefix(dict.fromkeys(self.extra, ("",)))},
        )

    def controls(
        self, members: Sequence[Field], content: Mapping[str, Any], prefix: str = ""
    ) -> list[Control]:
        """Return a control for each field."""
        return [
            self._control(
                member, content.get(member.name), prefix + member.name, content
            )
            for member in members
        ]

    def _control(
        self, member: Field, value: Any, name: str, siblings: Mapping[str, Any]
    ) -> Control:
        asked = next(
            (
                stage
                for stage in (Stage.SUBMIT, Stage.ENTER)
                if member.required(stage, siblings)
            ),
            None,
        )
        errors, remarks, _ = self.said_within
        said: dict[str, Any] = {
            "errors": self._said(self.errors, errors, member, name),
            "remarks": self._said(self.remarks, remarks, member, name),
            "copied": name in self.copied,
        }
        return Control(
            name=name,
            label=wording.label(member.labels),
            hint=wording.label(member.hints),
            why="; ".join(wording.clause(source) for source in member.sources),
            asked=asked,
            limit=member.max_length,
            **said,
            **self._filled(member, value, name),
        )

    def _said(
        self,
        own: Mapping[str, Sequence[Any]],
        within: Mapping[str, Sequence[Any]],
        member: Field,
        name: str,
    ) -> tuple[Any, ...]:
        """Return what is said of the field itself, and of its parts where those have no
        controls of their own.
        """
        return tuple((own if member.type is Type.GROUP else within).get(name, ()))

    def _filled(self, member: Field, value: Any, name: str) -> dict[str, Any]:
        match member.type:
            case Type.GROUP if member.many:
                return self._rows(member, value, name)
            case Type.GROUP:
                inner = self.controls(
                    member.fields,
                    value if isinstance(value, Mapping) else {},
                    f"{name}.",
                )
                return {"widget": "group", "controls": tuple(inner)}
            case Type.LANG_TEXT if not member.many:
                texts = value if isinstance(value, Mapping) else {"vi": value or ""}
                long = (member.max_length or 0) > LONG
                shown = {
                    "text": str(texts.get("vi", "")),
                    "second": str(texts.get("en", "")),
                }
                return {"widget": "both_long" if long else "both", **shown}
            case Type.CONCEPT:
                return self._choice(member, value)
            case Type.REFERENCE:
                names = tuple(self.name_of(str(one)) for one in _listed(value))
                more = ("",) if not names or name in self.extra else ()
                widget = "picks" if member.many else "pick"
                return {
                    "widget": widget,
                    "values": names + more,
                    "target": member.target_kind or "",
                }
            case Type.DATE:
                year, month, day = (f"{value or ''}--").split("-", 2)
                return {"widget": "date", "day": (day.removesuffix("--"), month, year)}
            case Type.BOOLEAN:
                answers = ((True, "true", wording.YES), (False, "false", wording.NO))
                return {
                    "widget": "choice",
                    "options": tuple(
                        Option(v, str(w), value is b) for b, v, w in answers
                    ),
                }
            case _ if member.many:
                return {"widget": "long", "text": "\n".join(map(str, _listed(value)))}
            case _:
                long = (member.max_length or 0) > LONG and member.type is Type.TEXT
                return {
                    "widget": "long" if long else "line",
                    "text": "" if value is None else str(value),
                }

    def _choice(self, member: Field, value: Any) -> dict[str, Any]:
        concepts = self.profile.lists.schemes[member.code_list or ""].concepts
        chosen = {str(one) for one in _listed(value)} - {"None", ""}
        options = [
            Option(code, wording.label(c.labels), code in chosen)
            for code, c in concepts.items()
        ]
        options += [
            Option(code, code, chosen=True) for code in sorted(chosen - set(concepts))
        ]
        widget = "choice" if len(concepts) <= FEW else "select"
        if member.many:
            widget = "ticks"
        return {"widget": widget, "options": tuple(options)}

    def _rows(self, member: Field, value: Any, name: str) -> dict[str, Any]:
        first = member.fields[0].name
        given: list[Mapping[str, Any]] = [
            row if isinstance(row, Mapping) else {first: str(row)}
            for row in _listed(value)
        ]
        if not given or name in self.extra:
            given.append({})
        rows = []
        for index, row in enumerate(given):
            controls = self.controls(member.fields, row, f"{name}.{index}.")
            title = row.get(first)
            shown = title.get("vi", "") if isinstance(title, Mapping) else ""
            said = f"{name}.{index}" in self.said_within[2]
            rows.append(
                GroupRow(
                    index, str(row.get(KEY, "")), str(shown), said or not row, controls
                )
            )
        headings = " · ".join(
            pasting.heading(member, path, one) for path, one in pasting.columns(member)
        )
        return {"widget": "rows", "rows": tuple(rows), "columns": headings}
