"""A question without its question words: what is asked about."""

import re
from collections.abc import Iterator

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
_JOINING = re.compile(r"\s(?:AND|OR|VÀ|HOẶC|&)\s")
_SYNTAX = re.compile(r'["“”:()*]|(?<!\S)-\w')


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
    asked = _JOINING.sub(" ", text)
    asked = _ENDING.sub("", _ASKING.sub("", asked, count=1)).strip()
    if asked and asked != text.strip():
        yield asked
