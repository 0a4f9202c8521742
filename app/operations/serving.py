"""How the server runs and stops: asked to stop, it takes nothing new, answers what it
has, and goes.
"""

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import waitress
from waitress import wasyncore
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from app import clock
from app.config import Settings

THREADS = 8
MOST_OPEN = 200  # connections of one process
SLOWEST = 60.0  # seconds in which a request has to be here
MOST_WAITING = 1_000_000_000  # bytes of one answer that wait for their reader
MOST_UNREAD = 400_000_000  # bytes of all answers that a process keeps for readers
MOST_BYTES = 20_000_000  # of one request, whatever the application allows within that
LONGEST = 10.0  # seconds in which what was asked before the stop is answered
_TURN = 0.2  # seconds of one look at the sockets
# seconds for which somebody may still connect, and a quiet connection bring a request
_LINGER = 1.0


def proxy(settings: Settings) -> dict[str, Any]:
    """Return how the server takes the visitor's address from the one proxy that is
    trusted; from nobody without it.
    """
    if settings.trusted_proxy is None:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    return {
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": headers,
    }


def serve(
    application: Any,
    settings: Settings,
    listener: socket.socket,
    ready: Callable[[], object],
    stopping: threading.Event,
) -> None:
    """Serve until SIGTERM or SIGINT, which set `stopping`, or until whoever started
    this process is gone; what was asked before is answered.

    `ready` is called once it listens.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    options = {
        "sockets": [listener],
        "threads": THREADS,
        "ident": None,
        "max_request_body_size": MOST_BYTES,
        "connection_limit": 2 * MOST_OPEN,  # never reached: we look first
        "asyncore_use_poll": True,
        # what a reader has not taken yet waits on the disk, not on a thread
        "outbuf_high_watermark": MOST_WAITING,
        **proxy(settings),
    }
    server = waitress.create_server(application, **options)
    former = {
        number: signal.signal(number, stop)
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    parent = os.getppid()
    try:
        ready()
        while not stopping.is_set() and os.getppid() == parent:
            turn(server)
            shed(channels(server))
        _drain(server)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets(server))


def shed(connections: list[HTTPChannel]) -> None:
    """Close connections that bring or take nothing, the quietest first, where many are
    open or much waits to be read: whoever asks and reads like everybody else always
    finds a place.
    """
    quietest = sorted(connections, key=lambda channel: channel.last_activity)
    idle = [channel for channel in quietest if not channel.requests]
    now = clock.now().timestamp()
    closed = {channel for channel in idle if now - _begun(channel, now) > SLOWEST}
    closed.update(idle[: max(0, len(connections) - MOST_OPEN)])
    kept = {channel: unread(channel) for channel in quietest}
    surplus = sum(kept.values()) - MOST_UNREAD
    for channel, size in kept.items():
        if surplus > 0 and size:
            closed.add(channel)
            surplus -= size
    for channel in closed:
        channel.handle_close()


def _begun(channel: HTTPChannel, now: float) -> float:
    """Return when the request began of which only a part is here; now where none is."""
    if channel.request is None:
        return now
    begun: float = vars(channel.request).setdefault("begun", now)
    return begun


def unread(channel: HTTPChannel) -> int:
    """Return how many bytes are kept for the reader; a file that is sent as it lies
    there costs nothing.
    """
    return sum(
        len(buffer)
        for buffer in list(channel.outbufs)
        if not isinstance(buffer, ReadOnlyFileBasedBuffer)
    )


def turn(server: Any) -> None:
    """Look at the sockets once, and do what they are ready for."""
    wasyncore.loop(timeout=_TURN, map=sockets(server), count=1, use_poll=True)


def sockets(server: Any) -> dict[int, Any]:
    """Return what the server looks at: of one listening socket, or of several."""
    known: dict[int, Any] = server.map if hasattr(server, "map") else server._map  # noqa: SLF001 - no public name
    return known


def _drain(server: Any) -> None:
    """Answer whoever is connected, and who was about to be, then close every socket."""
    began = time.monotonic()
    listening = True
    while listening or channels(server):
        waited = time.monotonic() - began
        if waited > LONGEST:
            break
        for channel in channels(server):
            for request in list(channel.requests):
                request.headers["CONNECTION"] = "close"
            if _quiet(channel):
                channel.handle_close()
        turn(server)
        if listening and waited > _LINGER:
            _stop_listening(server)
            listening = False


def _stop_listening(server: Any) -> None:
    listeners = [
        known for known in sockets(server).values() if isinstance(known, BaseWSGIServer)
    ]
    for listener in listeners:
        for _ in range(MOST_OPEN):  # a flood does not keep it from stopping
            if not _readable(listener.socket):
                break
            # somebody is connected already: their request is answered
            listener.handle_accept()
        listener.accepting = False
        listener.del_channel()
        listener.socket.close()


def channels(server: Any) -> list[HTTPChannel]:
    """Return the connections that are open."""
    known = sockets(server).values()
    return [channel for channel in known if isinstance(channel, HTTPChannel)]


def _quiet(channel: HTTPChannel) -> bool:
    """Tell whether a connection has nothing under way, has had nothing for a while, and
    nothing has come for it that was not read yet.
    """
    if channel.requests or channel.total_outbufs_len or channel.request is not None:
        return False
    silent = clock.now().timestamp() - channel.last_activity
    return silent > _LINGER and not _readable(channel.socket)


def _readable(known: socket.socket) -> bool:
    """Tell whether something waits to be read, or somebody to be let in."""
    return bool(select.select([known], [], [], 0)[0])
