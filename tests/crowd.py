"""One of many clients: edits shared drafts and decides on shared proposals; run as a program, prints what it was told.

Arguments: port, keys by role, numbers of drafts, decisions as number and hash, how many deeds, a name; all as one JSON.
"""

import http.client
import json
import random
import sys


def ask(port, key, method, path, body=None, etag=None):
    """Ask once; return status, parsed answer, ETag."""
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        **({"If-Match": etag} if etag else {}),
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(
        method, path, json.dumps(body) if body is not None else None, headers
    )
    answer = connection.getresponse()
    found = (
        answer.status,
        json.loads(answer.read() or b"null"),
        answer.headers.get("ETag"),
    )
    connection.close()
    return found


def edit(task, chance, mark, told):
    """Add a mark to a shared draft, as often as it takes."""
    number, key = chance.choice(task["drafts"]), task["keys"]["registrar"]
    path = f"/api/v1/proposals/{number}"
    while True:
        _status, found, etag = ask(task["port"], key, "GET", path)
        content = found["content"]
        content["description"] = {"vi": content["description"]["vi"] + " " + mark}
        status, _answer, _etag = ask(
            task["port"], key, "PUT", f"{path}/content", {"content": content}, etag
        )
        told[str(status)] = told.get(str(status), 0) + 1
        if status == 200:
            told["marks"].append([number, mark])
        if status != 412:
            return


def decide(task, chance, told):
    """Try to approve a shared proposal."""
    number, seen = chance.choice(task["decisions"])
    key, path = task["keys"]["approver"], f"/api/v1/proposals/{number}"
    _status, _found, etag = ask(task["port"], key, "GET", path)
    status, _answer, _etag = ask(
        task["port"], key, "POST", f"{path}/actions/approve", {"seen_hash": seen}, etag
    )
    told[f"decision {status}"] = told.get(f"decision {status}", 0) + 1
    if status == 200:
        told["decided"].append(number)


def main():
    """Do what the argument says and print what came of it."""
    task = json.loads(sys.argv[1])
    chance, told = random.Random(task["name"]), {"marks": [], "decided": []}
    for deed in range(task["deeds"]):
        if chance.random() < 0.7:
            edit(task, chance, f"{task['name']}-{deed}", told)
        else:
            decide(task, chance, told)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
