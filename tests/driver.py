"""A register served in a process group of its own, and clients that write down what it acknowledged."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from conftest import ROOT
from people import key_of
from support import Office, database, make_system

from app import config
from app.permissions import Role

READY = 5.0  # seconds in which a server is ready again


@dataclass
class Served:
    """An office behind `danhmuc serve`, started and killed as often as wanted."""

    office: Office
    settings: str
    port: int = 0
    process: subprocess.Popen | None = None
    keys: dict = field(default_factory=dict)

    def start(self):
        """Start the server; return how many seconds it took until it said that it is ready."""
        begun = time.monotonic()
        environment = {**os.environ, config.VARIABLE: self.settings, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "app.cli", "serve", "--port", "0"]
        with (self.office.system.settings.data_dir / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        line = self.process.stdout.readline().decode()
        self.port = int(line.rpartition(":")[2].split()[0])
        while time.monotonic() < begun + 60:
            status, _body, _ = self.ask("GET", "/readyz")
            if status == 200:
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

    def ask(self, method, path, body=None, who=None, **headers):
        """Ask once over a connection of its own; OSError or HTTPException when no whole answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            sent["Authorization"] = f"Bearer {self.keys[who]}"
        payload = None
        if body is not None:
            sent["Content-Type"], payload = "application/json", json.dumps(body)
        try:
            connection.request(method, path, payload, sent)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, text, answer.headers
        finally:
            connection.close()

    def act(self, number, action, who, etag, **body):
        """Do one thing to a proposal; return status, parsed answer and new ETag."""
        status, text, headers = self.ask(
            "POST", f"/api/v1/proposals/{number}/actions/{action}", body, who, If_Match=etag
        )
        return status, json.loads(text), headers.get("ETag")


def served(folder):
    """Return an office in a folder, with a settings file for `danhmuc serve` and a key for everybody."""
    system = make_system(folder, "http://127.0.0.1:5000")
    office = Office(system).open()
    url = system.settings.database_url
    text = f"""database_url = "{url}"
search_url = "whoosh:index"
data_dir = "data"
base_uri = "http://127.0.0.1:5000"
publisher_code = "Y99"
[[provinces]]
name = "Thử Nghiệm"
type = "tỉnh"
"""
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    (folder / "data").mkdir(exist_ok=True)
    found = Served(office, str(path))
    found.keys = {who: key_of(office, who) for who in (Role.REGISTRAR, Role.REVIEWER, Role.APPROVER)}
    return found


def content_for(office, basis, title):
    """Return what a database is registered with."""
    return {"kind": "shared-database", "content": database(str(office.department), basis, title=title)}
