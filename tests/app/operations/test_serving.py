"""Connections are shed by what they bring and take, never for their age alone."""

import socket
import threading
import time

import pytest
import waitress
from waitress import wasyncore

from app.operations import serving

pytestmark = pytest.mark.enable_socket
LARGE = 20_000_000


def answering(environ, start_response):
    size = LARGE if environ["PATH_INFO"] == "/large" else 2
    body = environ["wsgi.input"].read() or b"x" * size
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def server():
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)  # noqa: FBT003 - as the library names it
    server = waitress.create_server(
        answering,
        sockets=[listener],
        threads=serving.THREADS,
        asyncore_use_poll=True,
        outbuf_high_watermark=serving.MOST_WAITING,
    )
    done = threading.Event()

    def turn():
        while not done.is_set():
            serving.turn(server)
            serving.shed(serving.channels(server))

    turning = threading.Thread(target=turn)
    turning.start()
    server.address = listener.getsockname()
    yield server
    done.set()
    turning.join()
    server.task_dispatcher.shutdown()
    for channel in serving.channels(server):
        channel.handle_close()  # and what it keeps on the disk
    wasyncore.close_all(serving.sockets(server))


def connected(server):
    return socket.create_connection(server.address, timeout=5)


def asked(connection, path="/"):
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return connection


def received(connection, size):
    answer = b""
    while size > len(answer):
        part = connection.recv(1 << 20)
        if not part:
            break
        answer += part
    return answer


def test_a_request_in_two_packets_is_answered_on_a_connection_that_is_old(server):
    with connected(server) as connection:
        assert received(asked(connection), 20).startswith(b"HTTP/1.1 200")
        for channel in serving.channels(server):
            channel.creation_time -= 10 * serving.SLOWEST

        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
        time.sleep(0.5)
        connection.sendall(b"abcd")

        answer = b""
        while b"abcd" not in answer and (part := connection.recv(1 << 16)):
            answer += part
        assert answer.endswith(b"abcd")


def test_a_request_that_does_not_come_to_its_end_is_ended(server, monkeypatch):
    monkeypatch.setattr(serving, "SLOWEST", 0.3)
    with connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert connection.recv(1) == b""


def test_what_nobody_reads_is_kept_up_to_a_bound(server, monkeypatch):
    monkeypatch.setattr(serving, "MOST_UNREAD", 3 * LARGE)
    waiting = [asked(connected(server), "/large") for _ in range(8)]
    try:
        seen, kept = set(), 0
        until = time.monotonic() + 10
        while time.monotonic() < until:
            channels = serving.channels(server)
            seen.update(channel.addr for channel in channels)
            kept = sum(map(serving.unread, channels))
            if len(seen) == len(waiting) > len(channels) and kept <= 3 * LARGE:
                break
            time.sleep(0.01)
        assert 0 < kept <= 3 * LARGE

        with connected(server) as connection:
            answer = received(asked(connection, "/large"), LARGE + 20)
            assert len(answer) > LARGE
    finally:
        for connection in waiting:
            connection.close()
