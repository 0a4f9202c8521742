# ruff: noqa: SLF001 - python-docx has no public names for what is looked at
"""Every paper has the form that the administration asks for: NĐ 30/2020/NĐ-CP, Phụ lục I to III."""

import io
import re
import unicodedata
from dataclasses import replace
from functools import cache

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from paper_samples import DECISIONS, LETTERS, PAPERS, WHOLE
from pypdf import PdfReader

from app.documents.papers import docx, parts, pdf
from app.documents.papers.styles import ILLUSTRATIVE, MOTTO, STYLES, Side
from app.documents.papers.typography import lines, width
from app.workflow.official_words import Basis, cited, ordered

NO_BREAK = "\N{NO-BREAK SPACE}"
UPPER = (
    "vb-quoc-hieu",
    "vb-chu-quan",
    "vb-co-quan",
    "vb-ten-loai",
    "vb-tham-quyen",
    "vb-quyen-han",
    "vb-ten-phu-luc",
)
RULED_BELOW = ("vb-tieu-ngu", "vb-co-quan", "vb-trich-yeu", "vb-kem-theo")
ALIGNED = {None: "left", "left": "left", "both": "both", "center": "center"}


@cache
def drawn(name):
    return docx.docx(PAPERS[name]())


@cache
def printed(name):
    return pdf.of(drawn(name))


def opened(data):
    return Document(io.BytesIO(data))


def paragraphs(document):
    return [Paragraph(p, document) for p in document.element.body.iter(qn("w:p"))]


def of_style(document, *names):
    return [each for each in paragraphs(document) if each.style.name in names]


def text_of(paragraph):
    pieces = []
    for piece in paragraph._p.iter(qn("w:t"), qn("w:noBreakHyphen"), qn("w:br")):
        if piece.tag == qn("w:noBreakHyphen"):
            pieces.append("-")
        else:
            pieces.append(piece.text or "\n")
    return "".join(pieces)


def mm(twips):
    return int(twips) / 1440 * 25.4


def set_in(paragraph, tag, name):
    """Return what a paragraph says itself, else its style, of a property in the XML."""
    own = paragraph._p.find(f"{qn('w:pPr')}/{qn(tag)}")
    if own is not None and own.get(qn(name)) is not None:
        return own.get(qn(name))
    of = paragraph.style.element.find(f"{qn('w:pPr')}/{qn(tag)}")
    return of.get(qn(name)) if of is not None else None


# -- the checks, by their numbers


def check_1(document):
    for section in document.element.body.iter(qn("w:sectPr")):
        size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
        sides = (mm(size.get(qn("w:w"))), mm(size.get(qn("w:h"))))
        lying = size.get(qn("w:orient")) == "landscape"
        assert sides == pytest.approx((297, 210) if lying else (210, 297), abs=0.5)
        for name, least, most in (
            ("top", 20, 25),
            ("bottom", 20, 25),
            ("left", 30, 35),
            ("right", 15, 20),
        ):
            assert least - 0.1 <= mm(margins.get(qn(f"w:{name}"))) <= most + 0.1, name


def check_2(document):
    defaults = document.styles.element.find(qn("w:docDefaults"))
    places = [defaults, document.styles["Normal"].element]
    places += [document.styles[name].element for name in STYLES]
    for place in places:
        for fonts in place.iter(qn("w:rFonts")):
            names = {key.split("}")[1]: value for key, value in fonts.attrib.items()}
            assert set(names) == {"ascii", "hAnsi", "cs", "eastAsia"}
            assert set(names.values()) == {"Times New Roman"}
    body = document.element.body
    assert list(body.iter(qn("w:rFonts"))) == []
    assert list(body.iter(qn("w:color"))) == []
    for name in STYLES:
        colour = document.styles[name].element.find(f".//{qn('w:color')}")
        assert colour.get(qn("w:val")) == "000000"


def check_3(document):
    for paragraph in paragraphs(document):
        if not text_of(paragraph).strip():
            continue
        style = STYLES[paragraph.style.name]
        font = paragraph.style.font
        assert (font.size.pt, font.bold, font.italic) == (
            style.size,
            style.bold,
            style.italic,
        )
        if paragraph.style.name != "vb-kinh-gui":
            assert ALIGNED[set_in(paragraph, "w:jc", "w:val")] == str(style.side)
        for run in paragraph._p.iter(qn("w:rPr")):
            assert {child.tag for child in run} <= {qn("w:b"), qn("w:bCs"), qn("w:i")}


def check_4(document):
    for paragraph in of_style(document, *UPPER):
        assert text_of(paragraph) == text_of(paragraph).upper()
    for paragraph in of_style(document, "vb-phu-luc"):
        assert re.fullmatch(
            r"Phụ lục( [IVX]+)?", text_of(paragraph).replace(NO_BREAK, " ")
        )
    for paragraph in of_style(document, "vb-tieu-ngu"):
        assert text_of(paragraph) == MOTTO == "Độc lập - Tự do - Hạnh phúc"


def check_5(document):
    for paragraph in of_style(document, "vb-noi-dung", "vb-dieu", "vb-can-cu"):
        assert set_in(paragraph, "w:jc", "w:val") == "both"
        first = mm(set_in(paragraph, "w:ind", "w:firstLine"))
        assert first == pytest.approx(12.7, abs=0.1)
        assert int(set_in(paragraph, "w:spacing", "w:after")) >= 120
        line = set_in(paragraph, "w:spacing", "w:line")
        assert 1.0 <= int(line or 240) / 240 <= 1.5


def check_6(document):
    first = next(iter(document.element.body))
    assert first.tag == qn("w:tbl")
    table = document.tables[0]
    assert {
        side.get(qn("w:val")) for side in first.find(f".//{qn('w:tblBorders')}")
    } == {"nil"}
    left, right = (
        [p.style.name for p in cell.paragraphs] for cell in table.rows[0].cells
    )
    assert "vb-co-quan" in left
    assert "vb-quoc-hieu" in right
    if len(table.rows) > 1:
        number, day = (
            [p.style.name for p in cell.paragraphs] for cell in table.rows[1].cells
        )
        assert number[0] == "vb-so"
        assert day == ["vb-dia-danh"]


def check_7(document):
    for paragraph in paragraphs(document):
        in_table = paragraph._p.getparent().tag == qn("w:tc")
        dashes = re.fullmatch(r"[-–—_]+", text_of(paragraph).strip())
        assert not dashes or (in_table and paragraph.style.name.startswith("vb-bang"))
    found = paragraphs(document)
    for place, paragraph in enumerate(found):
        name = paragraph.style.name
        if name not in RULED_BELOW or found[place + 1].style.name in RULED_BELOW:
            continue
        border = found[place + 1]._p.find(f".//{qn('w:pBdr')}/{qn('w:top')}")
        assert found[place + 1].style.name == "vb-ke", text_of(paragraph)
        assert border.get(qn("w:val")) == "single"
        assert 0.5 <= int(border.get(qn("w:sz"))) / 8 <= 0.75


def check_8(document):
    found = paragraphs(document)
    room = None
    for place, paragraph in enumerate(found):
        rule = found[place + 1] if place + 1 < len(found) else None
        ruled = rule is not None and rule._p.find(f".//{qn('w:pBdr')}") is not None
        name = paragraph.style.name
        if name not in RULED_BELOW or not ruled:
            continue
        cell = paragraph._p.getparent()
        if cell.tag == qn("w:tc"):
            room = mm(cell.find(f".//{qn('w:tcW')}").get(qn("w:w")))
        else:
            room = _room(document, paragraph)
        sides = mm(set_in(rule, "w:ind", "w:left")) + mm(
            set_in(rule, "w:ind", "w:right")
        )
        length = room - sides
        style = STYLES[name]
        above = [text_of(p) for p in found[: place + 1] if p.style.name == name]
        texts = above if name == "vb-co-quan" else text_of(paragraph).split("\n")
        longest = max(width(each, style.size, bold=style.bold) for each in texts)
        ratio = length / longest
        if name == "vb-tieu-ngu":
            assert ratio == pytest.approx(1, abs=0.02)
        else:
            assert 0.333 <= ratio <= 0.5, (name, ratio)


def _room(document, paragraph):
    """Return the width of the text on the pages of a paragraph."""
    for element in paragraph._p.itersiblings():
        section = element.find(f".//{qn('w:sectPr')}")
        if element.tag == qn("w:sectPr"):
            section = element
        if section is not None:
            size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
            sides = int(margins.get(qn("w:left"))) + int(margins.get(qn("w:right")))
            return mm(int(size.get(qn("w:w"))) - sides)
    raise AssertionError(text_of(paragraph))


def check_9(document, *, letter=False):
    for paragraph in of_style(document, "vb-so"):
        said = text_of(paragraph)
        if not said:
            continue
        symbol = (
            r"[A-ZĐ]+-[A-ZĐ]+" if letter else r"(QĐ|TTr|BC|TB|BTT)-[A-ZĐ]+(-[A-ZĐ]+)*"
        )
        assert re.fullmatch(rf"Số:[{NO_BREAK} ]*\d*/{symbol}", said), said
        both_sides = "/BTT-" in said  # of an agreement, by both symbols
        assert both_sides or said.endswith(("-UBND", "-SKHCN", "SKHCN-CĐS"))


def check_10(document):
    for paragraph in of_style(document, "vb-dia-danh"):
        said = text_of(paragraph).replace(NO_BREAK, " ")
        if said:
            assert re.fullmatch(r"Thử Nghiệm, ngày +tháng +năm 2026", said), said


def check_11(document):
    said = [text_of(each) for each in of_style(document, "vb-can-cu")]
    for place, line in enumerate(said, start=1):
        assert line.startswith(("Căn cứ ", "Theo đề nghị của "))
        assert line.endswith(";" if place < len(said) else ".")
        assert not re.search(r"\d\d/\d\d/\d{4}", line)


def check_12(document):
    ranks = ("Luật", "Pháp lệnh", "Nghị quyết", "Nghị định", "Quyết định", "Thông tư")
    said = [text_of(each) for each in of_style(document, "vb-can-cu")]
    places = []
    for line in said:
        if line.startswith("Căn cứ "):
            kind = next(rank for rank in ranks if line.startswith(f"Căn cứ {rank}"))
            places.append(ranks.index(kind))
        if re.match(r"Căn cứ (Luật|Pháp lệnh)", line):
            assert not re.search(r" số \d|của Quốc hội|QH\d", line), line
    assert places == sorted(places)


def check_14(document):
    leads = [text_of(each) for each in of_style(document, "vb-dieu")]
    numbers = [int(re.match(r"Điều\s(\d+)\. ", lead)[1]) for lead in leads]
    assert numbers == list(range(1, len(leads) + 1))
    for paragraph in of_style(document, "vb-dieu"):
        bold = paragraph.runs[0]
        assert bold.bold
        assert re.fullmatch(r"Điều\s\d+\. ", bold.text)
    first = re.sub(r"^Điều\s1\. ", "", leads[0])
    assert first.startswith(("Ban hành kèm theo Quyết định này", "Sửa đổi, bổ sung"))


def check_16(document):
    lines_ = [text_of(each) for each in of_style(document, "vb-quyen-han")]
    authority = [text_of(each) for each in of_style(document, "vb-tham-quyen")]
    if authority:
        assert ("TM." in lines_[0]) == authority[0].startswith("ỦY BAN NHÂN DÂN")
    for paragraph in of_style(document, "vb-ho-ten"):
        name = text_of(paragraph)
        assert name
        assert not re.match(r"(ThS|TS|PGS|GS|BS)\.", name)


def check_17(document):
    for table in document.tables:
        for row in table.rows:
            names = [p.style.name for cell in row.cells for p in cell.paragraphs]
            if "vb-noi-nhan" in names:
                assert "vb-quyen-han" in names
    said = [text_of(each) for each in of_style(document, "vb-noi-nhan-dong")]
    if said:
        assert all(re.fullmatch(r"- .*;", line) for line in said[:-1])
        assert re.fullmatch(r"- Lưu: VT, \S+\.", said[-1])
        articles = of_style(document, "vb-dieu")
        titles = [text_of(each).lower() for each in of_style(document, "vb-ten-loai")]
        if "bản thỏa thuận" in titles:
            assert len(said) > 2  # each side, and where it is kept
        elif articles:
            assert said[0] == f"- Như Điều{NO_BREAK}{len(articles)};"
        elif of_style(document, "vb-kinh-gui"):
            assert said[0] == "- Như trên;"


def check_18(document):
    heads = of_style(document, "vb-kinh-gui")
    listed = of_style(document, "vb-kinh-gui-dong")
    for head in heads:
        said = text_of(head)
        if said != "Kính gửi:":
            assert re.fullmatch(r"Kính gửi: [^-].*", said)
            assert listed == []
    for place, paragraph in enumerate(listed, start=1):
        end = "." if place == len(listed) else ";"
        assert re.fullmatch(rf"- .*\{end}", text_of(paragraph))
        left = mm(set_in(paragraph, "w:ind", "w:left"))
        hanging = mm(set_in(paragraph, "w:ind", "w:hanging"))
        colon = mm(set_in(heads[0], "w:ind", "w:left")) + width("Kính gửi", 14)
        assert left - hanging == pytest.approx(colon, abs=1)


def check_19(document, *, letter=False):
    about = of_style(document, "vb-vv")
    titles = of_style(document, "vb-ten-loai")
    assert bool(about) == letter
    assert bool(titles) != letter
    for paragraph in about:
        before = paragraph._p.getprevious()
        assert Paragraph(before, document).style.name == "vb-so"
        assert not paragraph.style.font.italic
        assert paragraph.style.paragraph_format.space_before.pt == 6


def check_20(document):
    annexes = [
        text_of(each).replace(NO_BREAK, " ")
        for each in of_style(document, "vb-phu-luc")
    ]
    sections = list(document.element.body.iter(qn("w:sectPr")))
    assert len(sections) == 1 + len(annexes)
    for section in sections[1:]:
        assert section.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
        assert section.find(qn("w:titlePg")) is not None
    roman = ["Phụ lục I", "Phụ lục II", "Phụ lục III"]
    assert annexes in ([], ["Phụ lục"], roman[: len(annexes)])
    body = " ".join(
        text_of(each)
        for each in of_style(document, "vb-dieu", "vb-noi-dung", "vb-kinh-gui")
    )
    for name in annexes:
        word = name if len(annexes) > 1 or "Phụ lục" in body else "kèm theo"
        assert word in body.replace(NO_BREAK, " ")


def ruled(document):
    for table in document.tables:
        borders = table._tbl.tblPr.find(qn("w:tblBorders"))
        if {side.get(qn("w:val")) for side in borders} == {"single"}:
            yield table


def check_21(document):
    for table in ruled(document):
        rows = table._tbl.tr_lst
        assert rows[0].find(f".//{qn('w:tblHeader')}") is not None
        for row in rows:
            assert row.find(f".//{qn('w:cantSplit')}") is not None
        wide = sum(mm(column.get(qn("w:w"))) for column in table._tbl.tblGrid)
        first = Paragraph(table._tbl.find(f".//{qn('w:p')}"), document)
        holder = table._tbl
        room = _room(document, Paragraph(holder, document))
        assert wide == pytest.approx(room, abs=1), text_of(first)
        for paragraph in table._tbl.iter(qn("w:p")):
            assert STYLES[Paragraph(paragraph, document).style.name].size >= 11


def check_22(document):
    for table in ruled(document):
        grid = [mm(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        for row in table._tbl.tr_lst:
            at = 0
            for cell in row.tc_lst:
                inner = sum(grid[at : at + cell.grid_span]) - 2
                at += cell.grid_span
                for element in cell.iter(qn("w:p")):
                    paragraph = Paragraph(element, document)
                    bold = STYLES[paragraph.style.name].bold
                    for word in text_of(paragraph).split():
                        assert width(word, 11, bold=bold) <= inner, word


CHECKS = {name: value for name, value in globals().items() if name.startswith("check_")}
ONLY = {
    "check_9": PAPERS,
    "check_14": DECISIONS,
    "check_19": PAPERS,
}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_has_the_form_that_the_decree_asks_for(name, check):
    if name not in ONLY.get(check, PAPERS):
        return
    document = opened(drawn(name))
    if check in {"check_9", "check_19"}:
        CHECKS[check](document, letter=name in LETTERS)
    else:
        CHECKS[check](document)


def page_texts(name):
    reader = PdfReader(io.BytesIO(printed(name)))
    return [squeezed(page.extract_text()) for page in reader.pages]


def numbered_pages(name):
    """Yield (number, 1 where none stands there; what it says besides) of each page."""
    number = 0
    for page in page_texts(name):
        assert page.endswith(ILLUSTRATIVE)
        said = page.removesuffix(ILLUSTRATIVE).strip()
        shown = f" {number + 1}"
        number = number + 1 if number and said.endswith(shown) else 1
        yield number, said.removesuffix(shown) if number > 1 else said


def squeezed(text):
    plain = unicodedata.normalize(
        "NFC", text.replace("\u2060", "").replace("\u2011", "-")
    )
    return re.sub(r"\s+", " ", plain.replace(NO_BREAK, " ")).strip()


@pytest.mark.parametrize("name", PAPERS)
def test_the_pdf_says_the_same_in_the_same_order(name):
    document = opened(drawn(name))
    words = squeezed(" ".join(text_of(each) for each in paragraphs(document)))
    said = " ".join(page for _, page in numbered_pages(name))
    for table in ruled(document):  # heads are repeated on each page
        head = squeezed(
            " ".join(
                text_of(Paragraph(p, document))
                for row in table._tbl.tr_lst
                if row.find(f".//{qn('w:tblHeader')}") is not None
                for p in row.iter(qn("w:p"))
            )
        )
        first, *more = said.split(head)
        said = first + head + "".join(more) if more else said
        words = words.replace(head, "", words.count(head) - 1)
        said = said.replace(head, "", said.count(head) - 1)
    assert re.sub(r"\s", "", said) == re.sub(r"\s", "", words)


@pytest.mark.parametrize("name", PAPERS)
def test_pages_are_numbered_from_the_second_of_each_part_and_bear_the_mark(name):
    pages = list(numbered_pages(name))
    assert all(said for _, said in pages)
    numbers = [number for number, _ in pages]
    starts = numbers.count(1)
    assert starts == 1 + len(of_style(opened(drawn(name)), "vb-phu-luc"))


@pytest.mark.parametrize("name", PAPERS)
def test_fonts_are_embedded_and_as_wide_as_times(name):
    reader = PdfReader(io.BytesIO(printed(name)))
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert re.search(r"Times|Liberation-?Serif|Tinos", inner["/BaseFont"])
            described = inner["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)


@pytest.mark.parametrize("name", DECISIONS)
def test_no_page_of_an_annex_cuts_a_block_or_ends_with_a_group(name):
    pages = page_texts(name)
    lists = [page for page in pages if "Hình thức chia sẻ theo" in page]
    assert lists
    for page in lists:
        body = re.sub(rf"( \d+)? {ILLUSTRATIVE}$", "", page)
        assert not re.search(r"cơ sở dữ liệu\)$", body)
        # the last row of each page is the last of its database
        assert "Mã" in body
    whole = " ".join(pages)
    for code in re.findall(r"CSDL-\d{4}", whole):
        assert code in whole.split() or f"{code}" in whole


def test_the_pdf_is_justified_where_the_paper_is():
    def content(data):
        page = PdfReader(io.BytesIO(pdf.of(data))).pages[0]
        return page.get_contents().get_data()

    document = opened(drawn("asking"))
    for paragraph in of_style(document, "vb-noi-dung"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    stream = io.BytesIO()
    document.save(stream)

    assert content(stream.getvalue()) != content(drawn("asking"))


def test_the_signature_never_stands_alone():
    text = (
        "Đề nghị các cơ quan nghiên cứu, thực hiện theo đúng quy định của pháp luật. "
    )

    def signed(count):
        paper = PAPERS["mending"]()
        body = [parts.Text(text * 3) for _ in range(count)]
        made = [*paper.parts[:2], *body, paper.parts[-1]]
        return pdf.of(docx.docx(replace(paper, parts=made)))

    seen = set()
    for count in range(1, 10):
        pages = [
            squeezed(page.extract_text())
            for page in PdfReader(io.BytesIO(signed(count))).pages
        ]
        last = pages[-1]
        seen.add(len(pages))
        assert "Nơi nhận:" in last
        assert "thực hiện theo đúng quy định" in last
    assert seen == {1, 2}


def test_a_paper_is_the_same_to_the_byte_and_silent_about_programs():
    data = drawn("new-decision")
    assert docx.docx(PAPERS["new-decision"]()) == data
    about = opened(data).core_properties
    assert about.comments == ""
    assert about.language == "vi-VN"
    assert about.title.startswith("Quyết định Ban hành Danh mục")


def test_a_line_of_a_title_ends_where_the_sense_does():
    paper = PAPERS["new-decision"]()
    (subject,) = of_style(opened(docx.docx(paper)), "vb-trich-yeu")
    for line in text_of(subject).split("\n"):
        assert not line.endswith((" cơ", " sở", " dữ", " Thử", " của"))
    assert lines("một hai ba", 1, 14) == ["một", "hai", "ba"]
    assert width("ế", 14) == width("e", 14)


# -- each check is seen to fail


def broken(name, change):
    document = opened(drawn(name))
    change(document)
    return document


def _margin(document):
    document.sections[-1].left_margin = document.sections[-1].right_margin


def _dashes(document):
    document.add_paragraph("———", style="vb-noi-dung")


def _law_by_number(document):
    line = next(
        p for p in of_style(document, "vb-can-cu") if "Luật Dữ liệu" in text_of(p)
    )
    line.runs[0].text = "Căn cứ Luật Dữ liệu số 60/2024/QH15;"


def _together_for_one(document):
    of_style(document, "vb-tham-quyen")[0].runs[0].text = f"CHỦ TỊCH {WHOLE.upper()}"


def _leaning(document):
    document.styles["vb-vv"].font.italic = True


def _narrow(document):
    table = next(iter(ruled(document)))
    table._tbl.tblGrid[1].set(qn("w:w"), "700")


def _own_size(document):
    of_style(document, "vb-noi-dung")[0].runs[0].font.size = 200_000


def _small_first_line(document):
    document.styles["vb-dieu"].paragraph_format.first_line_indent = 0


def _another_font(document):
    document.styles["vb-dieu"].font.name = "Arial"


def _lower(document):
    of_style(document, "vb-quoc-hieu")[0].runs[0].text = "Cộng hòa"


def _long_rule(document):
    rule = next(
        p
        for p in of_style(document, "vb-ke")
        if p._p.find(f".//{qn('w:pBdr')}") is not None
    )
    rule.paragraph_format.left_indent = 0


def _no_head(document):
    table = next(iter(ruled(document)))
    for mark in list(table._tbl.iter(qn("w:tblHeader"))):
        mark.getparent().remove(mark)


def _skipped(document):
    of_style(document, "vb-dieu")[1].runs[0].text = "Điều 5. "


def _unfiled(document):
    of_style(document, "vb-noi-nhan-dong")[-1].runs[0].text = "- Lưu: VT."


def _dashed_receiver(document):
    of_style(document, "vb-kinh-gui-dong")[-1].runs[0].text = "- Sở Nội vụ;"


def _numbered_day(document):
    of_style(document, "vb-can-cu")[0].runs[0].text = "Căn cứ Luật A ngày 01/01/2026;"


def _wrong_symbol(document):
    of_style(document, "vb-so")[0].runs[0].text = "Số: 12-QĐ"


def _wrong_day(document):
    of_style(document, "vb-dia-danh")[0].runs[0].text = "Thử Nghiệm, ngày 5 tháng 01"


def _one_annex_more(document):
    document.add_paragraph("Phụ lục IX", style="vb-phu-luc")


def _no_table_first(document):
    document.element.body.insert(0, document.add_paragraph("")._p)


BREAKS = {
    "check_1": ("new-decision", _margin),
    "check_2": ("new-decision", _another_font),
    "check_3": ("new-decision", _own_size),
    "check_4": ("new-decision", _lower),
    "check_5": ("new-decision", _small_first_line),
    "check_6": ("new-decision", _no_table_first),
    "check_7": ("new-decision", _dashes),
    "check_8": ("new-decision", _long_rule),
    "check_9": ("new-decision", _wrong_symbol),
    "check_10": ("new-decision", _wrong_day),
    "check_11": ("new-decision", _numbered_day),
    "check_12": ("new-decision", _law_by_number),
    "check_14": ("new-decision", _skipped),
    "check_16": ("new-decision", _together_for_one),
    "check_17": ("new-decision", _unfiled),
    "check_18": ("asking", _dashed_receiver),
    "check_19": ("asking", _leaning),
    "check_20": ("amendment", _one_annex_more),
    "check_21": ("new-decision", _no_head),
    "check_22": ("new-decision", _narrow),
}


def test_every_check_has_a_paper_on_which_it_fails():
    assert set(BREAKS) == set(CHECKS)


@pytest.mark.parametrize("check", BREAKS)
def test_a_check_fails_on_a_paper_that_is_wrong(check):
    name, change = BREAKS[check]
    document = broken(name, change)
    with pytest.raises((AssertionError, TypeError)):
        if check in {"check_9", "check_19"}:
            CHECKS[check](document, letter=name in LETTERS)
        else:
            CHECKS[check](document)


# -- legal bases


def test_bases_are_ordered_by_rank_authority_and_day_and_laws_have_no_number():
    def law(kind, number, issued, words=None, *, authority=False):
        return Basis(kind, number, issued, "Chính phủ", words, "Quy định", authority)

    from datetime import date

    found = ordered(
        [
            law("Thông tư", "1/2026/TT-BKHCN", date(2026, 1, 1)),
            law("Luật", "2", date(2020, 1, 1), words="Luật B số 2/2020/QH14"),
            law("Luật", "3", date(2025, 1, 1), "Luật C số 3/2025/QH15", authority=True),
            law("Luật", "1", date(2019, 1, 1), words="Luật A số 1/2019/QH14"),
            law("Nghị định", "5/2025/NĐ-CP", date(2025, 2, 3)),
        ]
    )

    assert [cited(each) for each in found] == [
        "Căn cứ Luật C ngày 01 tháng 01 năm 2025",
        "Căn cứ Luật A ngày 01 tháng 01 năm 2019",
        "Căn cứ Luật B ngày 01 tháng 01 năm 2020",
        "Căn cứ Nghị định số 5/2025/NĐ-CP ngày 03 tháng 02 năm 2025 của Chính phủ quy định",
        "Căn cứ Thông tư số 1/2026/TT-BKHCN ngày 01 tháng 01 năm 2026 của Chính phủ quy định",
    ]
    with pytest.raises(ValueError, match="Basis"):
        cited(Basis("Luật", "9", date(2025, 1, 1), "Quốc hội", None))
    assert Side.LEFT == "left"
