"""How the server runs and stops: asked to stop, it takes nothing new, answers what it
has, and goes.
"""

import select
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from app.config import Settings

THREADS = 8
MOST_BYTES = 20_000_000  # of one request, whatever the application allows within that
LONGEST = 10.0  # seconds in which what was asked before the stop is answered
_TURN = 0.2  # seconds of one look at the sockets
# seconds for which a quiet connection may still bring a request that is under way
_LINGER = 0.5


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
    host: str,
    port: int,
    ready: Callable[[int], object],
    stopping: threading.Event,
) -> None:
    """Serve until SIGTERM or SIGINT, which set `stopping`; what was asked before is
    answered.

    `ready` is told the port once it listens.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    options = {
        "threads": THREADS,
        "ident": None,
        "max_request_body_size": MOST_BYTES,
        **proxy(settings),
    }
    server = waitress.create_server(application, host=host, port=port, **options)
    former = {
        number: signal.signal(number, stop)
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        ready(getattr(server, "effective_port", port))
        while not stopping.is_set():
            _turn(server)
        _drain(server)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(_sockets(server))


def _turn(server: Any) -> None:
    wasyncore.loop(timeout=_TURN, map=_sockets(server), count=1)


def _sockets(server: Any) -> dict[int, Any]:
    """Return what the server looks at: of one listening socket, or of several."""
    sockets: dict[int, Any] = server.map if hasattr(server, "map") else server._map  # noqa: SLF001 - no public name
    return sockets


def _drain(server: Any) -> None:
    until = time.monotonic() + LONGEST
    for listener in [
        socket
        for socket in _sockets(server).values()
        if isinstance(socket, BaseWSGIServer)
    ]:
        while select.select([listener.socket], [], [], 0)[0]:
            # somebody is connected already: their request is answered
            listener.handle_accept()
        listener.accepting = False
        listener.del_channel()
        listener.socket.close()
    linger = time.monotonic() + _LINGER
    while _channels(server) and time.monotonic() < until:
        for channel in _channels(server):
            for request in list(channel.requests):
                request.headers["CONNECTION"] = "close"
            if _quiet(channel) and time.monotonic() > linger:
                channel.handle_close()
        _turn(server)


def _channels(server: Any) -> list[HTTPChannel]:
    return [
        socket
        for socket in _sockets(server).values()
        if isinstance(socket, HTTPChannel)
    ]


def _quiet(channel: HTTPChannel) -> bool:
    """Tell whether a connection has nothing under way."""
    return not (
        channel.requests or channel.total_outbufs_len or channel.request is not None
    )
