"""The search index killed while it writes, deleted while people search, and how soon a change is found."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import postgres
import pytest
from conftest import ROOT
from driver import LONG, asking, served

from app.errors import IndexLostError
from app.permissions import Role
from app.search import opening
from catalog_schema.profile import Visibility

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
KILLS = 40 if LONG else 4
DOCUMENTS = 40
WEIGHTS = {"title": 4.0, "identifier": 5.0}
WAY = (
    ("submit", Role.REGISTRAR),
    ("take", Role.REVIEWER),
    ("recommend", Role.REVIEWER),
    ("approve", Role.APPROVER),
)
BACKENDS = {
    "whoosh": lambda folder: f"whoosh:{folder}/index",
    "tantivy": lambda folder: f"tantivy:{folder}/index",
    "postgresql": lambda _folder: postgres.create(),
}
WRITER = f"""
import sys
from uuid import UUID
from app.search.opening import open_index
from app.search.port import Document
index = open_index(sys.argv[1], {WEIGHTS})
index.sound() or index.clear()
for batch in range(int(sys.argv[2]), 10_000):
    index.write([
        Document(UUID(int=number), UUID(int=batch), {{"title": (f"lần {{batch}} đất",)}})
        for number in range({DOCUMENTS})
    ])
    print(batch, flush=True)
"""


@pytest.mark.parametrize("backend", list(BACKENDS))
def test_killed_while_it_writes_it_opens_and_holds_a_whole_write_none_that_was_acknowledged_is_lost(
    tmp_path, backend
):
    url, choose, batch = BACKENDS[backend](tmp_path), random.Random(4), 1
    for _kill in range(KILLS):
        command = [sys.executable, "-c", WRITER, url, str(batch)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        writer = subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True
        )
        last = int(writer.stdout.readline())
        time.sleep(choose.uniform(0, 0.3))
        writer.send_signal(signal.SIGKILL)
        last = max(
            [
                last,
                *(
                    int(line)
                    for line in writer.stdout.read().split("\n")
                    if line.isdecimal()
                ),
            ]
        )
        writer.wait()
        writer.stdout.close()

        index = opening.open_index(url, WEIGHTS)
        held = index.versions()
        assert index.sound()
        assert set(held) == {UUID(int=number) for number in range(DOCUMENTS)}
        (found,) = set(held.values())
        assert found.int in (last, last + 1)
        index.close()
        batch = found.int + 1
    print(f"{backend}: {KILLS} kills, {batch - 1} writes, 0 lost, 0 half done")


def enter(server, basis, title):
    """Take a database all the way."""
    number, etag = server.propose(asking(server.office, basis, title))
    seen = None
    for action, who in WAY:
        code, answer, etag = server.act(
            number,
            action,
            who,
            etag,
            **({"seen_hash": seen} if action == "approve" else {}),
        )
        assert code == 200, answer
        seen = answer["content_hash"]


def indexed(server, word):
    """Return how many seconds it takes until a word is in the index."""
    start = time.monotonic()
    while time.monotonic() < start + 60:
        with suppress(IndexLostError):
            if server.office.system.index.known([word], Visibility.PUBLIC):
                return time.monotonic() - start
        time.sleep(0.02)
    raise TimeoutError(word)


@pytest.mark.nightly("kills")
def test_deleted_while_people_search_it_answers_and_comes_back_and_a_change_is_soon_found(
    tmp_path,
):
    server = served(tmp_path)
    server.start()
    basis = str(server.office.law())
    statuses, over = [], threading.Event()

    def client():
        while not over.is_set():
            statuses.append(server.ask("GET", "/tim-kiem?q=ruong")[0])

    threads = [threading.Thread(target=client) for _ in range(3)]
    for thread in threads:
        thread.start()
    enter(server, basis, "Cơ sở dữ liệu ruộng muối")
    indexed(server, "muoi")
    shutil.rmtree(
        Path(server.office.system.settings.search_url.removeprefix("whoosh:"))
    )
    back, found = indexed(server, "muoi"), []
    for number in range(10 if LONG else 2):
        enter(server, basis, f"Cơ sở dữ liệu ruộng bac{number}")
        found.append(indexed(server, f"bac{number}"))
    over.set()
    for thread in threads:
        thread.join()
    server.stop()

    print(
        f"{len(statuses)} searches, back after {back:.1f} s, a change found at most {max(found):.1f} s after entering"
    )
    assert set(statuses) == {200}
