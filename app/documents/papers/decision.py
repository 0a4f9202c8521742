"""A decision of the People's Committee and its annexes: a new list, an amendment, a
replacement, a revocation.

The frozen annex is data (`app.workflow.decisions.annex`); here it becomes a paper for
signing and a workbook for working with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.documents.papers import parts
from app.documents.papers.parts import Paper
from app.documents.papers.typography import width
from app.documents.tables.cells import table as csv_table
from app.documents.tables.workbook import Sheet, workbook
from app.workflow.decisions.text import annex_names
from app.workflow.official_words import goes_with, roman

SYMBOL = "QĐ-UBND"
_LINE = 1.1  # lines of text; a decision is read aloud
_WIDE = 252  # mm of text on a page that lies
_GROUP = 17  # mm of a column of a consumer group
_MOST_GROUPS = 5
_CODE_ROOM = 22


@dataclass(frozen=True)
class DecisionText:
    """What the decision says around its annexes.

    `authority` is the line above the legal bases, `bases` are lines “Căn cứ …” and the
    last “Theo đề nghị …”; each article is its first words and what follows below.
    `whose` is the issuer in a sentence, `names` are never parted in a title.
    """

    committee: Sequence[str]
    whose: str
    authority: str
    place: str
    year: int
    title: str
    bases: Sequence[str]
    articles: Sequence[tuple[str, Sequence[str]]]
    receivers: Sequence[str]
    sign_off: Sequence[str]
    signatory: str
    draft: bool
    demonstration: bool
    names: Sequence[str] = ()


def text_of(said: Mapping[str, Any], *, demonstration: bool) -> DecisionText:
    """Return the text of a decision of what was composed of it
    (`app.workflow.decisions.text`).
    """
    return DecisionText(
        committee=said["committee"],
        whose=said["whose"],
        authority=said["authority"],
        place=said["place"],
        year=said["year"],
        title=said["title"],
        bases=said["bases"],
        articles=[(words, clauses) for words, clauses in said["articles"]],
        receivers=said["receivers"],
        sign_off=said["sign_off"],
        signatory=said["signatory"],
        draft=said["draft"],
        demonstration=demonstration,
        names=said["names"],
    )


def paper(text: DecisionText, annex: Mapping[str, Any]) -> Paper:
    """Return the decision with its annexes."""
    made: list[parts.Part] = [
        parts.Head(
            issuer=text.committee,
            place=text.place,
            year=text.year,
            symbol=SYMBOL,
            draft=text.draft,
        ),
        parts.Title("Quyết định", text.title),
        parts.Authority(text.authority),
        parts.Bases(text.bases),
        parts.Enacting(),
        *_articles(text.articles),
        parts.Signature(text.receivers, text.sign_off, text.signatory),
        *_annexes(text, annex["lists"]),
    ]
    return Paper(
        title=f"Quyết định {text.title}".replace("\n", " "),
        author=" ".join(text.committee),
        parts=made,
        demonstration=text.demonstration,
        line=_LINE,
        names=text.names,
    )


def _articles(articles: Sequence[tuple[str, Sequence[str]]]) -> Iterator[parts.Part]:
    last = len(articles)
    for number, (text, clauses) in enumerate(articles, start=1):
        ends = number == last and not clauses
        said = _ended(text) if ends else text
        yield parts.Article(number, said, held=bool(clauses))
        for place, clause in enumerate(clauses, start=1):
            closes = number == last and place == len(clauses)
            yield parts.Text(_ended(clause) if closes else clause)


def _ended(text: str) -> str:
    """Return the last words of a paper, with the mark that ends it."""
    return f"{text.rstrip('./')}./."


def _annexes(
    text: DecisionText, lists: Sequence[Mapping[str, Any]]
) -> Iterator[parts.Part]:
    said = goes_with("Quyết định", SYMBOL, text.year, text.whose)
    for number, each in enumerate(lists, start=1):
        yield parts.Annex(
            name=each["title"],
            goes_with=said,
            number=roman(number) if len(lists) > 1 else "",
        )
        if each.get("key"):
            yield parts.Key(each["key"])
        yield table(each)
        closing = each["closing"].rstrip(".")
        if len(lists) > 1:
            closing = closing.replace("Phụ lục", f"Phụ lục {roman(number)}", 1)
        yield parts.Closing(f"{closing}./.")


def table(each: Mapping[str, Any]) -> parts.Table:
    """Return the table of one list of the annex."""
    return _CATALOGUES[each["form"]](each)


def _catalogue(each: Mapping[str, Any]) -> parts.Table:
    """Databases by agency: a block for each, a row for each of its items."""
    groups: Sequence[str] = each["groups"]
    wide = _GROUP * len(groups)
    flexible = _WIDE - 10 - _CODE_ROOM - wide - 22
    # name, purpose, mechanism, items: as 30, 40, 34 and 26
    shares = [round(flexible * part / 130, 1) for part in (30, 40, 34)]
    columns = [
        parts.Column("STT", 10, centred=True),
        parts.Column("Mã", _CODE_ROOM, centred=True),
        parts.Column("Tên cơ sở dữ liệu", shares[0]),
        parts.Column("Mục đích, phạm vi, nội dung", shares[1]),
        parts.Column("Nguồn; cơ chế thu thập, cập nhật; tần suất", shares[2]),
        parts.Column("Hạng mục dữ liệu", round(flexible - sum(shares), 1)),
        *(parts.Column(group, _GROUP, centred=True) for group in groups),
        parts.Column("Phương thức chia sẻ; ghi chú", 22),
    ]
    first, last = 6, 5 + len(groups)
    rows: list[parts.Row | parts.Group | parts.Block] = []
    number = 0
    for place, agency in enumerate(each["agencies"], start=1):
        rows.append(parts.Group(f"{roman(place)}. {agency['heading']}"))
        for database in agency["databases"]:
            number += 1
            shared = {
                0: str(number),
                1: database["code"],
                2: database["name"],
                3: database["purpose"],
                4: database["mechanism"],
                last + 1: database["method"],
            }
            items = [
                {5: item["name"], **dict(enumerate(item["modes"], start=first))}
                for item in database["items"]
            ]
            rows.append(parts.Block(_fitting(shared, columns), items))
    over = ("Hình thức chia sẻ theo đối tượng khai thác", first, last)
    return parts.Table(columns, rows, over if groups else None)


def _fitting(
    texts: Mapping[int, str], columns: Sequence[parts.Column]
) -> dict[int, str]:
    """Return cells in which a code that is too long for its column is parted after a
    hyphen.
    """
    fitted = dict(texts)
    if width(texts[1], 11) > columns[1].width - 2:
        fitted[1] = texts[1].replace("-", "-\n", 1)
    return fitted


_PLAIN_WIDTHS = {
    "changed": (10, 22, 42, 40, 69, 69),
    "ended": (10, 22, 60, 50, 70, 40),
    "suspended": (10, 22, 60, 50, 70, 40),
    "listed": (10, 30, 70, 60, 82),
}


def _plain(each: Mapping[str, Any]) -> parts.Table:
    widths = _PLAIN_WIDTHS[each["form"]]
    columns = [
        parts.Column(head, room, centred=place < 2)  # noqa: PLR2004 - number and code
        for place, (head, room) in enumerate(zip(each["columns"], widths, strict=True))
    ]
    rows: list[parts.Row | parts.Group | parts.Block] = []
    for group in each["agencies"]:
        if group.get("heading"):
            rows.append(parts.Group(group["heading"]))
        rows += [parts.Row(cells) for cells in group["rows"]]
    return parts.Table(columns, rows)


_CATALOGUES = {
    "catalogue": _catalogue,
    "changed": _plain,
    "ended": _plain,
    "suspended": _plain,
    "listed": _plain,
}


def csv(annex: Mapping[str, Any]) -> bytes:
    """Return the lists of the annex as one CSV file: each below its name and heads."""
    names = annex_names(annex["lists"])
    rows: list[Sequence[str]] = []
    for name, listed in zip(names, annex["lists"], strict=True):
        rows += [[f"{name}. {listed['title']}"], listed["columns"], *listed["rows"]]
    return csv_table(rows[0], rows[1:]) if rows else b""


def xlsx(annex: Mapping[str, Any]) -> bytes:
    """Return the annex as a workbook, a sheet for each list; the head of each is
    repeated in print.
    """
    return workbook(
        [
            Sheet(name, each["title"], each["columns"], each["rows"])
            for name, each in zip(
                annex_names(annex["lists"]), annex["lists"], strict=True
            )
        ]
    )
