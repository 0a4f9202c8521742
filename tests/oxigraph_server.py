"""A real SPARQL server, as another machine of the province would run one."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serving(port):
    """Serve an empty store on a port until the block ends."""
    command = [
        Path(sys.executable).with_name("oxigraph"),
        "serve",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    server = subprocess.Popen(
        [*command, "--union-default-graph"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"sparql+http://127.0.0.1:{port}/query"
    finally:
        server.kill()
        server.wait()
