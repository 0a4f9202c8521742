"""So many pass at once, in all processes together; some wait; the next is told."""

import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from uuid import uuid4

import pytest

from app.doors import Door
from app.errors import UnavailableError

HOLD = """
import sys, time
from app.doors import Door
with Door(sys.argv[1], 1).passing():
    print("in", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def name():
    return f"test-{uuid4().hex}"


def test_the_next_is_refused_at_once_when_enough_pass_and_wait(name):
    door = Door(name, places=2, waiting=1, patience=30)
    refused = []

    def wait():
        try:
            with door.passing():
                pass
        except UnavailableError as error:
            refused.append(error)

    with ExitStack() as held:
        held.enter_context(door.passing())
        held.enter_context(door.passing())
        waiter = threading.Thread(target=wait)
        waiter.start()
        time.sleep(0.2)
        begun = time.monotonic()
        with pytest.raises(UnavailableError), door.passing():
            pass
        assert time.monotonic() - begun < 1
    waiter.join()
    assert refused == []
    with door.passing():
        pass


def test_whoever_waits_is_told_when_patience_is_over(name):
    door = Door(name, places=1, waiting=1, patience=0.1)

    with door.passing(), pytest.raises(UnavailableError), door.passing():
        pass


@pytest.mark.parametrize("there", ["a file", "a link", "nothing to write in"])
def test_locks_that_cannot_be_opened_are_no_fault_of_who_asks(
    name, there, tmp_path, monkeypatch
):
    folder = tmp_path / f"danhmuc-doors-{os.getuid()}"
    if there == "a file":
        folder.write_text("")
    elif there == "a link":
        folder.symlink_to(tmp_path)
    monkeypatch.setenv(
        "RUNTIME_DIRECTORY", str(tmp_path / "no" if "no" in there else tmp_path)
    )

    with pytest.raises(UnavailableError), Door(name, places=1).passing():
        pass


def test_processes_count_together_and_one_that_dies_gives_its_place_back(name):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, name], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "in\n"
    door = Door(name, places=1, waiting=0)
    with pytest.raises(UnavailableError), door.passing():
        pass

    holder.kill()
    holder.wait()
    holder.stdout.close()

    with door.passing():
        pass
