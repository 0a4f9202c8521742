"""A posted form as content: what was typed for each field, rows added and dropped,
blanks left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import TooLargeError
from app.register.arguments import whole
from app.register.content.schema import MAX_ITEMS
from app.vietnamese import fold, iso_day
from app.web.forms import pasting
from app.web.forms.pasting import Posted, Resolve
from app.workflow.proposals.diff import blank
from app.workflow.proposals.sanitising import MOST_ROWS
from catalog_schema.code_lists import CodeLists
from catalog_schema.graph import KEY
from catalog_schema.profile import Field, Type

# of one form: 200 data items with three ways of sharing each have some 8,000
MOST_FIELDS = 9500


def read(
    members: Sequence[Field],
    posted: Posted,
    resolve: Resolve,
    used: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Return what was typed into a form of these fields, as content; what does not fit
    is kept as it was typed.

    `used` names for a repeated group the highest key that was ever given, so that none
    is given twice. TooLargeError for more fields than any form of ours has, or more
    pasted rows than a group may have.
    """
    require_bounded(posted)
    return _Reader(posted, resolve, used or {}).fields(members, "")


def require_bounded(posted: Posted) -> None:
    """Raise TooLargeError for more fields than any form of ours has."""
    if sum(1 for _ in posted.items(multi=True)) > MOST_FIELDS:
        raise TooLargeError(
            f"Biểu mẫu có quá {MOST_FIELDS} ô; bản đã lưu trước đó còn nguyên"
        )


def require_room(member: Field, rows: int, pasted: int) -> None:
    """Raise TooLargeError for more rows, or more pasted ones, than a group may have."""
    if rows > MOST_ROWS:
        raise TooLargeError(
            f"Một nhóm có {rows} dòng, tối đa {MOST_ROWS}; bản đã lưu trước đó còn "
            "nguyên"
        )
    most = member.max_items or MAX_ITEMS
    if pasted and rows + pasted > most:
        raise TooLargeError(
            f"Dán {pasted} dòng là quá nhiều: nhóm này tối đa {most} dòng. Quay lại, "
            "dán ít hơn"
        )


class _Reader:
    """Reads one posted form; which rows each repeated group has is found in one pass
    over the names.
    """

    def __init__(
        self, posted: Posted, resolve: Resolve, used: Mapping[str, int]
    ) -> None:
        self.posted = posted
        self.resolve = resolve
        self.used = used
        self.rows: dict[str, set[int]] = {}
        for name in posted:
            steps = name.split(".")
            for at, step in enumerate(steps[:-1]):
                if step.isascii() and step.isdigit() and len(step) < 5:  # noqa: PLR2004 - more than any form has
                    self.rows.setdefault(".".join(steps[:at]), set()).add(int(step))

    def fields(self, members: Sequence[Field], prefix: str) -> dict[str, Any]:
        values = {
            member.name: self._field(member, prefix + member.name) for member in members
        }
        return {
            name: value
            for name, value in values.items()
            if value not in (None, "", [], {})
        }

    def _field(self, member: Field, name: str) -> Any:
        posted = self.posted
        match member.type:
            case Type.GROUP:
                return self._group(member, name)
            case Type.LANG_TEXT if not member.many:
                texts = {
                    language: posted.get(f"{name}.{language}", "")
                    for language in ("vi", "en")
                }
                return {
                    language: text for language, text in texts.items() if text.strip()
                }
            case Type.CONCEPT if member.many:
                return [value for value in posted.getlist(name) if value]
            case Type.REFERENCE if member.many:
                return [
                    self.resolve(member.target_kind or "", text)
                    for text in posted.getlist(name)
                    if text.strip()
                ]
            case Type.REFERENCE:
                text = posted.get(name, "")
                return (
                    self.resolve(member.target_kind or "", text) if text.strip() else ""
                )
            case Type.DATE:
                return self._day(name)
            case _ if member.many:
                return [
                    line.strip()
                    for line in posted.get(name, "").splitlines()
                    if line.strip()
                ]
            case _:
                return pasting.plain(member, posted.get(name, ""))

    def _day(self, name: str) -> str:
        day, month, year = (
            self.posted.get(f"{name}.{part}", "").strip() for part in "dmy"
        )
        if not (month or year):
            day = iso_day(day)
            if day.count("-") == 2:  # noqa: PLR2004 - a whole day, pasted into the first box
                return day
        if not (day or month or year):
            return ""
        return f"{year}-{month.zfill(2) if month else ''}-{day.zfill(2) if day else ''}"

    def _group(self, member: Field, name: str) -> Any:
        if not member.many:
            return self.fields(member.fields, f"{name}.")
        rows = []
        for index in sorted(self.rows.get(name, ())):
            row = self.fields(member.fields, f"{name}.{index}.")
            key = self.posted.get(f"{name}.{index}.{KEY}", "")
            # blank ones too: buttons count the rows on the page
            rows.append({KEY: key, **row} if key else row)
        pasted = pasting.rows(
            member, self.resolve, self.posted.get(f"{name}.paste", "")
        )
        require_room(member, len(rows), len(pasted))
        return keyed(rows + pasted, self.used.get(name, 0))


def keyed(rows: list[dict[str, Any]], highest: int = 0) -> list[dict[str, Any]]:
    """Give each row that has none a key after the highest that was ever used, so that
    rows keep their identity.
    """
    used = [
        number for row in rows if (number := whole(str(row.get(KEY, "")))) is not None
    ]
    following = max([highest, *used]) + 1
    result = []
    for row in rows:
        if row.get(KEY) or blank(row):
            result.append(row)
        else:
            result.append({KEY: str(following), **row})
            following += 1
    return result


def operate(values: dict[str, Any], do: str) -> dict[str, Any]:
    """Do what a row's button asks: `up:data_items:2`, `down:…`, `cut:…`; anything else
    changes nothing.
    """
    verb, _, rest = do.partition(":")
    path, _, number = rest.rpartition(":")
    at = whole(number)
    if verb not in {"up", "down", "cut"} or at is None:
        return values
    *groups, name = path.split(".")
    holder = _within(values, groups)
    present = holder.get(name)
    rows = list(present) if isinstance(present, list) else []
    if at >= len(rows):
        return values
    row = rows.pop(at)
    if verb != "cut":
        rows.insert(max(at - 1, 0) if verb == "up" else at + 1, row)
    holder[name] = rows
    return values


def pruned(values: Any) -> Any:
    """Return values without the rows in which nothing was typed."""
    if isinstance(values, dict):
        return {name: pruned(inner) for name, inner in values.items()}
    if isinstance(values, list):
        return [
            pruned(inner)
            for inner in values
            if not (isinstance(inner, dict) and blank(inner))
        ]
    return values


def _within(values: Any, steps: Sequence[str]) -> dict[str, Any]:
    """Return the group that dotted steps lead to, an empty one where there is none."""
    for step in steps:
        at = whole(step)
        if isinstance(values, list) and at is not None and at < len(values):
            values = values[at]
        else:
            values = values.get(step) if isinstance(values, dict) else None
    return values if isinstance(values, dict) else {}


def codes(
    lists: CodeLists, members: Sequence[Field], values: dict[str, Any]
) -> dict[str, Any]:
    """Return values in which the labels of code lists, as a spreadsheet has them, are
    replaced by their codes.
    """
    for member in members:
        value = values.get(member.name)
        if member.type is Type.GROUP:
            rows = value if isinstance(value, list) else [value]
            for row in rows:
                if isinstance(row, dict):
                    codes(lists, member.fields, row)
        elif member.type is Type.CONCEPT and isinstance(value, str):
            concepts = lists.schemes[member.code_list or ""].concepts
            if value not in concepts:
                words = {
                    code: (*one.labels.values(), *one.synonyms)
                    for code, one in concepts.items()
                }
                named = {
                    fold(word): code for code, known in words.items() for word in known
                }
                values[member.name] = named.get(fold(value), value)
    return values
