"""Official letters (“công văn”) and notices: what each says by itself, and how it
becomes a paper. The office may write every sentence otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.documents.papers import parts
from app.documents.papers.parts import Paper
from app.documents.papers.writer import Writer
from app.workflow.official_words import (
    capital_first,
    counted,
    goes_with,
    small_first,
    written,
)

_MANY = 5  # from so many on, receivers stand in an annex
_WITH_ANNEX = "Các cơ quan tại Danh sách kèm theo"
_HERE = "Hệ thống danh mục cơ sở dữ liệu dùng chung"


@dataclass(frozen=True)
class Annex:
    """A table that goes with a letter; `columns` fill a page that stands (165 mm) or
    lies (252 mm).
    """

    name: str
    columns: Sequence[parts.Column]
    rows: Sequence[Sequence[str]]
    lying: bool = False
    before: Sequence[str] = ()
    least_height: float = 0


@dataclass(frozen=True)
class Letter:
    """A letter. `about` comes after “V/v”; `copies` are those who get it beside the
    receivers. A notice (`notice`) has a title instead, and one receiver in its text.
    """

    about: str
    receivers: Sequence[str]
    paragraphs: Sequence[str]
    copies: Sequence[str] = ()
    annex: Annex | None = None
    notice: bool = False


def paper(writer: Writer, letter: Letter) -> Paper:
    """Return a letter as a paper."""
    receivers = _receivers(letter)
    annexes = [letter.annex] if letter.annex else []
    if receivers != letter.receivers and not letter.notice:
        annexes.insert(0, _list_of(letter.receivers))
    body = [parts.Text(text) for text in _closed(letter.paragraphs)]
    if letter.notice:
        symbol = f"TB-{writer.symbol}"
        made: list[parts.Part] = [
            writer.head(symbol),
            parts.Title("Thông báo", f"Về việc {letter.about}"),
            *body,
            writer.signature([*letter.receivers, *letter.copies]),
        ]
    else:
        symbol = writer.letter_symbol
        made = [
            writer.head(symbol, letter.about),
            parts.Receivers(receivers),
            *body,
            writer.signature(["Như trên", *letter.copies]),
        ]
    kind = "Thông báo" if letter.notice else "Công văn"
    said = goes_with(kind, symbol, writer.year, writer.name)
    for place, annex in enumerate(annexes, start=1):
        number = ["I", "II"][place - 1] if len(annexes) > 1 else ""
        made += _annex(annex, number, said)
    return writer.paper(letter.about, made)


def _receivers(letter: Letter) -> Sequence[str]:
    return [_WITH_ANNEX] if len(letter.receivers) >= _MANY else letter.receivers


def _list_of(receivers: Sequence[str]) -> Annex:
    columns = [parts.Column("STT", 15, centred=True), parts.Column("Cơ quan", 150)]
    rows = [[str(place), name] for place, name in enumerate(receivers, start=1)]
    return Annex("Danh sách cơ quan nhận văn bản", columns, rows)


def _closed(paragraphs: Sequence[str]) -> list[str]:
    """Return paragraphs of which the last ends as papers do."""
    *before, last = paragraphs
    return [*before, f"{last.rstrip('./')}./."]


def _annex(annex: Annex, number: str, said: str) -> list[parts.Part]:
    rows = [parts.Row(cells, least_height=annex.least_height) for cells in annex.rows]
    return [
        parts.Annex(annex.name, said, number, lying=annex.lying),
        *(parts.Text(text) for text in annex.before),
        parts.Table(annex.columns, rows),
    ]


# -- what each says by itself


def sending(sender: str, count: int) -> Letter:
    """Return the letter with which an agency sends so many proposals (“gửi hồ sơ”)."""
    what = f"{counted(count)} cơ sở dữ liệu"
    return Letter(
        about=f"đề nghị đăng ký, sửa đổi {what}",
        receivers=(),
        paragraphs=(
            (
                f"{sender} đề nghị đăng ký, sửa đổi {what} trong Danh mục cơ sở dữ "
                f"liệu dùng "
                "chung, theo các phiếu tại Phụ lục kèm theo."
            ),
            (
                f"Nội dung từng phiếu đã được lập trên {_HERE}; {sender} chịu trách "
                f"nhiệm "
                "về thông tin đã kê khai."
            ),
        ),
    )


def asking(
    writer: Writer, subject: str, question: str, due_on: date, unit: str
) -> Letter:
    """Return the letter that asks for opinions on a draft (“lấy ý kiến”); `unit` takes
    the answers, "" where nobody has said which.
    """
    drafted = subject.removeprefix("dự thảo ")
    through = f" (qua {unit})" if unit else ""
    return Letter(
        about=f"lấy ý kiến {subject}",
        receivers=(),
        paragraphs=(
            (
                f"{writer.name} đã dự thảo {drafted}. Để hoàn thiện dự thảo, "
                f"{writer.name} "
                "đề nghị các cơ quan, địa phương cho ý kiến về những nội dung sau:"
            ),
            *_numbered(question),
            (
                f"Ý kiến ghi theo mẫu tại Phụ lục, trả lời trên {_HERE} hoặc gửi về "
                f"{writer.name}{through} trước {written(due_on)}. Cơ quan không trả "
                f"lời "
                "trong thời hạn này được tổng hợp là “không có ý kiến trả lời”."
            ),
            f"Tài liệu gửi kèm: {small_first(subject)}.",
            f"{writer.name} mong nhận được ý kiến của các cơ quan, địa phương.",
        ),
        copies=(f"UBND {writer.kind_of_place} (để báo cáo)",),
        annex=_form_for_answers(),
    )


def _numbered(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        return lines
    return [f"{place}. {line}" for place, line in enumerate(lines, start=1)]


def _form_for_answers() -> Annex:
    columns = [
        parts.Column("STT", 12, centred=True),
        parts.Column("Điều, khoản hoặc mã cơ sở dữ liệu", 33),
        parts.Column("Nội dung dự thảo", 40),
        parts.Column("Nội dung đề nghị", 40),
        parts.Column("Lý do, căn cứ", 40),
    ]
    return Annex(
        "Mẫu phiếu góp ý",
        columns,
        [[str(place), "", "", "", ""] for place in range(1, 7)],
        before=(
            "Cơ quan góp ý: …………………… Văn bản số ………… ngày …………",
            (
                "Ý kiến chung (thống nhất; thống nhất, có góp ý; không thống nhất, lý "
                "do): "
                "……………………"
            ),
            "Ý kiến cụ thể:",
        ),
        least_height=50,
    )


@dataclass(frozen=True)
class Reminded:
    """What agencies are reminded of: the matter, when and until when they were asked,
    how many of how many have answered, until when they are asked now.
    """

    title: str
    asked_on: date
    due_on: date
    today: date
    answered: int
    asked: int
    until: date


def urging(writer: Writer, said: Reminded) -> Letter:
    """Return the letter that urges whoever has not answered (“đôn đốc”)."""
    matter = small_first(said.title)
    return Letter(
        about=f"đôn đốc {matter}",
        receivers=(),
        paragraphs=(
            (
                f"{capital_first(written(said.asked_on))}, {writer.name} đề nghị các "
                f"cơ "
                f"quan {matter}, trả lời chậm nhất {written(said.due_on)}. Đến "
                f"{written(said.today)} đã nhận trả lời của {counted(said.answered)}/"
                f"{counted(said.asked)} cơ quan."
            ),
            (
                f"{writer.name} đề nghị các cơ quan chưa trả lời khẩn trương rà soát, "
                f"trả "
                f"lời trên {_HERE} trước {written(said.until)}; nếu không có thay đổi "
                f"thì "
                "xác nhận “không thay đổi”."
            ),
            f"Quá thời hạn trên, {writer.name} tổng hợp, báo cáo {writer.committee}.",
        ),
        copies=(f"UBND {writer.kind_of_place} (để báo cáo)",),
    )


@dataclass(frozen=True)
class Lack:
    """What a proposal lacks: where (code and column), what is asked, by what rule."""

    where: str
    asked: str
    basis: str = ""


def completing(
    writer: Writer,
    subject: str,
    received_on: date | None,
    lacks: Sequence[Lack],
    due_on: date | None,
) -> Letter:
    """Return the letter that asks an agency to complete a proposal (“bổ sung”)."""
    came = f" nhận {written(received_on)}" if received_on else ""
    until = f" trước {written(due_on)}" if due_on else ""
    many = len(lacks) > _MANY + 1
    first = (
        f"Qua xem xét hồ sơ đề nghị {subject}{came}, {writer.name} đề nghị cơ quan "
        f"hoàn "
        "thiện"
    )
    listed = [
        f"{place}. {lack.where}: {lack.asked}{_based(lack)}"
        for place, lack in enumerate(lacks, start=1)
    ]
    said = [f"{first} các nội dung sau:", *listed]
    if many:
        said = [f"{first} {counted(len(lacks))} nội dung tại Phụ lục kèm theo."]
    return Letter(
        about=f"hoàn thiện hồ sơ đề nghị {subject}",
        receivers=(),
        paragraphs=(
            *said,
            (
                f"Hồ sơ hoàn thiện gửi lại trên {_HERE}{until}. Thời gian thẩm định "
                f"tính "
                "lại từ ngày nhận đủ hồ sơ."
            ),
        ),
        annex=_lacks(lacks) if many else None,
    )


def _based(lack: Lack) -> str:
    return f" (căn cứ {lack.basis})." if lack.basis else "."


def _lacks(lacks: Sequence[Lack]) -> Annex:
    columns = [
        parts.Column("STT", 12, centred=True),
        parts.Column("Mã, nội dung", 43),
        parts.Column("Yêu cầu hoàn thiện", 70),
        parts.Column("Căn cứ", 40),
    ]
    rows = [
        [str(place), lack.where, lack.asked, lack.basis or "–"]
        for place, lack in enumerate(lacks, start=1)
    ]
    return Annex("Nội dung cần hoàn thiện", columns, rows)


def refusing(
    writer: Writer, subject: str, examined: str, reasons: Sequence[Lack]
) -> Letter:
    """Return the notice that something does not come into the list (“từ chối”). Each
    reason has its legal basis.
    """
    listed = [f"{reason.asked}{_based(reason)}" for reason in reasons]
    why = "vì lý do sau:"
    if len(listed) > 1:
        why = "vì các lý do sau:"
    numbered = [f"{place}. {line}" for place, line in enumerate(listed, start=1)]
    return Letter(
        about=f"không đưa {subject} vào Danh mục cơ sở dữ liệu dùng chung",
        receivers=(),
        paragraphs=(
            (
                f"{examined}, {writer.name} thông báo không đưa {subject} vào Danh "
                f"mục cơ sở "
                f"dữ liệu dùng chung {why}"
            ),
            *numbered,
            (
                f"Cơ quan đề nghị có quyền đề nghị xem xét lại; đề nghị gửi "
                f"{writer.name} "
                f"trên {_HERE}, kèm tài liệu làm rõ các lý do nêu trên."
            ),
        ),
        notice=True,
    )


def mending(
    decision: str, place: str, written_as: str, meant: str, reason: str
) -> Letter:
    """Return the letter with which the issuer mends form or layout of its own paper
    (“đính chính”); content is amended by a paper of equal form.
    """
    return Letter(
        about=f"đính chính {decision}",
        receivers=(),
        paragraphs=(
            f"Do {reason}, {decision} có nội dung cần đính chính như sau:",
            f"Tại {place} đã viết: “{written_as}”.",
            f"Nay đính chính là: “{meant}”.",
            "Các nội dung khác giữ nguyên.",
        ),
    )


def as_written(letter: Letter, about: str, receivers: str, paragraphs: str) -> Letter:
    """Return a letter as the office wrote it: a receiver a line, a paragraph a line."""
    return replace(
        letter,
        about=about.strip() or letter.about,
        receivers=_lines(receivers) or letter.receivers,
        paragraphs=_lines(paragraphs) or letter.paragraphs,
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def proposals_annex(rows: Sequence[Sequence[str]]) -> Annex:
    """Return the list of proposals that a dossier sends."""
    columns = [
        parts.Column("STT", 12, centred=True),
        parts.Column("Phiếu", 18, centred=True),
        parts.Column("Tên", 65),
        parts.Column("Loại mục", 35),
        parts.Column("Loại đề nghị", 35),
    ]
    return Annex("Danh sách phiếu đề nghị", columns, rows)
