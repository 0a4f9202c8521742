"""A client that wants everything at once, of one kind, until it is killed; run by tests/reliability/test_hogs.py."""

import http.client
import io
import socket
import sys
import threading
import time
import urllib.parse
import zipfile

BOUNDARY = "ranhgioi"
CROSS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a LIMIT 1"


def workbook():
    """Return a small workbook that says it reaches to the last cell there can be."""
    stream = io.BytesIO()
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    cell = '<c r="{0}" t="inlineStr"><is><t>a</t></is></c>'
    rows = f'<row r="1">{cell.format("A1")}</row><row r="1048576">{cell.format("XFD1048576")}</row>'
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return stream.getvalue()


def form(connection, page, files=(), **fields):
    """Send a page's form with its token; return the status."""
    connection.request("GET", page)
    answer = connection.getresponse()
    text = answer.read().decode()
    cookie = "; ".join(
        value.split(";")[0]
        for name, value in answer.getheaders()
        if name.lower() == "set-cookie"
    )
    token = text.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, **fields}
    if not files:
        body = urllib.parse.urlencode(fields).encode()
        kind = "application/x-www-form-urlencoded"
    else:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, filename, data in files:
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
            parts.append(head.encode() + data + b"\r\n")
        body = b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
        kind = f"multipart/form-data; boundary={BOUNDARY}"
    headers = {"Content-Type": kind, "Cookie": cookie}
    connection.request("POST", page, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def breaks(connection):
    """Send a file of line breaks."""
    form(connection, "/tra-ma", [("tep", "a.csv", b"\n" * 2_900_000)])


def cells(connection):
    """Send a small workbook that is none."""
    form(connection, "/tra-ma", [("tep", "a.xlsx", workbook())])


def sparql(connection):
    """Ask what cannot be answered in time."""
    connection.request("GET", "/sparql?query=" + urllib.parse.quote(CROSS))
    connection.getresponse().read()


def wrong_passwords(connection):
    """Log in wrongly, as somebody else each time."""
    email = f"ai-do-{time.monotonic_ns()}@thu.example"
    form(connection, "/dang-nhap", email=email, password="sai hoàn toàn mật khẩu")  # noqa: S106 - a wrong one


def past_days(connection):
    """Get the whole catalogue of a day on which nobody has asked for it."""
    day = f"2026-0{1 + time.monotonic_ns() % 9}-{10 + time.monotonic_ns() // 10 % 18}"
    connection.request("GET", f"/dump/danh-muc.ttl?as_of={day}")
    connection.getresponse().read()


def files(connection):
    """Get all that a search finds, as a workbook."""
    connection.request("GET", "/tim-kiem.xlsx?q=co")
    connection.getresponse().read()


KINDS = {
    "breaks": breaks,
    "cells": cells,
    "sparql": sparql,
    "passwords": wrong_passwords,
    "past": past_days,
    "files": files,
}


def hog(kind, port):
    """Ask for ever."""
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            KINDS[kind](connection)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()


def slow(port, count):
    """Keep connections open that bring a head, a body, or take an answer, byte by byte."""
    begun = {
        "head": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-",
        "body": b"POST /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\na",
        "reader": b"GET /dump/danh-muc.ttl HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    }
    connections = []
    while True:
        while len(connections) < count:
            name = ("head", "body", "reader")[len(connections) % 3]
            try:
                sock = socket.create_connection(("127.0.0.1", port), timeout=5)
                if name == "reader":
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                sock.sendall(begun[name])
            except OSError:
                break
            connections.append((name, sock))
        alive = []
        for name, sock in connections:
            try:
                sock.sendall(b"a") if name != "reader" else sock.recv(1)
                alive.append((name, sock))
            except OSError:
                sock.close()
        connections = alive
        print(len(connections), flush=True)
        time.sleep(1)


def main():
    """Be so many clients of a kind."""
    kind, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if kind == "slow":
        slow(port, count)
    for _ in range(count):
        threading.Thread(target=hog, args=(kind, port)).start()


if __name__ == "__main__":
    main()
