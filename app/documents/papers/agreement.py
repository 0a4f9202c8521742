"""The agreement of two agencies on sharing data (“Bản thỏa thuận chia sẻ dữ liệu”), in
twelve articles: the contents that NĐ 47/2020/NĐ-CP Điều 38 gave until it ended; no
newer list could be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.documents.papers import parts
from app.documents.papers.parts import Paper
from app.documents.papers.typography import balanced

_HEAD_ROOM = 75  # mm
_LINE = 1.1  # lines
_UNSAID = "Hai bên chưa ghi nội dung này trong danh mục; bổ sung trước khi ký."
_ANNEX = "Hạng mục dữ liệu được chia sẻ"
_COLUMNS = (
    parts.Column("STT", 12, centred=True),
    parts.Column("Hạng mục dữ liệu", 58),
    parts.Column("Hình thức chia sẻ", 35),
    parts.Column("Tần suất", 25),
    parts.Column("Giới hạn", 35),
)


@dataclass(frozen=True)
class Party:
    """A side: its name, its symbol, by which post it signs."""

    name: str
    symbol: str
    post: str


@dataclass(frozen=True)
class Terms:
    """What is agreed. `articles` says by heading what the twelve articles say, ""
    where nothing is; `items` are rows of the annex without their numbers.
    """

    provider: Party
    consumers: Sequence[Party]
    bases: Sequence[str]
    subject: str
    articles: Mapping[str, str]
    items: Sequence[Sequence[str]]
    place: str
    year: int
    demonstration: bool


# the twelve contents, in the order of the decree
HEADINGS = (
    "Các bên",
    "Nội dung dữ liệu chia sẻ",
    "Địa điểm",
    "Thời hạn",
    "Phương thức chia sẻ",
    "Phương thức xử lý dữ liệu",
    "Điều kiện, giới hạn khai thác",
    "Cam kết của các bên",
    "Bảo đảm an toàn, xác thực",
    "Lưu trữ, dữ liệu phái sinh",
    "Xóa dữ liệu",
    "Nội dung khác",
)


def paper(terms: Terms) -> Paper:
    """Return the agreement as a paper."""
    sides = [terms.provider, *terms.consumers]
    names = " và ".join(party.name for party in sides)
    symbol = "-".join(["BTT", *(party.symbol for party in sides if party.symbol)])
    issuer = [
        line
        for party in sides
        for line in balanced(party.name.upper(), _HEAD_ROOM, 12, bold=True)
    ]
    head = parts.Head(issuer, terms.place, terms.year, symbol)
    made: list[parts.Part] = [
        head,
        parts.Title("Bản thỏa thuận", terms.subject),
    ]
    if terms.bases:
        made.append(parts.Bases(terms.bases))
    made.append(parts.Text(f"{names} thống nhất nội dung chia sẻ dữ liệu như sau:"))
    for number, heading in enumerate(HEADINGS, start=1):
        said = terms.articles.get(heading, "").strip() or _UNSAID
        made.append(parts.Article(number, heading, heading=True, held=True))
        made += [parts.Text(line) for line in said.split("\n") if line.strip()]
    made[-1] = _closed(made[-1])
    kept = f"Lưu: VT, {terms.provider.symbol}"
    signers = [((f"Đại diện {party.name}", party.post), "") for party in sides]
    made.append(parts.Signatures(signers, receivers=[*(p.name for p in sides), kept]))
    if terms.items:
        rows = [
            parts.Row([str(place), *cells])
            for place, cells in enumerate(terms.items, start=1)
        ]
        said = f"Kèm theo Bản thỏa thuận số        /{symbol}"
        made += [parts.Annex(_ANNEX, said, lying=False), parts.Table(_COLUMNS, rows)]
    return Paper(
        title=f"Bản thỏa thuận {terms.subject}",
        author=terms.provider.name,
        parts=made,
        demonstration=terms.demonstration,
        line=_LINE,
        names=[party.name for party in sides],
    )


def _closed(last: parts.Part) -> parts.Part:
    """Return the last paragraph as papers end."""
    if isinstance(last, parts.Text):
        return parts.Text(f"{last.text.rstrip('./')}./.")
    return last
