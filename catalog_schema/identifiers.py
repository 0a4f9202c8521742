"""What a valid identifier code looks like: QĐ 20/2020, the old QCVN 102 form, the Zxx
schemes, near-twins.

Codes are strings: never zero-padded, never compared as numbers. Sources: QĐ
20/2020/QĐ-TTg Điều 4 and 6, QCVN 102:2016/BTTTT, Sửa đổi 1:2022.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 35

_QD20 = re.compile(r"[A-Y][0-9]{2}(\.[0-9A-Z]+)*")
_ZXX = re.compile(r"(Z(?:0[1-9]|[1-9][0-9]))([!-~]{1,32})")
_QCVN102 = re.compile(r"([0-9]{3})\.([0-9]{2})\.([0-9]{2})\.([A-Z][0-9]{2})")
# would be read as the format of a document
_EXTENSIONS = frozenset({"ttl", "rdf", "jsonld", "nt"})
# letters of other scripts that look like ours, and signs that people type for a dot
_ALIKE = str.maketrans(
    "АВСЕНІЈКМОРԚЅТѴԜХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ·•。．,",
    "ABCEHIJKMOPQSTVWXYABEZHIKMNOPTYX.....",
)
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Scheme(StrEnum):
    """The schemes a code may belong to: the codes of the list `loai-ma`."""

    QD20 = "QD20"
    QCVN102 = "QCVN102"
    ZXX = "ZXX"
    ND69 = "ND69"
    MST = "MST"
    QHNS = "QHNS"


class MalformedCodeError(ValueError):
    """The text is not a code of the scheme; the message says what a code looks like, in
    Vietnamese.
    """


@dataclass(frozen=True)
class AgencyCode:
    """A code under QĐ 20/2020: groups from the top level to the lowest, joined by
    dots.
    """

    value: str

    @classmethod
    def parse(cls, text: str) -> "AgencyCode":
        """Return the code; MalformedCodeError when any character is out of place (no
        trimming, no upper-casing).
        """
        if len(text) > MAX_LENGTH:
            raise MalformedCodeError(
                f"Mã dài {len(text)} ký tự, tối đa {MAX_LENGTH} ký tự (QĐ "
                "20/2020 Điều 4)"
            )
        if not _QD20.fullmatch(text):
            raise MalformedCodeError(
                "Mã gồm một chữ cái A–Y và hai chữ số, rồi các nhóm chữ số "
                "hoặc chữ in hoa cách nhau bằng dấu chấm, "
                "ví dụ A01.2.3 (QĐ 20/2020 Điều 4)"
            )
        return cls(text)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, top level first."""
        return tuple(self.value.split("."))

    @property
    def level(self) -> int:
        """1 for a level-1 code, and one more for each further group."""
        return len(self.groups)

    @property
    def parent(self) -> "AgencyCode | None":
        """The code of the level just before, or None for a level-1 code."""
        return AgencyCode(self.value.rpartition(".")[0]) if self.level > 1 else None

    @property
    def sort_key(self) -> tuple[tuple[int, int, str], ...]:
        """Order group by group: shorter digit groups before longer ones, so `A01.2`
        stands before `A01.10`.
        """
        return tuple((0, int(g), g) if g.isdigit() else (1, 0, g) for g in self.groups)


@dataclass(frozen=True)
class OldCode:
    """A code in the form of QCVN 102:2016: V1V2V3.Z1Z2.Y1Y2.MX1X2, lowest level
    first.
    """

    value: str

    @classmethod
    def parse(cls, text: str) -> "OldCode":
        """Return the code; MalformedCodeError when it is not of the form
        000.00.00.X00.
        """
        if not _QCVN102.fullmatch(text):
            raise MalformedCodeError(
                "Mã dạng cũ có 13 ký tự, ví dụ 000.00.00.A01 (QCVN 102:2016/BTTTT)"
            )
        return cls(text)

    def suggest(self) -> AgencyCode | None:
        """Suggest the QĐ 20 form, or None when a level is missing in between (the code
        has no parent).

        A suggestion only: provinces re-numbered when they moved to QĐ 20, so both codes
        are kept, each dated.
        """
        *lower, top = self.value.split(".")
        groups = lower[::-1]
        while groups and not groups[-1].strip("0"):
            groups.pop()  # 00: there is no such level
        if any(not group.strip("0") for group in groups):
            return None
        return AgencyCode(".".join([top, *groups]))


def parse(scheme: Scheme, text: str) -> None:
    """Check `text` as a code of `scheme`; MalformedCodeError says what is wrong, and
    what was probably meant.
    """
    try:
        _parse(scheme, text)
    except MalformedCodeError as error:
        meant = spelled(text)
        if meant == text or not _fits(scheme, meant):
            raise
        raise MalformedCodeError(
            f"Có phải {meant}? Mã có chữ thường, dấu cách hoặc chữ lạ trông "
            f"giống. {error}"
        ) from error


def _fits(scheme: Scheme, text: str) -> bool:
    try:
        _parse(scheme, text)
    except MalformedCodeError:
        return False
    return True


def _parse(scheme: Scheme, text: str) -> None:
    match scheme:
        case Scheme.QD20:
            AgencyCode.parse(text)
        case Scheme.QCVN102:
            OldCode.parse(text)
        case Scheme.ZXX:
            if not _ZXX.fullmatch(text):
                raise MalformedCodeError(
                    "Mã gồm lược đồ Z01–Z99 và tối đa 32 ký tự liền sau (QĐ "
                    "20/2020 Điều 6)"
                )
        case Scheme.ND69 | Scheme.MST | Scheme.QHNS:
            if not re.fullmatch(r"[0-9A-Z-]{1,35}", text):
                raise MalformedCodeError(
                    "Mã chỉ gồm chữ số, chữ in hoa không dấu và dấu gạch nối, "
                    "tối đa 35 ký tự"
                )


def segment(scheme: Scheme, text: str) -> str:
    """Return the last IRI segment of a code: its value, with the scheme before it where
    values could clash.

    MalformedCodeError when the value cannot stand in an address at all.
    """
    unmistakable = scheme in (Scheme.QD20, Scheme.QCVN102, Scheme.ZXX)
    name = text if unmistakable else f"{scheme}-{text}"
    if not _SEGMENT.fullmatch(name) or name.rpartition(".")[2] in _EXTENSIONS:
        raise MalformedCodeError(
            "Mã có ký tự không dùng được trong địa chỉ; chỉ dùng chữ, số, dấu "
            "chấm và gạch nối"
        )
    return name


def spelled(text: str) -> str:
    """Return the code that was most probably meant: full width, look-alikes of other
    scripts, case, blanks mended.

    For looking up and for saying what to mend; what is entered is never changed by
    itself.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_ALIKE)
    return "".join(
        c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf"
    ).strip(".")


def twin_key(value: str) -> str:
    """Return a key that near-twins share: `A01.1` and `A01.01` have one, though they
    are two codes.
    """
    return ".".join(group.lstrip("0") or "0" for group in value.upper().split("."))
