"""Reads RDF that somebody sent: in the sandbox, within limits, fetching nothing; faults
are told with their line.

`parse` is what runs in the sandbox; `Parser` is what the rest of the application calls.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pyoxigraph as ox

from app.errors import InvalidError
from app.sandbox import Limits, RefusedError, Sandbox

MAX_BYTES = 10_000_000
MAX_TRIPLES = 100_000
MAX_LITERAL = 1_000_000  # characters
MAX_DEPTH = 50
MAX_VALUES = 600_000  # of JSON, so that they are counted before they are made
# of XML, tags; of Turtle and its kin, brackets, texts and addresses: a quad has at most
# five
MAX_PIECES = 600_000
_TOO_LONG = f"giá trị dài quá {MAX_LITERAL} ký tự"

FORMATS: dict[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_DOCTYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# what brackets inside do not count in, and brackets; every piece is matched once, also
# one that has no end
_PIECES = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|"(?:[^"\\\n]|\\.)*+"?'''
    r"""|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?|'(?:[^'\\\n]|\\.)*+'?"""
    r"""|<[^<>\s]*+>?|\#[^\n]*+(?:\s*+\#[^\n]*+)*+|\[|\(|\{|\]|\)|\}""",
    re.DOTALL,
)
_DEEPER = {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}
# of XML: what holds no tags, whether it ends or not, and tags; a quoted ">" ends none
_TAGS = re.compile(
    r"""<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|<[^<>"']*+(?:"[^"]*+"[^<>"']*+|'[^']*+'[^<>"']*+)*+>""",
    re.DOTALL,
)
_SAMPLES = {
    "application/rdf+xml": b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    "application/ld+json": b"{}",
}


class Parser:
    """Turns documents into N-Quads. `contexts`: JSON-LD contexts by address, the only
    ones that a document may name.
    """

    def __init__(
        self, contexts: dict[str, Any] | None = None, limits: Limits | None = None
    ) -> None:
        self._sandbox = Sandbox("app.rdf.harvesting.parsing:parse", limits)
        self._contexts = json.dumps(contexts or {})

    def read(self, data: bytes, media_type: str, base: str) -> str:
        """Return the document's N-Quads. InvalidError says in Vietnamese what is wrong
        with it, and in which line.
        """
        if media_type not in FORMATS:
            raise InvalidError(
                f"Không đọc loại tệp “{media_type[:60]}”; nhận: {', '.join(FORMATS)}"
            )
        if len(data) > MAX_BYTES:
            raise InvalidError(
                f"Tệp lớn {len(data)} byte; tối đa {MAX_BYTES} byte, hãy chia nhỏ"
            )
        return self._sandbox.run(
            data, media_type=media_type, base=base, contexts=self._contexts
        ).decode()

    def close(self) -> None:
        """End the processes that read."""
        self._sandbox.close()


def warm() -> None:
    """Read something good and something bad in each format, since nothing can be loaded
    later.
    """
    for media_type in FORMATS:
        for sample in (
            _SAMPLES.get(media_type, b"<urn:a> <urn:b> <urn:c> ."),
            b"\xff",
            b"\n\nx",
        ):
            with suppress(RefusedError):
                parse(sample, media_type=media_type, base="urn:base")


def parse(data: bytes, *, media_type: str, base: str, contexts: str = "{}") -> bytes:
    """Return the N-Quads of a document; RefusedError for anything that is not plain,
    bounded RDF.
    """
    text = _text(data)
    if media_type == "application/rdf+xml" and _DOCTYPE.search(text):
        raise RefusedError(
            f"{_at(text, _DOCTYPE)}không nhận khai báo DOCTYPE hoặc ENTITY; bỏ "
            "phần đó rồi gửi lại"
        )
    if media_type == "application/rdf+xml":
        _require_shallow_tags(text)
    elif media_type == "application/ld+json":
        text = _localised(text, json.loads(contexts))
    else:
        _require_shallow(text)
    try:
        quads = [
            _bounded(quad, count)
            for count, quad in enumerate(_parsed(text, media_type, base), start=1)
        ]
    except SyntaxError as error:
        where = f"Dòng {error.lineno}: " if error.lineno else ""
        raise RefusedError(
            f"{where}tệp không đúng cú pháp {media_type}: {error.msg}"
        ) from error
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""


def _parsed(text: str, media_type: str, base: str) -> Iterator[ox.Quad]:
    return ox.parse(
        text.encode(),
        format=FORMATS[media_type],
        base_iri=base,
        rename_blank_nodes=True,
    )


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RefusedError(
            f"Dòng {line}: không phải UTF-8; lưu lại tệp bằng UTF-8"
        ) from error
    if _CONTROLS.search(text):
        raise RefusedError(
            f"{_at(text, _CONTROLS)}có ký tự điều khiển; bỏ ký tự đó rồi gửi lại"
        )
    return text


def _at(text: str, pattern: re.Pattern[str]) -> str:
    match = pattern.search(text)
    return f"Dòng {text.count(chr(10), 0, match.start()) + 1}: " if match else ""


def _require_shallow(text: str) -> None:
    """Refuse Turtle and its kin with too many pieces, too many brackets in brackets or
    a literal that is too long, before anything is made of it.
    """
    depth = 0
    for count, piece in enumerate(_PIECES.finditer(text), start=1):
        if count > MAX_PIECES:
            raise RefusedError(
                f"Tệp có quá {MAX_PIECES} ngoặc, chuỗi và địa chỉ; hãy chia nhỏ"
            )
        depth += _DEEPER.get(piece[0], 0)
        too_long = piece.end() - piece.start() > MAX_LITERAL + len('""')
        if depth > MAX_DEPTH or too_long:
            line = text.count("\n", 0, piece.start()) + 1
            wrong = _TOO_LONG if too_long else f"lồng nhau quá {MAX_DEPTH} tầng"
            raise RefusedError(f"Dòng {line}: {wrong}")


def _require_shallow_tags(text: str) -> None:
    """Refuse XML with too many tags, with too many elements in elements, which costs
    the square of their number, or with a text that is too long.
    """
    if text.count("<") > MAX_PIECES:
        raise RefusedError(f"Tệp có quá {MAX_PIECES} thẻ XML; hãy chia nhỏ")
    depth = end = 0
    for tag in _TAGS.finditer(text):
        _require_short(text, end, tag.start())
        _require_short(text, tag.start(), tag.end())
        end = tag.end()
        if tag[0].startswith("</"):
            depth -= 1
        elif not tag[0].startswith(("<!", "<?")) and not tag[0].endswith("/>"):
            depth += 1
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, tag.start()) + 1
            raise RefusedError(f"Dòng {line}: lồng nhau quá {MAX_DEPTH} tầng")
    _require_short(text, end, len(text))


def _require_short(text: str, start: int, end: int) -> None:
    if end - start > MAX_LITERAL:
        line = text.count("\n", 0, start) + 1
        raise RefusedError(f"Dòng {line}: {_TOO_LONG}")


def _bounded(quad: ox.Quad, count: int) -> ox.Quad:
    if count > MAX_TRIPLES:
        raise RefusedError(f"Tệp có quá {MAX_TRIPLES} bộ ba; hãy chia nhỏ")
    return quad


def _localised(text: str, contexts: dict[str, Any]) -> str:
    """Return JSON-LD in which every context that is named is the local copy; checked
    and written anew.

    What is parsed afterwards is this text, so that checker and parser cannot read it
    differently.
    """
    if sum(text.count(sign) for sign in ",[{") > MAX_VALUES:
        raise RefusedError(f"Tệp có quá {MAX_VALUES} giá trị; hãy chia nhỏ")
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise RefusedError(f"Dòng {error.lineno}: không phải JSON hợp lệ") from error
    except RecursionError as error:
        raise RefusedError(f"Lồng nhau quá {MAX_DEPTH} tầng") from error
    return json.dumps(_local(document, contexts, 0), ensure_ascii=False)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise RefusedError("Một đối tượng JSON có hai khóa trùng tên")
    return unique


def _local(value: Any, contexts: dict[str, Any], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise RefusedError(f"Lồng nhau quá {MAX_DEPTH} tầng")
    if isinstance(value, list):
        return [_local(inner, contexts, depth + 1) for inner in value]
    if isinstance(value, str) and len(value) > MAX_LITERAL:
        raise RefusedError(f"“{value[:40]}…”: {_TOO_LONG}")
    if not isinstance(value, dict):
        return value
    if "@import" in value:
        raise RefusedError("Không nhận @import; chép ngữ cảnh vào tệp")
    return {
        name: _context(inner, contexts, depth)
        if name == "@context"
        else _local(inner, contexts, depth + 1)
        for name, inner in value.items()
    }


def _context(value: Any, contexts: dict[str, Any], depth: int) -> Any:
    if isinstance(value, list):
        return [_context(inner, contexts, depth + 1) for inner in value]
    if isinstance(value, str):
        if value not in contexts:
            raise RefusedError(
                f"Ngữ cảnh “{value[:200]}” không được tải về; chép nội dung "
                "ngữ cảnh vào tệp"
            )
        return contexts[value]
    return _local(value, contexts, depth + 1)
