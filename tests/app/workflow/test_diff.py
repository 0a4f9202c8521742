"""Differences between contents, and merging: nothing that either side wrote is lost unseen."""

from hypothesis import given
from hypothesis import strategies as st

from app.workflow.proposals import diff
from app.workflow.proposals.diff import Mark
from catalog_schema import profile as profiles

KIND = profiles.load("https://danhmuc.example").kinds["shared-database"]
FIELDS = KIND.fields


def marks(before, after):
    return {change.name: change.mark for change in diff.compare(FIELDS, before, after)}


def test_each_field_is_marked_added_removed_changed_or_same():
    before = {"title": {"vi": "A"}, "scope": {"vi": "Toàn tỉnh"}, "frequency": "DAILY"}
    after = {"title": {"vi": "B"}, "purpose": {"vi": "Để làm"}, "frequency": "DAILY"}

    assert marks(before, after) == {
        "title": Mark.CHANGED,
        "purpose": Mark.ADDED,
        "scope": Mark.REMOVED,
        "frequency": Mark.SAME,
    }


def test_blanks_and_the_order_of_plain_lists_are_no_difference():
    assert marks(
        {"theme": ["ENVI", "AGRI"], "note": ""}, {"theme": ["AGRI", "ENVI"]}
    ) == {"theme": Mark.SAME}


def test_words_are_marked_one_by_one():
    runs = diff.words("Quản lý đất đai", "Quản lý nhà ở đất đai")

    assert (Mark.SAME, "Quản lý") in [(m, t) for m, t in runs if m is Mark.SAME][:1]
    assert (
        "".join(text for mark, text in runs if mark is not Mark.REMOVED)
        == "Quản lý nhà ở đất đai"
    )
    assert (
        "".join(text for mark, text in runs if mark is not Mark.ADDED)
        == "Quản lý đất đai"
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_always_give_back_both_texts(before, after):
    runs = diff.words(before, after)

    assert "".join(text for mark, text in runs if mark is not Mark.REMOVED) == after
    assert "".join(text for mark, text in runs if mark is not Mark.ADDED) == before


def test_data_items_are_followed_by_their_key():
    before = {
        "data_items": [
            {"key": "1", "source": "A"},
            {"key": "2", "source": "B"},
            {"key": "3", "source": "C"},
        ]
    }
    after = {
        "data_items": [
            {"key": "3", "source": "C"},
            {"key": "1", "source": "A2"},
            {"key": "4", "source": "D"},
        ]
    }

    (change,) = diff.compare(FIELDS, before, after)

    assert {item.key: item.mark for item in change.items} == {
        "3": Mark.SAME,
        "1": Mark.CHANGED,
        "4": Mark.ADDED,
        "2": Mark.REMOVED,
    }
    assert {item.key for item in change.items if item.moved} == {"1", "3"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda s: (
            st.lists(s, max_size=3)
            | st.dictionaries(
                st.sampled_from(["vi", "key", "fn", "name", "sharing"]), s, max_size=3
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_was_typed_can_be_compared_and_merged(junk):
    before = {"data_items": junk, "title": junk, "contact_point": junk, "theme": junk}
    after = {"data_items": [{"key": "1"}], "title": {"vi": "x"}}

    assert diff.compare(FIELDS, before, after) is not None
    diff.merge(FIELDS, after, before, {"title": {"vi": "y"}})


BASE = {
    "title": {"vi": "A"},
    "frequency": "DAILY",
    "contact_point": {"fn": {"vi": "P"}, "email": "a@b.vn"},
}


def test_a_field_that_one_side_changed_is_taken_from_that_side():
    mine = {**BASE, "title": {"vi": "B"}}
    theirs = {**BASE, "frequency": "WEEKLY"}

    merged = diff.merge(FIELDS, BASE, mine, theirs)

    assert merged.conflicts == ()
    assert merged.content == {**BASE, "title": {"vi": "B"}, "frequency": "WEEKLY"}
    assert merged.taken == ("frequency",)


def test_parts_of_a_group_merge_one_by_one():
    mine = {**BASE, "contact_point": {"fn": {"vi": "Q"}, "email": "a@b.vn"}}
    theirs = {**BASE, "contact_point": {"fn": {"vi": "P"}, "email": "c@d.vn"}}

    merged = diff.merge(FIELDS, BASE, mine, theirs)

    assert merged.content["contact_point"] == {"fn": {"vi": "Q"}, "email": "c@d.vn"}
    assert merged.conflicts == ()


def test_a_field_that_both_changed_is_a_conflict_to_choose():
    merged = diff.merge(
        FIELDS, BASE, {**BASE, "title": {"vi": "B"}}, {**BASE, "title": {"vi": "C"}}
    )

    assert [c.name for c in merged.conflicts] == ["title"]
    assert merged.content["title"] == {"vi": "B"}
    assert diff.choose(FIELDS, merged, ["title"])["title"] == {"vi": "C"}


def items(*rows):
    return {"data_items": [{"key": key, "source": source} for key, source in rows]}


def test_rows_merge_by_key_and_new_rows_of_both_stay():
    merged = diff.merge(
        FIELDS,
        items(("1", "A"), ("2", "B")),
        items(("1", "A1"), ("2", "B"), ("3", "M")),
        items(("1", "A"), ("2", "B2"), ("3", "T")),
    )

    assert [row["source"] for row in merged.content["data_items"]] == [
        "A1",
        "B2",
        "M",
        "T",
    ]
    assert merged.conflicts == ()


def test_a_row_that_one_side_cut_and_the_other_changed_is_a_conflict():
    base, mine, theirs = (
        items(("1", "A"), ("2", "B")),
        items(("2", "B")),
        items(("1", "A2"), ("2", "B")),
    )

    merged = diff.merge(FIELDS, base, mine, theirs)

    assert [c.name for c in merged.conflicts] == ["data_items.#1"]
    assert (
        diff.choose(FIELDS, merged, ["data_items.#1"])["data_items"][-1]["source"]
        == "A2"
    )
    other = diff.merge(FIELDS, base, theirs, mine)
    assert [
        row["key"]
        for row in diff.choose(FIELDS, other, ["data_items.#1"])["data_items"]
    ] == ["2"]


def test_a_conflict_inside_a_row_is_chosen_there():
    merged = diff.merge(FIELDS, items(("1", "A")), items(("1", "M")), items(("1", "T")))

    assert [c.name for c in merged.conflicts] == ["data_items.#1.source"]
    assert diff.choose(FIELDS, merged, ["data_items.#1.source"])["data_items"] == [
        {"key": "1", "source": "T"}
    ]


_SIDE = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from([{"vi": "A"}, {"vi": "B"}, {"vi": "C"}]),
        "frequency": st.sampled_from(["DAILY", "WEEKLY"]),
        "data_items": st.lists(
            st.fixed_dictionaries(
                {"key": st.sampled_from("123"), "source": st.sampled_from("AB")}
            ),
            max_size=3,
            unique_by=lambda row: row["key"],
        ).filter(bool),
    },
)


@given(_SIDE, _SIDE)
def test_a_side_that_changed_nothing_has_no_say_and_no_conflict(base, other):
    forth, back = (
        diff.merge(FIELDS, base, base, other),
        diff.merge(FIELDS, base, other, base),
    )

    for merged in (forth, back):
        assert merged.conflicts == ()
        assert not diff.changed(
            [
                c
                for c in diff.compare(FIELDS, merged.content, other)
                if not all(i.mark is Mark.SAME for i in c.items)
            ]
        )
