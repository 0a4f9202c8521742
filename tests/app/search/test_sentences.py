"""A sentence of which nothing has every word leads to what has most of it; short forms and initials lead to what they mean."""

import re

import pytest

from app.register.queries import Register
from app.register.standing import moment
from app.search import initials, nearest, service, synonyms
from app.search.terms import Match, Query, Term

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def searched(demo):
    with demo.database.reading() as session:
        register = Register(session, demo.profile, moment(session))

        def found(text, **more):
            wanted = service.filters(demo.profile, {})
            return service.search(register, demo.index, text, wanted, **more)

        yield found


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("bằng lái của tôi còn hạn không", "Cơ sở dữ liệu giấy phép lái xe"),
        ("muốn biết mảnh đất này ai đứng tên", "Cơ sở dữ liệu đất đai"),
        ("bao giờ con tôi phải chích ngừa", "Cơ sở dữ liệu tiêm chủng"),
        ("tam tru tam vang khai o dau", "Cơ sở dữ liệu cư trú trên địa bàn"),
        ("luật nào bảo vệ khi bị lộ số điện thoại", "91/2025/QH15"),
        ("nghi quyet sap nhap tinh binh phuoc vao dong nai", "202/2025/QH15"),
        (
            "kiểm tra nhà đất có đang bị ngăn chặn giao dịch không",
            "Cơ sở dữ liệu công chứng, hợp đồng giao dịch",
        ),
        # a database has every word, but is no standard
        (
            "tiêu chuẩn về cấp độ an toàn hệ thống thông tin",
            "Yêu cầu cơ bản về an toàn HTTT theo cấp độ",
        ),
    ],
)
def test_a_sentence_leads_to_what_has_most_of_it(searched, text, title):
    page = searched(text)

    assert page.near
    assert title in [view.title for view in page.items[:3]]
    assert all(phrase in text for phrase in page.meant.split(", "))


def test_a_word_is_no_joining_word_of_other_marks(searched):
    assert "chia sẻ" in searched("dữ liệu cá nhân chia sẻ qua LGSP").meant


def test_half_of_what_every_entry_says_is_no_word_of_its_own():
    words = ["dữ", "liệu", "cá", "nhân", "hộ", "tịch"]
    query = Query(tuple(Term(Match.WORD, (word,)) for word in words))

    told = nearest.told(query, lambda asked: dict.fromkeys(asked, 1))

    pairs = {part.term.words for part in told if part.term.match is Match.PHRASE}
    assert ("cá", "nhân") in pairs
    assert ("liệu", "cá") not in pairs


def test_words_that_join_others_are_left_out_before_any_other(searched):
    page = searched("xử phạt vi phạm về các dữ liệu trên mạng")

    assert page.meant
    assert "về" not in page.meant.split()


def test_a_syllable_among_marked_words_is_no_other_syllable(searched):
    titles = [view.title for view in searched("dữ liệu nào mở cho người dân").items]

    assert "Cơ sở dữ liệu khoáng sản" not in titles  # “mỏ”
    assert not any("chợ" in title for title in titles)


def test_filler_words_are_not_what_was_found(searched):
    page = searched("mã H19.4 là của cơ quan nào")
    marked = {
        word.lower()
        for view in page.items
        for part, is_hit in page.marking.parts(view.title, "title")
        for word in part.split()
        if is_hit
    }

    assert marked.isdisjoint({"của", "cơ", "là", "nào"})


def test_what_was_typed_exactly_is_found_or_nothing(searched):
    assert searched("bằng lái của tôi còn hạn không", exact=True).total == 0
    assert not searched("giấy phép lái xe").near


@pytest.mark.parametrize(
    "text",
    [
        '"bằng lái của tôi"',
        "bằng lái -xe",
        "title:bằng title:lái title:xyz",
        "xyzzyx qqqqqqq",
    ],
)
def test_who_asks_in_the_grammar_or_of_nothing_is_told_so(searched, text):
    assert searched(text).total == 0


def test_a_slip_is_mended_by_what_stands_side_by_side(searched):
    page = searched("quan trắc môi tưrờng")
    assert page.meant == "quan trac moi truong"
    assert page.items[0].title == "Cơ sở dữ liệu quan trắc môi trường"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("mã định danh 000.00.00.H19 là của ai", "Ủy ban nhân dân thành phố Đồng Nai"),
        ("nghị định 47/2020/NĐ-CP còn hiệu lực không", "47/2020/NĐ-CP"),
        ("mục CSDL-0062 nói gì", "Cơ sở dữ liệu đất đai"),
    ],
)
def test_a_code_inside_a_sentence_is_what_it_speaks_of(searched, text, title):
    assert searched(text).items[0].title == title


def test_the_marks_that_were_typed_come_first(searched):
    assert "Cơ sở dữ liệu khoáng sản" not in [
        view.title for view in searched("dữ liệu mở").items[:3]
    ]
    # who typed other marks finds it all the same
    assert searched("khoáng sãn").items[0].title == "Cơ sở dữ liệu khoáng sản"


def test_a_full_form_does_not_lead_to_what_two_letters_may_mean(searched):
    titles = [view.title for view in searched("điện thoại").items]

    assert not any(title.startswith("Sở ") for title in titles)


def test_a_short_form_of_several_things_says_so(searched):
    page = searched("KH")

    assert {"kế hoạch", "khoa học"} <= set(page.readings["KH"])
    assert "kh" in searched("kh").readings
    assert searched("đất đai").readings == {}


def test_what_is_a_syllable_too_counts_in_capitals():
    names = synonyms.names()

    def widened(word, *, capitals):
        (term,) = names.widened([Term(Match.WORD, (word,), capitals=capitals)])
        return {" ".join(one.words) for each in term.alternatives for one in each}

    assert "dự án" in widened("da", capitals=True)
    assert "dự án" not in widened("da", capitals=False)


def test_a_name_of_one_syllable_counts_as_it_is_written():
    names = synonyms.names((("đất", "thổ nhưỡng"),))

    (term,) = names.widened([Term(Match.WORD, ("đất",))])

    said = [each[0].words for each in term.alternatives]
    assert said[0] == ("đất",)
    assert ("thổ", "nhưỡng") in said


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Cơ sở dữ liệu đất đai", {"csdldd", "dd"}),
        ("Sở Nông nghiệp và Môi trường", {"snnvmt", "snnmt", "nnvmt", "nnmt"}),
        ("Luật Tổ chức chính quyền địa phương", {"ltccqdp", "tccqdp"}),
        ("Cơ sở dữ liệu công an", {"csdlca"}),  # “ca” is a word
        ("Quyết định 20", set()),
    ],
)
def test_the_initials_of_a_name(name, short):
    assert set(initials.of(name)) == short


def test_initials_lead_to_what_bears_the_name(searched):
    assert searched("CSDLQTMT").items[0].title == "Cơ sở dữ liệu quan trắc môi trường"
    # and no word leads to initials
    assert not any(
        reason.field == initials.INITIALS
        for found in searched("đất đai").ranked.values()
        for reason in found.reasons
    )


def test_the_page_says_by_which_words_and_leads_back(demo_client):
    page = demo_client.get("/tim-kiem?q=bằng+lái+của+tôi+còn+hạn+không").text
    assert "Không có mục nào khớp hẳn “bằng lái của tôi còn hạn không”" in page
    assert '<strong lang="vi">bằng lái</strong>' in page

    (href,) = re.findall(r'href="([^"]*exact=1[^"]*)"', page)
    exact = demo_client.get(href.replace("&amp;", "&")).text
    assert "Không tìm thấy kết quả phù hợp." in exact


def test_the_interface_says_so_too(demo_client):
    def entries(**asked):
        return demo_client.get("/api/v1/entries", query_string=asked).json

    sentence = "bằng lái của tôi còn hạn không"
    near = entries(q=sentence)
    assert (near["near"], near["meant"]) == (True, "bằng lái")
    assert entries(q=sentence, exact="true")["total"] == 0
    plain = entries(q="giấy phép lái xe")
    assert (plain["near"], plain["meant"]) == (False, None)


def test_a_feed_has_nothing_but_what_was_asked(demo_client):
    sentence = "bằng lái của tôi còn hạn không"

    feed = demo_client.get("/tim-kiem.atom", query_string={"q": sentence}).text

    assert "<entry>" not in feed


def test_the_page_offers_each_reading_alone(demo_client):
    page = demo_client.get("/tim-kiem?q=KH,").text

    assert "“KH” có nhiều nghĩa" in page
    (href,) = re.findall(r'href="(/tim-kiem[^"]*)" lang="vi">kế hoạch<', page)
    alone = demo_client.get(href.replace("&amp;", "&")).text
    assert "có nhiều nghĩa" not in alone
    assert "kết quả" in alone
