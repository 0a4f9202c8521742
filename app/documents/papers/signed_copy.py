"""Does the signed copy say what was frozen? Its text, where it has any, beside that of
the frozen paper: what differs is shown to whoever records it.

Somebody's file is read in the sandbox. What a signature adds is no difference: number,
day, page numbers, and what is repeated on every page.
"""

import difflib
import encodings
import importlib
import io
import json
import pkgutil
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from functools import lru_cache

import pypdf
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader, PdfWriter
from pypdf.errors import DependencyError, PyPdfError

from app.sandbox import Limits, RefusedError, Sandbox

_WORD = re.compile(r"\w+")
_MOST_TOLD = 8  # differences
_MOST_WORDS = 40  # of one
_UNREADABLE = (
    PyPdfError,
    DependencyError,
    zipfile.BadZipFile,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
    OSError,
)
_UNSEEN = str.maketrans({"\u2060": None, "\u00ad": None, "\u2011": "-", "\u00a0": " "})


def differences(frozen: bytes, signed: bytes) -> list[str] | None:
    """Return what the signed copy says otherwise than the frozen DOCX, in sentences;
    None where it has no text, as a scan.

    InvalidError for a file that cannot be read.
    """
    told = json.loads(_sandbox().run(signed, frozen=" ".join(words_of_docx(frozen))))
    found: list[str] | None = told
    return found


@lru_cache(maxsize=1)
def _sandbox() -> Sandbox:
    limits = Limits(cpu=20, wall=30.0, memory=768 << 20)
    return Sandbox("app.documents.papers.signed_copy:compare", limits, slots=1)


def compare(data: bytes, frozen: str) -> bytes:
    """Return what differs as JSON; RefusedError says why the file cannot be read."""
    try:
        words = words_of_docx(data) if data.startswith(b"PK") else _words_of_pdf(data)
    except _UNREADABLE as error:
        raise RefusedError(
            "Không đọc được bản đã ký; quét hoặc xuất lại thành PDF không đặt mật khẩu"
        ) from error
    if not words:
        return json.dumps(None).encode()
    return json.dumps(list(_differences(frozen.split(), words))).encode()


def words_of_docx(data: bytes) -> list[str]:
    """Return the words of a DOCX, in the order in which they are read."""
    document = Document(io.BytesIO(data))
    lines = []
    foot = document.sections[-1].footer.paragraphs[0]._p  # noqa: SLF001 - its element
    for paragraph in (*document.element.body.iter(qn("w:p")), foot):
        pieces = []
        for piece in paragraph.iter(qn("w:t"), qn("w:noBreakHyphen"), qn("w:br")):
            if piece.tag == qn("w:noBreakHyphen"):
                pieces.append("-")
            else:
                pieces.append(piece.text or " ")
        lines.append("".join(pieces))
    return _words("\n".join(lines))


def _words_of_pdf(data: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(data))
    return _words("\n".join(page.extract_text() for page in reader.pages))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    return _WORD.findall(plain)


def _differences(frozen: Sequence[str], signed: Sequence[str]) -> list[str]:
    """Return sentences of what differs; how words are parted is no difference."""
    whole = " ".join(frozen)
    told = []
    matcher = difflib.SequenceMatcher(None, frozen, signed)
    for operation, a, b, c, d in matcher.get_opcodes():
        was, now = " ".join(frozen[a:b]), " ".join(signed[c:d])
        if operation == "equal" or _squeezed(was) == _squeezed(now):
            continue
        if operation == "insert" and (_is_added(now) or now in whole):
            continue
        told.append(_sentence(was, now))
    if len(told) > _MOST_TOLD:
        return [*told[:_MOST_TOLD], f"và {len(told) - _MOST_TOLD} chỗ khác"]
    return told


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _is_added(words: str) -> bool:
    """Tell whether it is what signing adds: the number, the day, a page's number."""
    return all(re.fullmatch(r"\d+", word) for word in words.split())


def _sentence(was: str, now: str) -> str:
    if not was:
        return f"thêm “{_short(now)}”"
    if not now:
        return f"thiếu “{_short(was)}”"
    return f"“{_short(was)}” thành “{_short(now)}”"


def _short(text: str) -> str:
    words = text.split()
    if len(words) <= _MOST_WORDS:
        return text
    return " ".join(words[:_MOST_WORDS]) + " …"


def warm() -> None:
    """Load everything that reading needs, since nothing can be loaded later."""
    modules = [
        *pkgutil.walk_packages(pypdf.__path__, "pypdf."),
        *pkgutil.iter_modules(encodings.__path__, "encodings."),
    ]
    for module in modules:
        # what is encrypted is refused; two encodings are of Windows alone; pictures,
        # for which pypdf wants Pillow, are not looked at
        if not re.search(r"crypt|image|\.mbcs$|\.oem$", module.name):
            importlib.import_module(module.name)
    stream = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(stream)
    compare(stream.getvalue(), "mẫu")
    paper = io.BytesIO()
    Document().save(paper)
    compare(paper.getvalue(), "mẫu")
