"""The index is gone or broken: search goes on by names and says so, and the follower mends it while people read."""

import gc
import os
import re
import shutil
from pathlib import Path

import pytest

from app.errors import IndexLostError
from app.register.filters import Filter
from app.search import service as search
from app.search.port import IndexQuery

pytestmark = pytest.mark.slow

# Whoosh leaves a file that it cannot read open until it is collected
LEFT_OPEN = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def lost(office):
    """An office whose index was there and is gone."""
    office.land(keyword=["thửa"])
    office.system.follow()
    assert "CSDL-0001" in office.client().get("/tim-kiem?q=thửa").text
    shutil.rmtree(Path(office.system.settings.search_url.removeprefix("whoosh:")))
    return office


def test_search_goes_on_by_names_and_says_so(lost):
    page = lost.client().get("/tim-kiem?q=DAT DAI").text

    assert "lúc này chỉ tìm được theo tên" in page
    assert "CSDL-0001" in page
    assert "CSDL-0001" not in lost.client().get("/tim-kiem?q=thửa").text
    assert lost.client().get("/tim-kiem").status_code == 200
    assert lost.client().get("/api/v1/entries?q=dat").json["total"] == 1


def test_filters_and_counts_hold_for_names_too(lost):
    with lost.reading() as register:
        found = search.search(
            register, lost.system.index, "cơ sở", Filter(("legal-document",))
        )

    assert (found.total, found.by_titles) == (0, True)


def test_the_follower_builds_it_anew_by_itself(lost):
    lost.system.follow()

    page = lost.client().get("/tim-kiem?q=thửa").text
    assert "CSDL-0001" in page
    assert "lúc này chỉ tìm được theo tên" not in page
    with lost.system.database.reading() as session:
        assert lost.system.search_projection.missing(session) == []


@LEFT_OPEN
def test_an_index_that_turns_out_broken_in_use_is_built_anew(lost):
    lost.system.follow()
    folder = Path(lost.system.settings.search_url.removeprefix("whoosh:"))
    for path in folder.rglob("*.seg"):
        path.write_bytes(path.read_bytes()[:100])
    assert not lost.system.index.sound()  # seen before anybody searches

    assert "lúc này chỉ tìm được theo tên" in lost.client().get("/tim-kiem?q=dat").text
    assert not lost.system.index.sound()
    gc.collect()
    lost.system.follow()

    assert lost.system.index.sound()
    assert (
        "lúc này chỉ tìm được theo tên" not in lost.client().get("/tim-kiem?q=dat").text
    )


@LEFT_OPEN
def test_an_index_that_is_cut_short_while_it_is_open_kills_nobody(lost):
    """A file that is mapped and cut short ends the process (SIGBUS); this one is read."""
    lost.system.follow()
    assert "CSDL-0001" in lost.client().get("/tim-kiem?q=thửa").text
    folder = Path(lost.system.settings.search_url.removeprefix("whoosh:"))
    for path in folder.rglob("*.seg"):
        os.truncate(path, 60)

    for words in ("thửa", "đất đai", "mô tả"):
        assert lost.client().get(f"/tim-kiem?q={words}").status_code == 200
    gc.collect()
    lost.system.follow()
    assert lost.system.index.sound()
    assert "CSDL-0001" in lost.client().get("/tim-kiem?q=thửa").text


def test_a_folder_that_cannot_be_written_to_leaves_everything_else_working(lost):
    folder = Path(lost.system.settings.search_url.removeprefix("whoosh:"))
    folder.write_text("không phải thư mục")

    assert lost.client().get("/tim-kiem?q=dat").status_code == 200
    assert lost.client().get("/doc/csdl/CSDL-0001").status_code == 200
    with lost.reading() as register, pytest.raises(IndexLostError):
        lost.system.index.search(
            IndexQuery(
                search.grammar_of(register.profile, register.audience.level).parse(
                    "dat"
                )
            ),
            9,
        )
    folder.unlink()
    lost.system.follow()
    assert lost.system.index.sound()


def test_who_mistypes_is_offered_what_was_meant(office):
    office.land()
    office.system.follow()
    client = office.client()

    page = client.get(
        "/tim-kiem", query_string={"q": "dadst ddai", "kind": "shared-database"}
    ).text
    assert "Từ gần nhất" in page
    assert "Không có mục nào khớp hẳn “dadst ddai”" in page
    assert "Cơ sở dữ liệu <mark>đất đai</mark>" in page
    link = re.search(r'Từ gần nhất: <a[^>]*href="([^"]+)"', page)[1].replace(
        "&amp;", "&"
    )

    assert "Cơ sở dữ liệu <mark>đất đai</mark>" in client.get(link).text
    assert "kind=shared-database" in link
    assert "Từ gần nhất" not in client.get("/tim-kiem?q=xyzzyx").text
