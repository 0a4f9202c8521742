import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_schema import identifiers
from catalog_schema.identifiers import AgencyCode, MalformedCodeError, OldCode, Scheme

group = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=4)
top = st.from_regex(r"[A-Y][0-9]{2}", fullmatch=True)
valid = st.builds(
    lambda head, tail: ".".join([head, *tail]), top, st.lists(group, max_size=5)
)


@given(valid)
def test_a_well_formed_code_is_read_back_as_it_stands(text):
    parsed = AgencyCode.parse(text)

    assert parsed.value == text
    assert parsed.level == text.count(".") + 1


@given(valid)
def test_the_parent_of_a_code_is_one_level_up_and_its_prefix(text):
    parsed = AgencyCode.parse(text)

    assert (parsed.parent is None) == (parsed.level == 1)
    if parsed.parent:
        assert text.startswith(parsed.parent.value + ".")
        assert parsed.parent.level == parsed.level - 1


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_refused_in_words(text):
    try:
        AgencyCode.parse(text)
    except MalformedCodeError as error:
        assert "QĐ 20/2020" in str(error)
    else:
        assert text.isascii()
        assert len(text) <= 35


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z01.1",
        "A1",
        "A01.",
        "A01..2",
        "a01",
        "A01\n",
        "A０1",
        "A01.é",
        "A01." + "1" * 32,
    ],
)
def test_malformed_codes_are_refused(text):
    with pytest.raises(MalformedCodeError):
        AgencyCode.parse(text)


def test_a_code_of_35_characters_is_the_longest():
    assert AgencyCode.parse("A01." + "1" * 31).level == 2


def test_codes_sort_group_by_group():
    codes = ["A01.10", "A01.2", "A01", "A01.2.1", "A01.B"]

    ordered = sorted(codes, key=lambda c: AgencyCode.parse(c).sort_key)

    assert ordered == ["A01", "A01.2", "A01.2.1", "A01.10", "A01.B"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("000.00.00.A19", "A19"),
        ("000.34.12.A19", "A19.12.34"),
        ("005.34.12.A19", "A19.12.34.005"),
        ("000.34.00.A19", None),
    ],
)
def test_the_old_form_suggests_the_new_unless_a_level_is_missing(old, new):
    suggestion = OldCode.parse(old).suggest()

    assert (suggestion.value if suggestion else None) == new


@pytest.mark.parametrize(
    "text", ["00.00.00.A19", "000.00.00.a19", "000.00.00.A19\n", "000-00-00-A19"]
)
def test_what_is_not_the_old_form_is_refused(text):
    with pytest.raises(MalformedCodeError):
        OldCode.parse(text)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Z01ABC", True),
        ("Z99" + "1" * 32, True),
        ("Z00A", False),
        ("Z01", False),
        ("Z01" + "1" * 33, False),
    ],
)
def test_scheme_codes_have_a_scheme_and_at_most_32_characters(text, good):
    if good:
        identifiers.parse(Scheme.ZXX, text)
    else:
        with pytest.raises(MalformedCodeError):
            identifiers.parse(Scheme.ZXX, text)


@given(valid, st.integers(1, 3))
def test_padding_a_group_with_zeros_makes_a_near_twin(text, zeros):
    head, dot, last = text.rpartition(".")
    twin = f"{head}{dot}{'0' * zeros}{last}" if dot else text

    assert identifiers.twin_key(twin) == identifiers.twin_key(text)


def test_different_codes_are_no_twins():
    assert identifiers.twin_key("A01.1") != identifiers.twin_key("A01.10")
    assert identifiers.twin_key("A01.1") == identifiers.twin_key("A01.01")


def test_codes_of_schemes_that_may_clash_carry_their_scheme_in_the_address():
    assert identifiers.segment(Scheme.QD20, "A01.1") == "A01.1"
    assert identifiers.segment(Scheme.MST, "0100109106") == "MST-0100109106"
