"""What is asked with fewer words, where not every one of them is found: a question
without its question words, then without the words that tell least.
"""

import re
from collections.abc import Iterator

from app.search import analysis
from app.search.spelling import Known
from app.vietnamese import fold

_LEAST = 2  # words that are left
_MOST = 5  # words that are left out, one after the other
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
_SYNTAX = re.compile(r'["“”:()]')
# words of nearly everything: of them alone nothing is asked
_COMMON = frozenset(
    fold("dữ liệu cơ sở thông tin quản lý của các và về cho có ở là trong được").split()
)


def shorter(text: str, known: Known) -> Iterator[str]:
    """Yield what is asked with fewer words, down to half of them. `known` says how
    often words stand somewhere: what is nowhere goes first, then what is everywhere.
    """
    if _SYNTAX.search(text):
        return
    asked = _JOINING.sub(" ", text)
    asked = _ENDING.sub("", _ASKING.sub("", asked, count=1)).strip()
    if asked and asked != text.strip():
        yield asked
    words = analysis.tokens(asked)
    least = max((len(words) + 1) // 2, _LEAST)
    counts = known(analysis.folded(words))

    def tells(word: str) -> tuple[bool, int]:
        """Order words by how much they tell: what is nowhere nothing, common ones
        little.
        """
        often = counts.get(fold(word), 0)
        return often > 0, -often

    for _left_out in range(_MOST):
        if len(words) <= least:
            return
        words.remove(min(words, key=tells))
        if any(fold(word) not in _COMMON for word in words):
            yield " ".join(words)
