"""A question without its question words: what is asked about."""

import re
from collections.abc import Collection, Iterator

from app.search import analysis
from app.vietnamese import fold

# what asks, and is looked for nowhere
_ASKING = re.compile(
    r"^(?:cho (?:tôi|hỏi)\s+|xin hỏi\s+|tìm(?: kiếm)?\s+)*"
    r"(?:(?:ai|cơ quan nào|đơn vị nào|sở nào)\s+(?:đang\s+)?"
    r"(?:quản lý|giữ|có|chủ quản|làm chủ quản|cung cấp)\s+"
    r"|(?:ở đâu|nơi nào|chỗ nào)\s+(?:có\s+)?|csdl nào\s+(?:có\s+)?"
    r"|cơ sở dữ liệu nào\s+(?:có\s+)?|làm sao (?:để )?(?:có|lấy)\s+)?"
    r"(?:dữ liệu\s+(?:về\s+)?|thông tin\s+(?:về\s+)?)?",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"\s*(?:(?:ở|nằm ở|tại) (?:đâu|cơ quan nào|sở nào)|do ai quản lý|là gì)?\s*\?*$",
    re.IGNORECASE,
)
_OPERATORS = re.compile(r"\s(?:AND|OR|VÀ|HOẶC|&)\s")
# words that join others or ask, and tell nothing
_JOINING = (
    "ai anh bao giờ bây bên bị bởi các cách cái cần chị cho chỗ chưa chứ có còn cứ của"
    " cùng đã đang đâu để đến đều đi đó do được em gì giúp hay hãy hết hiện hỏi hơn"
    " không khi là lại làm lấy lên mà mấy mình mới mỗi muốn này nào nay nên nếu như"
    " nhiêu những nơi nữa ở phải qua ra rất rồi sao sau sẽ tất theo thế thì tìm tôi tra"
    " một hai người trên trong trước tự từ vẫn và vào về vì với xem xin"
)
_FEW = 3  # telling words, fewer of which may stand anywhere
_SYNTAX = re.compile(r'["“”:()*]|(?<!\S)-\w')


_IN_EVERY_ENTRY = "cơ sở dữ liệu thông tin quản lý hệ thống danh sách số"
# by which nothing is told, since nearly every entry has them; with and without marks
EVERYWHERE = frozenset((*_IN_EVERY_ENTRY.split(), *fold(_IN_EVERY_ENTRY).split()))
_JOINS = frozenset(_JOINING.split())
_JOINS_WITHOUT_MARKS = frozenset(fold(_JOINING).split())


def joining(words: Collection[str]) -> frozenset[str]:
    """Return the words that join others or ask, as they are written beside these: with
    their marks, or without any. “sẽ” joins and “sẻ” does not, nor “vi” for “vì”.
    """
    marked = any(fold(word) != word.lower() for word in words)
    return _JOINS if marked else _JOINS_WITHOUT_MARKS


def is_plain(text: str) -> bool:
    """Tell whether a text is words alone, without the grammar of queries: whoever uses
    that is told what it finds, and nothing else.
    """
    return _SYNTAX.search(text) is None


def without_asking(text: str) -> Iterator[str]:
    """Yield what a question asks about; nothing for what asks nothing, or is no plain
    text.
    """
    if not is_plain(text):
        return
    plain = _OPERATORS.sub(" ", text)
    asked = _ENDING.sub("", _ASKING.sub("", plain, count=1)).strip()
    if asked and asked != text.strip():
        yield asked


def without_joining(text: str) -> Iterator[str]:
    """Yield the telling words of a text alone; nothing where it joins none, few are
    left, or it is no plain text.
    """
    if not is_plain(text):
        return
    words = analysis.tokens(text)
    joins = joining(words)
    telling = [word for word in words if word not in joins]
    if len(words) > len(telling) >= _FEW:
        yield " ".join(telling)
