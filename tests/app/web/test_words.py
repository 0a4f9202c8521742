"""Pages and mails say what the glossary says that they say, and nothing that it took back.

The pages are found by following links from where each role begins; texts are read, not templates.
"""

import re

import pytest
from conftest import ROOT
from reading_pages import words
from sqlalchemy import select
from support import copied

from app import clock
from app.accounts import service, sessions
from app.factory import create_app
from app.notify import letters
from app.notify.models import Letter, Notice
from app.permissions import Role
from fixtures.load import email

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
_, TABLE = GLOSSARY.split("## Words on screen")
NOT = ROW.findall(TABLE)[1:]
LOG = "dòng nhật ký"  # the log's own pages are about its rows
OF_THE_LOG = (
    "/nhat-ky",
    "/van-hanh",
    "/huong-dan/kiem-tra-vien",
    "/quan-tri",
    "/tai-lieu-api",
)
# not pages, or of one entry among many alike
ASIDE = re.compile(r"/(static|id|api|v1|sparql|oai|dang-xuat)\b|\.[a-z]{2,7}$")
MOST = 120  # pages of one reader


def pages(client, begin):
    """Yield (path, its words) of the pages that are led to, one of each kind of address twice."""
    ahead, seen, kinds = list(begin), set(begin), {}
    while ahead and len(seen) < 2000:
        path = ahead.pop(0)
        kind = re.sub(r"\d+|[0-9a-f-]{36}", "n", re.sub(r"[?].*", "", path))
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > 2 or sum(min(n, 2) for n in kinds.values()) > MOST:
            continue
        answer = client.get(path, base_url="http://127.0.0.1:5000")
        if not (answer.content_type or "").startswith("text/html"):
            continue
        yield path, words(answer.text)
        for link in re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text):
            plain = link.replace("&amp;", "&")
            if plain not in seen and not ASIDE.search(plain) and "lang=" not in plain:
                seen.add(plain)
                ahead.append(plain)


def taken_back(path, text):
    """Return which words of the table a text says all the same."""
    return [
        (path, said)
        for said in NOT
        if said in text and not (said == LOG and path.startswith(OF_THE_LOG))
    ]


def test_the_public_is_told_in_the_words_of_the_glossary(demo_client):
    read = list(pages(demo_client, ["/", "/huong-dan"]))

    assert len(read) > 40
    assert [each for path, text in read for each in taken_back(path, text)] == []


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HEAD])
def test_every_role_is_told_in_the_words_of_the_glossary(demo_folder, tmp_path, role):
    system = copied(demo_folder, tmp_path / "copy")
    client = create_app(system).test_client()
    with system.database.transaction() as session:
        person = service.find(session, email(role)).id
        secret = sessions.begin(session, person, system.settings)
    cookie = client.application.config["DANHMUC_COOKIE"]["key"]
    client.set_cookie(cookie, secret, domain="127.0.0.1")

    read = list(pages(client, ["/viec-cua-toi", "/huong-dan"]))

    assert len(read) > 30
    assert [each for path, text in read for each in taken_back(path, text)] == []


def test_mails_and_notices_are_in_the_words_of_the_glossary(demo_folder, tmp_path):
    system = copied(demo_folder, tmp_path / "copy")
    with system.database.transaction() as session:
        letters.summarise(session, system.settings, clock.today())
    with system.database.reading() as session:
        told = [f"{one.subject} {one.text}" for one in session.scalars(select(Letter))]
        told += [f"{one.subject} {one.why}" for one in session.scalars(select(Notice))]

    assert len(told) > 5
    assert [each for text in told for each in taken_back("mail", text)] == []
