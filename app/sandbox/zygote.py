"""The warm process of a sandbox: loads the function once, forks a held child for each
call, kills what goes too far.
"""

import gc
import importlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from app.sandbox import HEAD, TOO_MUCH, RefusedError, confining

Task = Callable[..., bytes]
_NICE = 10


def main() -> None:
    """Serve calls from standard input until it is closed."""
    module, _, name = sys.argv[1].partition(":")
    loaded = importlib.import_module(module)
    getattr(loaded, "warm", lambda: None)()
    gc.freeze()
    task: Task = getattr(loaded, name)
    while lengths := sys.stdin.buffer.read(HEAD.size):
        first, second = HEAD.unpack(lengths)
        header = json.loads(sys.stdin.buffer.read(first))
        _answer(*_in_child(task, header, sys.stdin.buffer.read(second)))


def _answer(header: dict[str, str], answer: bytes) -> None:
    text = json.dumps(header).encode()
    sys.stdout.buffer.write(HEAD.pack(len(text), len(answer)) + text + answer)
    sys.stdout.buffer.flush()


def _in_child(
    task: Task, header: dict[str, Any], data: bytes
) -> tuple[dict[str, str], bytes]:
    limits = header["limits"]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            os.nice(_NICE)  # whoever is served goes first
            with os.fdopen(writing, "wb") as stream:
                _work(task, header, data, stream)
        finally:
            os._exit(0)  # whatever it was: a child never goes on as the warm process
    os.close(writing)
    try:
        answer = _drain(reading, time.monotonic() + limits["wall"], limits["answer"])
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if answer is None or len(answer) < HEAD.size:
        return {"refused": TOO_MUCH, "status": str(status)}, b""
    first, second = HEAD.unpack(answer[: HEAD.size])
    if len(answer) != HEAD.size + first + second:
        return {"refused": TOO_MUCH, "status": str(status)}, b""
    return json.loads(answer[HEAD.size : HEAD.size + first]), answer[
        HEAD.size + first :
    ]


def _drain(pipe: int, deadline: float, most: int) -> bytes | None:
    """Return all that the child writes; None when it takes too long or writes too
    much.
    """
    data = bytearray()
    while (left := deadline - time.monotonic()) > 0 and select.select(
        [pipe], [], [], left
    )[0]:
        part = os.read(pipe, 1 << 20)
        if not part:
            return bytes(data)
        data += part
        if len(data) > most + (1 << 16):
            return None
    return None


def _work(task: Task, header: dict[str, Any], data: bytes, stream: BinaryIO) -> None:
    refusal: dict[str, str] = {}
    try:
        with Path("/proc/self/statm").open(
            encoding="ascii"
        ) as size:  # opened while it may be
            descriptors = (
                confining.only_reading(header["reads"]) if header["reads"] else 0
            )
            getattr(sys.modules[task.__module__], "prepare", _nothing)(
                **header["options"]
            )
            confining.hold(header["limits"], size.read(), descriptors)
        answer = memoryview(task(data, **header["options"])).tobytes()
    except RefusedError as error:
        refusal, answer = {"refused": str(error)[:1000]}, b""
    except (MemoryError, RecursionError, OverflowError):
        refusal, answer = {"refused": TOO_MUCH}, b""
    except BaseException as error:  # noqa: BLE001 - the edge: the child ends here, whatever it was
        refusal, answer = (
            {"refused": f"Không đọc được tệp ({type(error).__name__})"},
            b"",
        )
    text = json.dumps(refusal).encode()
    stream.write(HEAD.pack(len(text), len(answer)) + text + answer)


def _nothing(**_options: str) -> None:
    """Most functions need nothing but what they are given."""


if __name__ == "__main__":
    main()
