"""Runs a function on untrusted input in a killable child: nothing to open or connect
to, bounded time, memory, answer.

A warm process (`zygote`) has the function's module loaded and forks a child for each
call, so that a call costs milliseconds and no call sees anything of another. The kernel
holds the child: it may open no new file and no socket, write to no file, and is killed
at the limits of CPU, time, memory or answer. What it parses is then only text to us. A
module may have `warm()`, called once, and `prepare(**options)`, called in the child
before it is held: to open what the function reads, as our own options name it, never
what the input does. One that opens its files as it needs them is given a folder to
read, and the kernel (Landlock, seccomp) lets it open nothing else (`confining`).
"""

import json
import queue
import select
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from app.doors import Door
from app.errors import ExhaustedError, FieldError, InvalidError, UnavailableError

# lengths of the header (JSON) and of the bytes that follow it
HEAD = struct.Struct(">II")
# seconds beyond the limit after which the warm process itself is taken for stuck
_PATIENCE = 5.0
TOO_MUCH = "Tệp quá phức tạp: cần quá nhiều thời gian, bộ nhớ hoặc cho kết quả quá lớn"


class RefusedError(Exception):
    """What a function in the sandbox raises to refuse its input; the text is for
    people, in Vietnamese.
    """


@dataclass(frozen=True)
class Limits:
    """What a call may use: seconds of CPU and of time, bytes of memory and of its
    answer.
    """

    cpu: int = 5
    wall: float = 10.0
    memory: int = 512 << 20
    answer: int = 64 << 20


class Sandbox:
    """Calls of one function, `module:name`, from bytes and named texts to bytes;
    several at once, one a slot.
    """

    def __init__(
        self,
        task: str,
        limits: Limits | None = None,
        slots: int = 2,
        door: str = "sandbox",
    ) -> None:
        self.task = task
        self.limits = limits or Limits()
        # those who wait are told to come back before the one ahead has to be done
        self._door = Door(
            door, slots, message="Đang có nhiều tệp được đọc; thử lại sau ít giây"
        )
        self._free: queue.LifoQueue[_Zygote | None] = queue.LifoQueue()
        for _ in range(slots):
            self._free.put(None)

    def run(self, data: bytes, *, reads: str = "", **options: str) -> bytes:
        """Return what the function makes of `data`; `reads` is a folder whose files it
        may open while it works.

        InvalidError when it refuses the input (its field names the line, where there is
        one), ExhaustedError when a limit is reached; UnavailableError when no
        place is free, or no process can be started.
        """
        with self._door.passing(), self._slot() as zygote:
            header, answer = zygote.call(options, data, self.limits, reads)
        if "refused" in header:
            message = header["refused"]
            spent = message == TOO_MUCH
            raise (ExhaustedError if spent else InvalidError)(
                message, [FieldError("file", "refused", message)]
            )
        return answer

    def close(self) -> None:
        """End every process; calls after it start new ones."""
        idle = self._free.qsize()
        for zygote in [self._free.get() for _ in range(idle)]:
            if zygote is not None:
                zygote.stop()
            self._free.put(None)

    @contextmanager
    def _slot(self) -> "Iterator[_Zygote]":
        try:
            zygote = self._free.get(timeout=self.limits.wall)
        except queue.Empty as error:
            raise UnavailableError(
                "Đang có nhiều tệp được đọc; thử lại sau ít giây"
            ) from error
        if zygote is not None and not zygote.alive():
            zygote.stop()
            zygote = None
        try:
            zygote = zygote or _Zygote(self.task)
            yield zygote
        except UnavailableError:
            if zygote is not None:
                zygote.stop()
                zygote = None
            raise
        finally:
            self._free.put(zygote)


class _Zygote:
    """A warm process, spoken to over its pipes."""

    def __init__(self, task: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-m", "app.sandbox.zygote", task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )

    def alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def call(
        self, options: dict[str, str], data: bytes, limits: Limits, reads: str
    ) -> tuple[dict[str, str], bytes]:
        header = json.dumps(
            {"options": options, "limits": asdict(limits), "reads": reads}
        ).encode()
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise UnavailableError("Không mở được tiến trình đọc tệp")
        try:
            stdin.write(HEAD.pack(len(header), len(data)) + header + data)
            stdin.flush()
            if not select.select([stdout], [], [], limits.wall + _PATIENCE)[0]:
                raise UnavailableError("Tiến trình đọc tệp không trả lời; thử lại")
            lengths = stdout.read(HEAD.size)
            if len(lengths) < HEAD.size:
                raise UnavailableError("Tiến trình đọc tệp đã dừng; thử lại")
            first, second = HEAD.unpack(lengths)
            return json.loads(stdout.read(first)), stdout.read(second)
        except OSError as error:
            raise UnavailableError("Tiến trình đọc tệp đã dừng; thử lại") from error
