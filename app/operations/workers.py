"""Several processes that serve together: started, watched, stopped as one.

One process holds the socket and starts the others, which take connections from it as
they are free. One that dies is started again. What they count they count together, in
a folder of files (`figures`).
"""

import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from types import FrameType

from prometheus_client import multiprocess

from app.errors import SetupError
from app.operations.serving import LONGEST

FIGURES = "PROMETHEUS_MULTIPROC_DIR"  # what prometheus_client reads as it is loaded
_LOOK = 0.2  # seconds between two looks at the processes
_MOST_PATIENT = 30.0  # seconds before a process that dies at once is started again
_READY = b"ready\n"
_BACKLOG = 1024  # connections that wait to be taken
_ATTACH_FILTER = 26  # Linux's SO_ATTACH_FILTER, for which Python has no name
# a packet filter, each line an operation, two jumps and a value: of a segment of TCP
# that has SYN without ACK nothing is let through, of any other everything
_DROP_NEW_CONNECTIONS = (
    (0x30, 0, 0, 13),  # load the byte of the flags
    (0x54, 0, 0, 0x12),  # keep SYN and ACK of them
    (0x15, 0, 1, 0x02),  # unless it is SYN alone, leave out the next line
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 0xFFFFFFFF),
)


def run(
    host: str,
    port: int,
    count: int,
    ready: Callable[[int], object],
    stopping: threading.Event,
) -> None:
    """Serve with `count` processes until SIGTERM or SIGINT, which set `stopping`.

    `ready` is told the port once all of them serve.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    with tempfile.TemporaryDirectory(prefix="danhmuc-figures-") as figures:
        workers = [Worker(listener, figures) for _ in range(count)]
        try:
            for worker in workers:
                worker.begin()
            ready(listener.getsockname()[1])
            while not stopping.wait(_LOOK):
                for worker in workers:
                    worker.keep()
        finally:
            let_nobody_in(listener)
            listener.close()  # so that nobody connects whom no process will answer
            _end(workers)


class Worker:
    """One process that serves, and the next in its place when it dies."""

    def __init__(self, listener: socket.socket, figures: str) -> None:
        self._listener, self._figures = listener, figures
        self._pause, self._since = _LOOK, 0.0
        self._died: float | None = None
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._since, self._died = time.monotonic(), None
        number = self._listener.fileno()
        command = [sys.executable, "-m", "app.cli", "work", str(number)]
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            pass_fds=[number],
            stdout=subprocess.PIPE,
            env={**os.environ, FIGURES: self._figures},
        )

    def begin(self) -> None:
        """Wait until it serves; SetupError when it ends instead, having said why."""
        if self.process.stdout is None or self.process.stdout.readline() != _READY:
            raise SetupError("Không khởi động được tiến trình phục vụ; xem lỗi ở trên")

    def keep(self) -> None:
        """Start it again where it has died: at once, then ever more patiently."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if self._died is None:
            self._died = now
            # what it was answering is answered by nobody any more
            multiprocess.mark_process_dead(self.process.pid, self._figures)  # type: ignore[no-untyped-call]
            if now - self._since > _MOST_PATIENT:
                self._pause = _LOOK
        if now - self._died < self._pause:
            return
        self._pause = min(2 * self._pause, _MOST_PATIENT)
        self._close()
        self.process = self._start()

    def stop(self, until: float) -> None:
        """Wait for it to end, and end it when it is too late."""
        try:
            self.process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._close()

    def _close(self) -> None:
        if self.process.stdout is not None:
            self.process.stdout.close()


def let_nobody_in(listener: socket.socket) -> None:
    """Have the kernel drop what asks for a new connection, for all processes that share
    the socket: who is connected by then is answered, who is not tries again by itself
    and is refused, or reaches the next server. Closing alone would reset whoever
    connects between the last look and the close.
    """
    if sys.platform != "linux":
        return
    program = b"".join(struct.pack("HBBI", *line) for line in _DROP_NEW_CONNECTIONS)
    kept = ctypes.create_string_buffer(program)
    length = len(_DROP_NEW_CONNECTIONS)
    described = struct.pack("HL", length, ctypes.addressof(kept))
    listener.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, described)


def _end(workers: list[Worker]) -> None:
    for worker in workers:
        if worker.process.poll() is None:
            worker.process.terminate()
    until = time.monotonic() + LONGEST + 2
    for worker in workers:
        worker.stop(until)


def say_ready() -> None:
    """Tell whoever started this process that it serves."""
    os.write(sys.stdout.fileno(), _READY)


def inherited(number: int) -> socket.socket:
    """Return the socket that this process was given."""
    return socket.socket(fileno=number)
