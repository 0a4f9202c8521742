"""Register a database through the interface: open a draft, see what is missing, fill it
in, send. Standard library.
"""

import json
import sys
import urllib.request
import uuid
from pathlib import Path
from typing import Any


def call(
    method: str, path: str, body: object = None, etag: str | None = None
) -> tuple[Any, str]:
    """Return the answer and its ETag; an error carries a problem (RFC 9457) whose
    `errors` name the fields.
    """
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    headers |= {
        "Idempotency-Key": str(uuid.uuid4()),
        **({"If-Match": etag} if etag else {}),
    }
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(
        f"{base}/api/v1{path}", data, headers, method=method
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer), answer.headers["ETag"]


base, key, path = sys.argv[1:]
content = json.loads(Path(path).read_text(encoding="utf-8"))

draft, etag = call(
    "POST", "/proposals", {"kind": "shared-database", "content": content}
)
address = f"/proposals/{draft['number']}"
for problem in call("GET", f"{address}/problems?stage=submit")[0]:
    print(problem["severity"], problem["field"], problem["message"])
draft, etag = call(
    "PUT", f"{address}/content", {"content": {**content, "state_secret": False}}, etag
)
sent, etag = call("POST", f"{address}/actions/submit", {}, etag)
print(sent["number"], sent["status"], sent["content_hash"])
