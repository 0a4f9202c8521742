"""Contents and their differences as plain values for pages; drafts too, whatever was
typed into them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.web.display import wording
from app.web.display.entry_names import EntryNames
from app.workflow.proposals import diff
from app.workflow.proposals.diff import Change, ItemChange, Mark
from catalog_schema.profile import Field, Kind, Profile, Type, Visibility

Runs = list[tuple[str, str]]


@dataclass(frozen=True)
class FieldDiff:
    """A field as a page shows it: its mark, its text in runs of (mark, words), and the
    rows or parts of a group.
    """

    name: str
    label: str
    why: str
    mark: str
    runs: list[Runs]
    public: bool
    rows: "list[RowDiff]"
    parts: "list[FieldDiff]"

    @property
    def table(self) -> "RowTable | None":
        """The rows side by side as they are to be, where there are several."""
        rows = [row for row in self.rows if row.mark != Mark.REMOVED]
        return RowTable.of(rows) if len(rows) > 1 else None

    @property
    def texts(self) -> list[Any]:
        """What it says, with its parts and rows, wherever it stands."""
        inner = [*self.parts, *(line for row in self.rows for line in row.lines)]
        return [*self.runs, *((line.label, line.texts) for line in inner)]

    @property
    def before(self) -> list[Runs]:
        """The text as it was."""
        return _without(self.runs, Mark.ADDED)

    @property
    def after(self) -> list[Runs]:
        """The text as it is to be."""
        return _without(self.runs, Mark.REMOVED)


def _without(runs: list[Runs], mark: Mark) -> list[Runs]:
    kept = []
    for text in runs:
        left = [run for run in text if run[0] != mark]
        if left:
            kept.append(left)
    return kept


@dataclass(frozen=True)
class RowDiff:
    """A row of a repeated group."""

    title: str
    mark: str
    moved: bool
    lines: list[FieldDiff]


@dataclass(frozen=True)
class RowTable:
    """Rows side by side: what all of them say, once, and the rest in columns.

    A row has None where it says nothing in a column.
    """

    alike: list[FieldDiff]
    columns: list[str]
    rows: list[list[FieldDiff | None]]

    @classmethod
    def of(cls, rows: list[RowDiff]) -> "RowTable":
        """Put rows side by side; what names them is a column, even where it is the
        same.
        """
        said_by = [_by_member(row) for row in rows]
        labels: dict[str, str] = {}
        for lines in said_by:
            labels |= {name: line.label for name, line in lines.items()}
        title, *others = labels
        alike = [name for name in others if _is_alike(said_by, name)]
        columns = [title, *(name for name in others if name not in alike)]
        return cls(
            [said_by[0][name] for name in alike],
            [labels[name] for name in columns],
            [list(map(lines.get, columns)) for lines in said_by],
        )


def _by_member(row: RowDiff) -> dict[str, FieldDiff]:
    return {_member(line): line for line in row.lines}


def _member(line: FieldDiff) -> str:
    """Return the name of a line of a row without the place of its row."""
    return line.name.rpartition(".")[2]


def _is_alike(said_by: list[dict[str, FieldDiff]], name: str) -> bool:
    texts = [lines[name].texts if name in lines else None for lines in said_by]
    return all(text == texts[0] for text in texts)


@dataclass(frozen=True)
class Sheet:
    """A section with its lines."""

    name: str
    label: str
    lines: list[FieldDiff]

    @property
    def changed(self) -> int:
        """How many lines differ."""
        return len(self.changes)

    @property
    def changes(self) -> list[FieldDiff]:
        """The lines that differ."""
        return [line for line in self.lines if line.mark != Mark.SAME]

    @property
    def kept(self) -> list[FieldDiff]:
        """The lines that are as they were."""
        return [line for line in self.lines if line.mark == Mark.SAME]


@dataclass(frozen=True)
class Differ:
    """What turns contents into lines: the profile, the kind, and the names of
    entries.
    """

    profile: Profile
    kind: Kind
    names: EntryNames

    @classmethod
    def of(cls, session: Session, kind: Kind, *contents: Mapping[str, Any]) -> "Differ":
        """Look up what these contents name."""
        names = EntryNames.of(
            session, *((kind.fields, content) for content in contents)
        )
        return cls(names.profile, kind, names)

    def between(
        self, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> list[FieldDiff]:
        """Return the fields that differ."""
        return [
            self._line(change)
            for change in diff.changed(diff.compare(self.kind.fields, before, after))
        ]

    def sheets(
        self, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> list[Sheet]:
        """Return every field that either has, by section, each marked."""
        found: dict[str, list[FieldDiff]] = {}
        for change in diff.compare(self.kind.fields, before, after):
            found.setdefault(change.field.section or "general", []).append(
                self._line(change)
            )
        sections = self.profile.sections.values()
        return [
            Sheet(s.name, wording.label(s.labels), found[s.name])
            for s in sections
            if s.name in found
        ]

    def answers(self, content: Mapping[str, Any]) -> list[Sheet]:
        """Return every field of a content, by section, unmarked."""
        return self.sheets(content, content)

    def texts(self, member: Field, value: Any) -> list[str]:
        """Return a value in words, one text for each of several; what does not fit the
        profile as it was typed.
        """
        if diff.blank(value):
            return []
        values = value if isinstance(value, list) and member.many else [value]
        return [text for one in values for text in self._texts(member, one)]

    def _texts(self, member: Field, value: Any) -> list[str]:
        match member.type:
            case Type.GROUP if isinstance(value, Mapping):
                inner = ((f, self.texts(f, value.get(f.name))) for f in member.fields)
                return [
                    "; ".join(
                        f"{wording.label(f.labels)}: {', '.join(texts)}"
                        for f, texts in inner
                        if texts
                    )
                ]
            case Type.LANG_TEXT if isinstance(value, Mapping):
                return [
                    str(value[language])
                    for language in ("vi", "en")
                    if value.get(language)
                ]
            case Type.CONCEPT:
                concept = self.profile.lists.schemes[
                    member.code_list or ""
                ].concepts.get(str(value))
                return [wording.label(concept.labels) if concept else str(value)]
            case Type.REFERENCE:
                return [self.names.name_of(str(value))]
            case Type.DATE:
                return [wording.typed_day(str(value))]
            case Type.BOOLEAN if isinstance(value, bool):
                return [str(wording.YES if value else wording.NO)]
            case _:
                return [str(value)]

    def _line(self, change: Change) -> FieldDiff:
        member = change.field
        grouped = bool(change.items or change.parts)
        return FieldDiff(
            name=change.name,
            label=wording.label(member.labels),
            why="; ".join(wording.clause(source) for source in member.sources),
            mark=change.mark,
            runs=[] if grouped else self._runs(change),
            public=member.audience is Visibility.PUBLIC,
            rows=[self._block(item) for item in change.items],
            parts=[self._line(part) for part in change.parts],
        )

    def _runs(self, change: Change) -> list[Runs]:
        """Return one list of runs for each text: words are marked where a text changed,
        else whole texts.
        """
        before, after = (
            self.texts(change.field, value) for value in (change.before, change.after)
        )
        if change.mark is Mark.SAME:
            return [[(Mark.SAME, text)] for text in after]
        worded = (
            change.field.type in (Type.TEXT, Type.LANG_TEXT) and not change.field.many
        )
        if worded and len(before) == len(after):
            return [
                [*diff.words(old, new)] for old, new in zip(before, after, strict=True)
            ]
        gone = [[(Mark.REMOVED, text)] for text in before if text not in after]
        kept = [[(Mark.SAME if text in before else Mark.ADDED, text)] for text in after]
        return [[(str(mark), text) for mark, text in runs] for runs in gone + kept]

    def _block(self, item: ItemChange) -> RowDiff:
        first = item.changes[0].field if item.changes else None
        shown = (
            self.texts(first, (item.after or item.before).get(first.name))
            if first
            else []
        )
        return RowDiff(
            shown[0] if shown else "",
            item.mark,
            item.moved,
            [self._line(change) for change in item.changes],
        )
