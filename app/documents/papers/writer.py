"""Who writes a paper of a department or an agency, and how it signs: what all such
papers have in common.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.papers import parts
from app.documents.papers.parts import Paper
from app.documents.papers.typography import balanced

_LINE = 1.1  # lines
_HEAD_ROOM = 75  # mm for the name of the agency in the head of a paper


@dataclass(frozen=True)
class Writer:
    """An agency that writes, on the day on which it does.

    `whole` is the province in a sentence (“thành phố …”), `kind_of_place` its
    type alone; `unit` is the unit that drafts, by its symbol. `sign_off` are the lines
    above the name of who signs.
    """

    name: str
    symbol: str
    unit: str
    whole: str
    kind_of_place: str
    place: str
    year: int
    sign_off: Sequence[str]
    signatory: str
    demonstration: bool
    below_province: bool = True

    @property
    def committee(self) -> str:
        """Return the People's Committee of the province in a sentence."""
        return f"Ủy ban nhân dân {self.whole}"

    @property
    def letter_symbol(self) -> str:
        """Return the symbol of a letter: “SKHCN-CĐS”."""
        return f"{self.symbol}-{self.unit}"

    def head(
        self,
        symbol: str = "",
        about: str = "",
        *,
        draft: bool = False,
        dated: bool = True,
    ) -> parts.Head:
        """Return the head of a paper with this symbol after its number."""
        return parts.Head(
            issuer=balanced(self.name.upper(), _HEAD_ROOM, 12, bold=True),
            place=self.place,
            year=self.year,
            symbol=symbol,
            above=f"UBND {self.whole}" if self.below_province else "",
            about=about,
            draft=draft,
            dated=dated,
        )

    def signature(self, receivers: Sequence[str]) -> parts.Signature:
        """Return where it is signed and who gets it; it is kept by the office and the
        unit that drafted it.
        """
        kept = f"Lưu: VT, {self.unit}"
        return parts.Signature([*receivers, kept], self.sign_off, self.signatory)

    def paper(
        self,
        title: str,
        made: Sequence[parts.Part],
        *,
        lying: bool = False,
        line: float = _LINE,
    ) -> Paper:
        """Return a paper of these parts; `line` is its line spacing."""
        return Paper(
            title=title,
            author=self.name,
            parts=made,
            demonstration=self.demonstration,
            lying=lying,
            line=line,
            names=(self.whole, self.name),
        )
