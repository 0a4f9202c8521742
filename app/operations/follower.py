"""Who follows the journal: one follower at a time, as a child of the server or on its
own.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from app import journal
from app.errors import UnavailableError
from app.operations.installation import Installation

LEASE = 30  # seconds for which a follower holds the right to follow
_PATIENCE = 5  # seconds that a follower has to stop
BEAT = 0.5  # seconds between two looks at the journal


def keep_following(stopping: threading.Event) -> None:
    """Have one follower run as a child, and start another whenever it dies: at once,
    then ever more patiently.
    """
    pause = BEAT
    while not stopping.wait(pause):
        begun = time.monotonic()
        follower = subprocess.Popen([sys.executable, "-m", "app.cli", "follow"])
        while not stopping.wait(BEAT) and follower.poll() is None:
            pass
        follower.terminate()
        try:
            follower.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            follower.kill()  # it loses nothing: the cursor tells where to go on
            follower.wait()
        pause = BEAT if time.monotonic() - begun > LEASE else min(2 * pause, LEASE)


@contextmanager
def following(system: Installation) -> Iterator[Callable[[], bool]]:
    """Hold the right to follow for the block; yield what renews it. UnavailableError
    while another holds it.

    A right whose holder died on this machine is taken over at once; that of another
    machine when it has run out.
    """
    holder = f"{os.getpid()}@{os.uname().nodename}"
    former = journal.holder(system.database, "follower")
    if former is not None and _dead(former):
        journal.release(system.database, "follower", former)
    renew = partial(journal.lease, system.database, "follower", holder, LEASE)
    if not renew():
        raise UnavailableError(
            "Đang có tiến trình khác theo dõi nhật ký; dừng nó, hoặc đợi nửa "
            "phút nếu nó đã chết"
        )
    try:
        yield renew
    finally:
        system.store.close()  # the right to follow is the right to write them
        system.index.close()
        journal.release(system.database, "follower", holder)


def _dead(holder: str) -> bool:
    """Tell whether a holder was a process of this machine that is no more."""
    process, _, node = holder.partition("@")
    known = (
        Path("/proc/self").exists()
        and node == os.uname().nodename
        and process.isdecimal()
    )
    return known and not Path("/proc", process).exists()
