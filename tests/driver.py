"""A register served in a process group of its own, and clients that write down what it acknowledged."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta

from conftest import ROOT
from people import key_of
from support import Office, database, make_system
from support import served as running

from app import clock, config
from app.accounts.models import ApiToken
from app.permissions import Role

# `make nightly PART=kills`; else the short form that every test run has
LONG = os.environ.get("RELIABILITY") == "long"
PORT = 5000  # of base_uri; the server takes any free one


@dataclass
class Served:
    """An office behind `danhmuc serve`, started and killed as often as wanted."""

    office: Office
    settings: str
    port: int = 0
    process: subprocess.Popen | None = None
    keys: dict = field(default_factory=dict)

    def start(self, until="/readyz"):
        """Start the server; return how many seconds it took until it said that it is ready."""
        begun = time.monotonic()
        environment = {
            **os.environ,
            config.VARIABLE: self.settings,
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", "app.cli", "serve", "--port", "0"]
        with (self.office.system.settings.data_dir / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        running.append(self.process)
        line = self.process.stdout.readline().decode()
        self.port = int(line.rpartition(":")[2].split()[0])
        while time.monotonic() < begun + 60:
            if self.ask("GET", until)[0] == 200:
                return time.monotonic() - begun
            time.sleep(0.02)
        raise TimeoutError(line)

    def kill(self):
        """Kill the server and its follower at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Ask the server to stop; return its exit code and how many seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        return code, time.monotonic() - begun

    def ask(self, method, path, body=None, who=None, etag=None):
        """Ask once over a connection of its own; OSError or HTTPException when no whole answer came."""
        sent = {"Authorization": f"Bearer {self.keys[who]}"} if who is not None else {}
        sent |= {"If-Match": etag} if etag else {}
        sent |= {"Content-Type": "application/json"} if body is not None else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                method, path, json.dumps(body) if body is not None else None, sent
            )
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def act(self, number, action, who, etag, **body):
        """Do one thing to a proposal; return status, parsed answer and new ETag."""
        path = f"/api/v1/proposals/{number}/actions/{action}"
        status, text, headers = self.ask("POST", path, body, who, etag)
        return status, json.loads(text), headers.get("ETag")

    def propose(self, content):
        """Open a draft; return its number and ETag."""
        status, text, headers = self.ask(
            "POST", "/api/v1/proposals", content, Role.REGISTRAR
        )
        assert status == 201, text
        return json.loads(text)["number"], headers["ETag"]


def served(folder):
    """Return an office in a folder, with a settings file for `danhmuc serve` and keys that may sign all day."""
    base = f"http://127.0.0.1:{PORT}"
    system = make_system(folder, base)
    office = Office(system).open()
    path = folder / "settings.toml"
    lines = [
        f'database_url = "{system.settings.database_url}"',
        *(
            'search_url = "whoosh:index"',
            'data_dir = "data"',
            f'base_uri = "{base}"',
            'publisher_code = "Y99"',
        ),
        "promulgate = []",  # approving enters
        *("[[provinces]]", 'name = "Thử Nghiệm"', 'type = "tỉnh"', ""),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    system.settings.data_dir.mkdir(exist_ok=True)
    found = Served(office, str(path))
    found.keys = {
        who: key_of(office, who)
        for who in (Role.REGISTRAR, Role.REVIEWER, Role.APPROVER)
    }
    with system.database.transaction() as session:
        for token in session.query(ApiToken):
            token.signing_until = clock.now() + timedelta(days=1)
    return found


def asking(office, basis, title):
    """Return what a proposal for a database is opened with."""
    return {
        "kind": "shared-database",
        "content": database(str(office.department), basis, title=title),
    }
