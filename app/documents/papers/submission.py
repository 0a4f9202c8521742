"""What goes up to the People's Committee with a draft decision (“bộ hồ sơ trình”): the
letter of submission, the report on the examination, and one archive of all papers.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.papers import parts
from app.documents.papers.parts import Paper
from app.documents.papers.writer import Writer
from app.workflow.official_words import (
    counted,
    goes_with,
    small_first,
    some,
    written,
)

REPORTED = (
    ("STT", 10),
    ("Phiếu", 16),
    ("Cơ sở dữ liệu", 52),
    ("Cơ quan đề nghị (văn bản số, ngày)", 46),
    ("Loại đề nghị", 24),
    ("Số lượt", 14),
    ("Ý kiến thẩm định", 34),
    ("Kết luận", 24),
    ("Người phê duyệt, ngày", 32),
)
_OWNERS = (
    ("STT", 10),
    ("Cơ quan chủ quản", 65),
    ("Số cơ sở dữ liệu", 21),
    ("Hạng mục mở", 22),
    ("Hạng mục dùng chung", 23.5),
    ("Hạng mục dùng riêng", 23.5),
)
_HELD = 3  # the first rows of a table stay together
# of every file inside, so that the same papers give the same bytes
_MOMENT = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Consulted:
    """How agencies were asked for their opinions: asked, answered, agreed, agreed with
    comments, disagreed, silent; comments accepted and explained.
    """

    asked: int
    answered: int
    agreed: int
    with_comments: int
    disagreed: int
    silent: int
    accepted: int = 0
    explained: int = 0
    open_points: Sequence[str] = ()


@dataclass(frozen=True)
class Submission:
    """What both papers say: the decision (its title and kind of sentence), what was
    examined, who was asked, and what is promulgated by owner.

    `rows` are those of the report without numbers; `owners` are (agency, databases,
    items open, shared, private), as these are shared with `counted_for`. `warnings` are
    (proposals, warning, why they go up all the same). `returned` counts proposals that
    were sent back at least once.
    """

    title: str
    bases: Sequence[str]
    reasons: Sequence[str]
    articles: int
    annexes: int
    effect: str
    examined: int
    returned: int
    first_day: date | None
    last_day: date | None
    campaign: str
    consulted: Consulted | None
    owners: Sequence[tuple[str, int, int, int, int]]
    counted_for: str
    rows: Sequence[Sequence[str]]
    warnings: Sequence[tuple[str, str, str]]
    results: Sequence[tuple[str, str]]


def proposal(writer: Writer, said: Submission) -> Paper:
    """Return the letter that puts the draft before the People's Committee (“tờ
    trình”).
    """
    about = f"Về việc {small_first(said.title)}"
    made: list[parts.Part] = [
        writer.head(f"TTr-{writer.symbol}"),
        parts.Title("Tờ trình", about),
        parts.Receivers([writer.committee]),
        parts.Bases(said.bases),
        parts.Text(
            f"{writer.name} trình {writer.committee} dự thảo Quyết định "
            f"{small_first(said.title)} (sau đây gọi là dự thảo Quyết "
            "định) với các nội dung sau:"
        ),
        parts.Section("I. SỰ CẦN THIẾT BAN HÀNH"),
        *_reasons(said),
        parts.Section("II. QUÁ TRÌNH XÂY DỰNG DỰ THẢO"),
        *(parts.Text(text) for text in _numbered(_course(writer, said))),
        parts.Section("III. NỘI DUNG CHÍNH CỦA DỰ THẢO QUYẾT ĐỊNH"),
        *_content(said),
        parts.Section("IV. TIẾP THU, GIẢI TRÌNH Ý KIẾN"),
        parts.Text(_handled(writer, said.consulted)),
        parts.Section("V. ĐIỀU KIỆN BẢO ĐẢM THỰC HIỆN"),
        parts.Text(
            "Danh mục được quản lý trên hệ thống sẵn có; việc thực hiện không làm phát "
            "sinh kinh phí ngoài dự toán đã giao."
        ),
        parts.Section("VI. KIẾN NGHỊ"),
        parts.Text(_enclosed(said)),
        parts.Text(
            f"{writer.name} kính trình {writer.committee} xem xét, quyết định./."
        ),
        writer.signature(
            [
                "Như trên",
                f"Văn phòng UBND {writer.kind_of_place}",
                "Lãnh đạo Sở (để báo cáo)",
            ]
        ),
    ]
    # long as it is, no line of it should stand alone with the signature
    return writer.paper(about, made, line=1.0)


def _reasons(said: Submission) -> Iterator[parts.Part]:
    heads = ("1. Cơ sở pháp lý", "2. Cơ sở thực tiễn")
    for head, text in zip(heads, said.reasons, strict=True):
        yield parts.Clause(head)
        yield parts.Text(text)


def _numbered(texts: Sequence[str]) -> list[str]:
    return [f"{place}. {text}" for place, text in enumerate(texts, start=1)]


def _course(writer: Writer, said: Submission) -> list[str]:
    course = [said.campaign] if said.campaign else []
    again = (
        f", trong đó {counted(said.returned)} phiếu đã được yêu cầu hoàn thiện"
        if said.returned
        else ""
    )
    course.append(
        f"{writer.name} thẩm định {counted(said.examined)} phiếu đề nghị{again}. "
        "Kết quả cụ thể tại Báo cáo thẩm định kèm theo."
    )
    consulted = said.consulted
    if consulted is not None:
        course.append(
            f"Lấy ý kiến {counted(consulted.asked)} cơ quan; "
            f"{counted(consulted.answered)} cơ quan trả lời, trong đó "
            f"{some(consulted.agreed, 'cơ quan thống nhất')}, "
            f"{some(consulted.with_comments, 'cơ quan thống nhất và có góp ý')}, "
            f"{some(consulted.disagreed, 'cơ quan không thống nhất')}; "
            f"{some(consulted.silent, 'cơ quan không trả lời')}."
        )
    return course


def _content(said: Submission) -> Iterator[parts.Part]:
    yield parts.Text(
        f"1. Dự thảo Quyết định gồm {counted(said.articles)} điều và "
        f"{counted(said.annexes)} Phụ lục."
    )
    if said.owners:
        total = sum(owner[1] for owner in said.owners)
        yield parts.Text(
            f"2. Danh mục gồm {counted(total)} cơ sở dữ liệu, phân theo cơ quan chủ "
            f"quản như sau (hạng mục tính theo hình thức chia sẻ đối với "
            f"{small_first(said.counted_for)}):",
            held=True,
        )
        yield _owners(said.owners)
    number = 3 if said.owners else 2
    yield parts.Text(
        f"{number}. Hiệu lực dự kiến: {said.effect}.", after_table=bool(said.owners)
    )


def _owners(owners: Sequence[tuple[str, int, int, int, int]]) -> parts.Table:
    columns = [
        parts.Column(head, width, centred=head != "Cơ quan chủ quản")
        for head, width in _OWNERS
    ]
    rows = [
        parts.Row([str(place), name, *map(counted, counts)], held=place < _HELD)
        for place, (name, *counts) in enumerate(owners, start=1)
    ]
    totals = [
        sum(column) for column in zip(*(owner[1:] for owner in owners), strict=True)
    ]
    total = parts.Row(["–", "Tổng số", *map(counted, totals)], bold=True)
    return parts.Table(columns, [*rows, total])


def _handled(writer: Writer, consulted: Consulted | None) -> str:
    if consulted is None:
        return "Dự thảo không phải lấy ý kiến các cơ quan."
    made = [
        f"{word} {counted(count)} nội dung góp ý"
        for word, count in (
            ("tiếp thu", consulted.accepted),
            ("giải trình", consulted.explained),
        )
        if count
    ]
    if not made:
        return "Các cơ quan không có nội dung góp ý phải tiếp thu, giải trình."
    done = f"{writer.name} {', '.join(made)} (Bảng tổng hợp kèm theo)"
    if consulted.open_points:
        return f"{done}; còn ý kiến khác nhau: {'; '.join(consulted.open_points)}."
    return f"{done}; không còn nội dung có ý kiến khác nhau."


def _enclosed(said: Submission) -> str:
    enclosed = ["dự thảo Quyết định và Phụ lục", "Báo cáo thẩm định"]
    if said.consulted is not None:
        enclosed.append("Bảng tổng hợp ý kiến, tiếp thu, giải trình")
    enclosed += [
        "bảng so sánh với Danh mục hiện hành",
        "danh sách căn cứ pháp lý và tình trạng hiệu lực",
        "văn bản đề nghị và văn bản góp ý của các cơ quan",
    ]
    listed = "; ".join(
        f"({place}) {name}" for place, name in enumerate(enclosed, start=1)
    )
    return f"Hồ sơ trình gồm: {listed}."


def report(writer: Writer, said: Submission) -> Paper:
    """Return the report on the examination (“báo cáo thẩm định”), its table as an annex
    that lies.
    """
    symbol = f"BC-{writer.symbol}"
    about = f"Kết quả thẩm định hồ sơ {small_first(said.title)}"
    when = ""
    if said.first_day and said.last_day:
        first, last = written(said.first_day), written(said.last_day)
        when = f", nhận từ {first} đến {last}" if first != last else f", nhận {first}"
    made: list[parts.Part] = [
        writer.head(symbol),
        parts.Title("Báo cáo", about),
        parts.Receivers([writer.committee]),
        parts.Section("I. CƠ SỞ, PHẠM VI THẨM ĐỊNH"),
        parts.Text(
            f"{writer.name} thẩm định {counted(said.examined)} phiếu đề nghị của các "
            f"cơ quan{when}, theo đặc tả và các tiêu chí của Danh mục cơ sở dữ liệu "
            f"dùng "
            "chung. Kết quả từng phiếu tại Phụ lục kèm theo."
        ),
        parts.Section("II. KẾT QUẢ THEO TIÊU CHÍ"),
        *(
            parts.Text(f"{place}. {criterion}: {result}.")
            for place, (criterion, result) in enumerate(said.results, start=1)
        ),
        parts.Section("III. NỘI DUNG CÒN Ý KIẾN, LÝ DO TRÌNH KÈM CẢNH BÁO"),
        *(parts.Text(text) for text in _warnings(said)),
        parts.Section("IV. KẾT LUẬN"),
        parts.Text(
            f"{counted(len(said.rows))} phiếu đủ điều kiện trình {writer.committee}."
        ),
        parts.Section("V. KIẾN NGHỊ"),
        parts.Text(
            f"{writer.name} kính đề nghị {writer.committee} xem xét, ban hành Quyết "
            "định./."
        ),
        writer.signature(["Như trên", f"Văn phòng UBND {writer.kind_of_place}"]),
        parts.Annex(
            "Kết quả thẩm định từng phiếu",
            goes_with("Báo cáo", symbol, writer.year, writer.name),
        ),
        _reported(said.rows),
        parts.Closing(f"Phụ lục gồm {counted(len(said.rows))} phiếu./."),
    ]
    return writer.paper(about, made)


def _warnings(said: Submission) -> list[str]:
    if not said.warnings:
        return ["Không còn nội dung có ý kiến; không phiếu nào trình kèm cảnh báo."]
    lines = []
    for place, (proposal, warning, why) in enumerate(said.warnings, start=1):
        reason = f" Lý do trình: {why}." if why else ""
        lines.append(f"{place}. {proposal}: {small_first(warning)}.{reason}")
    return lines


def _reported(rows: Sequence[Sequence[str]]) -> parts.Table:
    columns = [
        parts.Column(head, width, centred=head in {"STT", "Phiếu", "Số lượt"})
        for head, width in REPORTED
    ]
    return parts.Table(
        columns,
        [
            parts.Row([str(number), *cells])
            for number, cells in enumerate(rows, start=1)
        ],
    )


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return the papers as one ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(name, _MOMENT), data)
    return stream.getvalue()


def contents(writer: Writer, title: str, listed: Sequence[tuple[str, str]]) -> Paper:
    """Return the list of what an archive holds, each (file, what it is)."""
    columns = [
        parts.Column("STT", 12, centred=True),
        parts.Column("Tên tài liệu", 85),
        parts.Column("Tệp", 68),
    ]
    rows = [
        parts.Row([str(place), about, name])
        for place, (name, about) in enumerate(listed, start=1)
    ]
    made: list[parts.Part] = [
        writer.head(dated=False),
        parts.Title("Danh mục tài liệu", f"Hồ sơ trình {small_first(title)}"),
        parts.Text("Hồ sơ gồm các tài liệu sau:", held=True, after_table=True),
        parts.Table(columns, rows),
        parts.Text(f"Danh mục gồm {counted(len(rows))} tài liệu./.", after_table=True),
    ]
    return writer.paper(f"Danh mục tài liệu: {title}", made)


def _with(writer: Writer) -> str:
    symbol = f"TTr-{writer.symbol}"
    return goes_with("Tờ trình", symbol, writer.year, writer.name)


def _signed(writer: Writer) -> parts.Signatures:
    return parts.Signatures([((), ""), (writer.sign_off, writer.signatory)])


def comparison(
    writer: Writer, title: str, rows: Sequence[tuple[str, str, str, str, str]]
) -> Paper:
    """Return what the draft changes of the list as it is: (code, name, what, as it is,
    as drafted).
    """
    columns = [
        parts.Column("STT", 10, centred=True),
        parts.Column("Mã", 24, centred=True),
        parts.Column("Tên cơ sở dữ liệu", 58),
        parts.Column("Nội dung thay đổi", 40),
        parts.Column("Danh mục hiện hành", 60),
        parts.Column("Dự thảo", 60),
    ]
    listed = [
        parts.Row([str(place), *cells]) for place, cells in enumerate(rows, start=1)
    ]
    made: list[parts.Part] = [
        writer.head(dated=False),
        parts.Title(
            "Bảng so sánh", f"Dự thảo và Danh mục hiện hành\n{title}", _with(writer)
        ),
        parts.Text("Nội dung thay đổi như sau:", held=True, after_table=True),
        parts.Table(columns, listed),
        parts.Text(f"Gồm {counted(len(rows))} nội dung./.", after_table=True),
        _signed(writer),
    ]
    return writer.paper(f"Bảng so sánh: {title}", made, lying=True)


def legal_bases(
    writer: Writer, title: str, rows: Sequence[tuple[str, str, str]], day: date
) -> Paper:
    """Return the legal bases with their state: (document, state on the day, remark)."""
    columns = [
        parts.Column("STT", 12, centred=True),
        parts.Column("Văn bản", 85),
        parts.Column("Tình trạng hiệu lực", 38),
        parts.Column("Ghi chú", 30),
    ]
    listed = [
        parts.Row([str(place), *cells]) for place, cells in enumerate(rows, start=1)
    ]
    made: list[parts.Part] = [
        writer.head(dated=False),
        parts.Title("Danh sách căn cứ pháp lý", title, _with(writer)),
        parts.Text(f"Tình trạng đến {written(day)}:", held=True, after_table=True),
        parts.Table(columns, listed),
        parts.Text(f"Gồm {counted(len(rows))} văn bản./.", after_table=True),
        _signed(writer),
    ]
    return writer.paper(f"Danh sách căn cứ pháp lý: {title}", made)
