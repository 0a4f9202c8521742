"""Letters that look alike are one letter at every door, and what shows nothing is not there."""

import pytest

from app.register import codes
from app.register.content.facts import name_key
from app.search.grammar import grammar_of
from app.vietnamese import clean, fold, seen
from app.workflow.proposals.sanitising import sanitise
from catalog_schema.profile import Visibility

PLAIN = "Đất đai 47/2020/NĐ-CP"
ALIKE = {
    "eth for Đ": "Ðất ðai 47/2020/NÐ-CP",
    "African D": "Ɖất đai 47/2020/NƉ-CP",
    "decomposed": "Đâ\u0301t đai 47/2020/NĐ-CP",
    "zero width": "Đất\u200b đai\u2060 47/2020/N\u200dĐ-CP\ufeff",
    "soft hyphen": "Đất đ\u00adai 47/2020/NĐ\u00ad-CP",
    "full width": "Đất đai ４７／２０２０／NĐ－CP",
    "no-break and wide blanks": "Đất\u00a0đai\u202f\u300047/2020/NĐ-CP",
    "double blanks": " Đất  đai   47/2020/NĐ-CP ",
    "direction marks": "\u200eĐất đai \u202a47/2020/NĐ-CP\u202c",
    "filler": "Đất đai\u3164 47/2020/NĐ-CP",
}
each = pytest.mark.parametrize("text", ALIKE.values(), ids=ALIKE.keys())


@each
def test_text_is_kept_as_it_was_meant(text):
    assert clean(text) == seen(text) == PLAIN
    assert clean(clean(text)) == clean(text)


@each
def test_what_is_sent_by_form_or_interface_is_kept_as_it_was_meant(text):
    content = sanitise({"title": {"vi": text}, "keyword": [text]}).content

    assert content == {"title": {"vi": PLAIN}, "keyword": [PLAIN]}


@each
def test_names_and_folded_texts_are_the_same(text):
    assert name_key(clean(text)) == name_key(PLAIN)
    assert fold(clean(text)) == fold(PLAIN)


@each
def test_a_search_asks_for_the_same(office, text):
    grammar = grammar_of(office.system.profile, Visibility.PUBLIC)

    assert grammar.parse(text) == grammar.parse(PLAIN)


@pytest.mark.parametrize(
    "text", ["Ｈ１９．５", "H19.\u200b5", "\u00a0H19.5 ", "h19.5", "H19\u00ad.5"]
)
def test_a_code_is_read_the_same(text):
    assert codes.read_as(text) == "H19.5"


def test_a_letter_of_another_case_is_folded_without_being_cleaned_before():
    assert fold("ÐẤT ÐAI") == fold("đất đai") == "dat dai"


def test_line_breaks_and_tabs_stay():
    assert clean("một\r\nhai\u2028ba\tbốn") == "một\nhai\nba\tbốn"


@pytest.mark.parametrize("text", ["\u200b", "\u2060\u200d", "\u00ad", "\u3164", " \n "])
def test_what_shows_nothing_is_nothing(text):
    assert clean(text) == ""
