"""How a query is understood: words, "a phrase", -word, field:value, trailing * after
two letters; 200 characters.

Any text at all is either understood or refused with a sentence that says what is wrong.
"""

import calendar
import re
from datetime import date

from app.errors import MalformedError
from app.register.filters import RECORDED, VALID_FROM
from app.search import analysis, synonyms
from app.search.synonyms import Groups
from app.search.terms import Match, Query, Term
from app.vietnamese import clean, fold, iso_day
from catalog_schema.profile import Profile, Type, Visibility

MAX_LENGTH = 200
MAX_TERMS = 20
_PART = re.compile(
    r'(?P<minus>(?<!\S)-(?=[\w"]))?(?:(?P<field>[^\W\d_](?:[^\W\d]|[.-])*):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))'
)
_MIN_PREFIX = 2
_FOLD_DAYS = {
    "hieuluc": VALID_FROM,
    "hieu-luc": VALID_FROM,
    "capnhat": RECORDED,
    "cap-nhat": RECORDED,
}


class Grammar:
    """Parses queries for readers of one level: fields that they may not see do not
    exist.
    """

    def __init__(self, profile: Profile, level: Visibility) -> None:
        self._lists = profile.lists
        self._texts: dict[str, str] = {"identifier": "identifier", "ma": "identifier"}
        self._concepts: dict[str, tuple[str, list[str]]] = {}
        self._days: dict[str, str] = {
            **_FOLD_DAYS,
            VALID_FROM: VALID_FROM,
            RECORDED: RECORDED,
        }
        for kind in profile.kinds.values():
            for dotted, field in kind.walk():
                if level.sees(field.audience):
                    self._declare(
                        dotted,
                        field.type,
                        field.search_weight,
                        field.code_list,
                        field.labels["vi"],
                    )

    def _declare(
        self,
        dotted: str,
        field_type: Type,
        weight: float,
        code_list: str | None,
        label: str,
    ) -> None:
        for name in (dotted, "-".join(analysis.folded(analysis.tokens(label)))):
            if field_type is Type.CONCEPT and code_list:
                known, lists = self._concepts.setdefault(name, (dotted, []))
                if known == dotted and code_list not in lists:
                    lists.append(code_list)
            elif weight:
                self._texts.setdefault(name, dotted)
            elif field_type is Type.DATE:
                self._days.setdefault(name, dotted)

    def parse(self, text: str, added: Groups = ()) -> Query:
        """Return the query; MalformedError says in Vietnamese what cannot be
        understood. `added`: names kept here.
        """
        normal = clean(text)
        if len(normal) > MAX_LENGTH:
            raise MalformedError(
                f"Câu tìm dài {len(normal)} ký tự; rút gọn còn tối đa "
                f"{MAX_LENGTH} ký tự"
            )
        if normal.count('"') % 2:
            raise MalformedError(
                "Thiếu một dấu ngoặc kép: cụm từ phải nằm giữa hai dấu"
            )
        terms, without = list[Term](), list[Term]()
        facts: dict[str, tuple[str, ...]] = {}
        days: dict[str, tuple[date, date]] = {}
        for part in _PART.finditer(normal):
            field, phrase, word = part["field"], part["phrase"], part["word"]
            if (
                part["minus"]
                and field
                and fold(field) in {*self._concepts, *self._days}
            ):
                raise MalformedError(
                    f"Dấu trừ chỉ đặt trước từ hoặc cụm từ, không đặt trước “{field}:”"
                )
            if field and fold(field) in self._concepts:
                dotted, code = self._concept(field, word if phrase is None else phrase)
                facts[dotted] = (*facts.get(dotted, ()), code)
            elif field and fold(field) in self._days:
                dotted = self._days[fold(field)]
                days[dotted] = _within(
                    field, word if phrase is None else phrase, days.get(dotted)
                )
            else:
                (without if part["minus"] else terms).extend(
                    self._term(field, phrase, word)
                )
        if len(terms) + len(without) > MAX_TERMS:
            raise MalformedError(
                f"Câu tìm có {len(terms) + len(without)} từ; dùng tối đa {MAX_TERMS} từ"
            )
        if without and not terms:
            raise MalformedError(
                "Câu tìm chỉ có từ cần loại; thêm ít nhất một từ cần tìm"
            )
        if normal and not terms and not facts and not days:
            raise MalformedError("Câu tìm không có chữ hay số nào; gõ ít nhất một từ")
        names = synonyms.names(added)
        widened = tuple(names.widened(terms))
        return Query(widened, facts, tuple(without), days, names.readings(terms))

    def _term(
        self, field: str | None, phrase: str | None, word: str | None
    ) -> list[Term]:
        name = self._field(field) if field else None
        if phrase is not None:
            words = tuple(analysis.tokens(phrase))
            return [Term(Match.PHRASE, words, name)] if words else []
        word = word or ""
        if word.endswith("*"):
            return [self._prefix(word, name)]
        words = tuple(analysis.tokens(word))
        if len(words) > 1 and any(char.isdigit() for char in word):
            # a code: its segments follow each other
            return [Term(Match.PHRASE, words, name)]
        return [
            Term(Match.WORD, (token,), name, capitals=word.isupper()) for token in words
        ]

    def _prefix(self, word: str, name: str | None) -> Term:
        stem = analysis.tokens(word)
        if len(stem) != 1 or len(stem[0]) < _MIN_PREFIX:
            raise MalformedError(
                "Dấu * chỉ đặt ở cuối một từ có từ hai chữ cái trở lên, ví dụ dat*"
            )
        return Term(Match.PREFIX, (stem[0],), name)

    def _field(self, field: str) -> str:
        name = self._texts.get(field) or self._texts.get(fold(field))
        if name is None:
            raise MalformedError(
                f"Không có trường “{field}” để tìm; bỏ dấu hai chấm nếu đó là "
                "chữ cần tìm"
            )
        return name

    def _concept(self, field: str, value: str) -> tuple[str, str]:
        dotted, lists = self._concepts[fold(field)]
        wanted = fold(value)
        for concept in (
            one for name in lists for one in self._lists.schemes[name].concepts.values()
        ):
            if wanted in {
                fold(concept.code),
                *(fold(label) for label in concept.labels.values()),
            }:
                return dotted, concept.code
        raise MalformedError(
            f"“{value}” không có trong danh sách giá trị của “{field}”"
        )


def _within(
    field: str, text: str, other: tuple[date, date] | None
) -> tuple[date, date]:
    """Return the days that a span and another one for the same field have in common."""
    first, last = _span(field, text)
    if other is not None:
        first, last = max(first, other[0]), min(last, other[1])
    if first > last:
        raise MalformedError(
            f"Các khoảng ngày của “{field}” không có ngày nào chung; bỏ bớt một khoảng"
        )
    return first, last


def _span(field: str, text: str) -> tuple[date, date]:
    """Read `2025`, `2025-03`, `31/12/2025`, `2025..2026`, `2025..` or `..2025`: from
    the first day to the last.
    """
    first, dots, last = text.partition("..")
    try:
        start = _days(first)[0] if first or not dots else date.min
        end = _days(last)[1] if last else date.max if dots else _days(first)[1]
    except (ValueError, OverflowError) as error:
        raise MalformedError(
            f"“{text[:40]}” không phải ngày hay khoảng ngày của “{field}”; gõ "
            "ví dụ 2025, 03/2025, 2025..2026"
        ) from error
    if start > end:
        raise MalformedError(
            f"Khoảng ngày “{text[:40]}” của “{field}” có ngày đầu sau ngày "
            "cuối; đổi chỗ hai ngày"
        )
    return start, end


def _days(text: str) -> tuple[date, date]:
    """Return the first and the last day of a year, a month or a day."""
    parts = [int(part) for part in re.split("[-/]", iso_day(text))]
    if "/" in text and len(parts) == 2:  # noqa: PLR2004 - 03/2025
        parts.reverse()
    year, month, day = (*parts, 0, 0)[:3] if len(parts) <= 3 else (0, 0, 0)  # noqa: PLR2004 - year, month, day
    last = calendar.monthrange(year, month)[1] if month else 31
    return date(year, month or 1, day or 1), date(year, month or 12, day or last)


# a profile that is kept keeps its id
_MADE: dict[tuple[int, Visibility], tuple[Profile, Grammar]] = {}


def grammar_of(profile: Profile, level: Visibility) -> Grammar:
    """Return the grammar for readers of a level; made once for each profile."""
    known = _MADE.get((id(profile), level))
    if known is None:
        known = _MADE[id(profile), level] = profile, Grammar(profile, level)
    return known[1]
