"""Asked to stop under load, the server answers what it was asked, refuses what is new, and goes within ten seconds."""

import http.client
import select
import socket
import threading
import time

import pytest
from driver import served

from app.operations.serving import LONGEST
from app.operations.workers import let_nobody_in

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
CLIENTS = 20


def test_a_stop_under_load_aborts_nothing(tmp_path):
    server = served(tmp_path)
    server.start()
    answered, refused, aborted = [], [], []
    over = threading.Event()

    def client(path):
        while not over.is_set():
            connection = http.client.HTTPConnection(
                "127.0.0.1", server.port, timeout=30
            )
            try:
                connection.connect()
            except OSError as error:
                refused.append(error)
                return
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                answered.append(answer.status)
            except (OSError, http.client.HTTPException) as error:
                aborted.append(repr(error))
            finally:
                connection.close()

    paths = ("/", "/tim-kiem?q=co", "/catalog.ttl", "/co-quan")
    threads = [
        threading.Thread(target=client, args=(paths[n % len(paths)],))
        for n in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(2)
    before = len(answered)
    code, seconds = server.stop()
    over.set()
    for thread in threads:
        thread.join()

    print(
        f"{before} answered before, {len(answered) - before} after SIGTERM, {len(aborted)} aborted, {seconds:.1f} s"
    )
    assert aborted == []
    assert set(answered) == {200}
    assert len(refused) == CLIENTS
    assert (code, seconds < 10) == (0, True)


def test_nobody_is_let_in_between_the_last_look_and_the_close():
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    before = socket.create_connection(address)

    let_nobody_in(listener)

    with pytest.raises(TimeoutError):
        socket.create_connection(address, timeout=0.2)
    taken, _ = listener.accept()
    before.sendall(b"asked")
    assert taken.recv(5) == b"asked"
    assert select.select([listener], [], [], 0)[0] == []
    for known in (taken, before, listener):
        known.close()


def test_a_connection_that_is_kept_open_does_not_hold_the_stop_up(tmp_path):
    server = served(tmp_path)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read()

    code, seconds = server.stop()

    connection.close()
    assert (code, seconds < LONGEST) == (0, True)
