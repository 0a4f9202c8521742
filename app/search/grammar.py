"""How a query is understood: words, "a phrase", -word, field:value, trailing * after two letters; 200 characters.

Any text at all is either understood or refused with a sentence that says what is wrong.
"""

import re
import unicodedata

from app.errors import MalformedError
from app.search import alike, analysis
from app.search.terms import Match, Query, Term
from app.vietnamese import clean, fold
from catalog_schema.profile import Profile, Type, Visibility

MAX_LENGTH = 200
MAX_TERMS = 20
_PART = re.compile(r'(?P<minus>(?<!\S)-(?=[\w"]))?(?:(?P<field>[\w.-]+):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_MIN_PREFIX = 2


class Grammar:
    """Parses queries for readers of one level: fields that they may not see do not exist."""

    def __init__(self, profile: Profile, level: Visibility) -> None:
        self._lists = profile.lists
        self._texts: dict[str, str] = {"identifier": "identifier", "ma": "identifier"}
        self._concepts: dict[str, tuple[str, str]] = {}
        for kind in profile.kinds.values():
            for dotted, field in kind.walk():
                if level.sees(field.audience):
                    self._declare(dotted, field.type, field.search_weight, field.code_list, field.labels["vi"])

    def _declare(self, dotted: str, field_type: Type, weight: float, code_list: str | None, label: str) -> None:
        for name in (dotted, "-".join(analysis.folded(label))):
            if weight:
                self._texts.setdefault(name, dotted)
            elif field_type is Type.CONCEPT and code_list:
                self._concepts.setdefault(name, (dotted, code_list))

    @property
    def text_fields(self) -> frozenset[str]:
        """The fields that a term without a field is looked for in."""
        return frozenset(self._texts.values())

    def parse(self, text: str) -> Query:
        """Return the query; MalformedError says in Vietnamese what cannot be understood."""
        normal = clean(unicodedata.normalize("NFC", text))
        if len(normal) > MAX_LENGTH:
            raise MalformedError(f"Câu tìm dài {len(normal)} ký tự; rút gọn còn tối đa {MAX_LENGTH} ký tự")
        if normal.count('"') % 2:
            raise MalformedError("Thiếu một dấu ngoặc kép: cụm từ phải nằm giữa hai dấu")
        terms, without = list[Term](), list[Term]()
        facts: dict[str, tuple[str, ...]] = {}
        for part in _PART.finditer(normal):
            field, phrase, word = part["field"], part["phrase"], part["word"]
            if field and fold(field) in self._concepts:
                dotted, code = self._concept(field, word if phrase is None else phrase)
                facts[dotted] = (*facts.get(dotted, ()), code)
            else:
                (without if part["minus"] else terms).extend(self._term(field, phrase, word))
        if len(terms) + len(without) > MAX_TERMS:
            raise MalformedError(f"Câu tìm có {len(terms) + len(without)} từ; dùng tối đa {MAX_TERMS} từ")
        if without and not terms:
            raise MalformedError("Câu tìm chỉ có từ cần loại; thêm ít nhất một từ cần tìm")
        if normal and not terms and not facts:
            raise MalformedError("Câu tìm không có chữ hay số nào; gõ ít nhất một từ")
        return Query(tuple(alike.widened(terms)), facts, tuple(without))

    def _term(self, field: str | None, phrase: str | None, word: str | None) -> list[Term]:
        name = self._field(field) if field else None
        if phrase is not None:
            words = tuple(analysis.tokens(phrase))
            return [Term(Match.PHRASE, words, name)] if words else []
        word = word or ""
        if word.endswith("*"):
            return [self._prefix(word, name)]
        codes = analysis.codes(word)
        if codes:
            return [Term(Match.WORD, (code,), name) for code in codes]
        return [Term(Match.WORD, (token,), name) for token in analysis.tokens(word)]

    def _prefix(self, word: str, name: str | None) -> Term:
        stem = analysis.tokens(word)
        if len(stem) != 1 or len(stem[0]) < _MIN_PREFIX:
            raise MalformedError("Dấu * chỉ đặt ở cuối một từ có từ hai chữ cái trở lên, ví dụ dat*")
        return Term(Match.PREFIX, (stem[0],), name)

    def _field(self, field: str) -> str:
        name = self._texts.get(field) or self._texts.get(fold(field))
        if name is None:
            raise MalformedError(f"Không có trường “{field}” để tìm; bỏ dấu hai chấm nếu đó là chữ cần tìm")
        return name

    def _concept(self, field: str, value: str) -> tuple[str, str]:
        dotted, code_list = self._concepts[fold(field)]
        wanted = fold(value)
        for concept in self._lists.schemes[code_list].concepts.values():
            if wanted in {fold(concept.code), *(fold(label) for label in concept.labels.values())}:
                return dotted, concept.code
        raise MalformedError(f"“{value}” không có trong danh sách giá trị của “{field}”")


_MADE: dict[tuple[int, Visibility], tuple[Profile, Grammar]] = {}  # a profile that is kept keeps its id


def grammar_of(profile: Profile, level: Visibility) -> Grammar:
    """Return the grammar for readers of a level; made once for each profile."""
    known = _MADE.get((id(profile), level))
    if known is None:
        known = _MADE[id(profile), level] = profile, Grammar(profile, level)
    return known[1]
