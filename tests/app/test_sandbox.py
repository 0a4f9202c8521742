"""The sandbox holds whatever runs in it; here that is Python itself, the most hostile input there is."""

import pytest

from app.errors import InvalidError, UnavailableError
from app.sandbox import Limits, Sandbox


@pytest.fixture(scope="module")
def python():
    box = Sandbox("builtins:eval", Limits(cpu=1, wall=2.0, memory=64 << 20, answer=1 << 20))
    box.run(b"b'warm'")
    yield box
    box.close()


def refused(box, code):
    with pytest.raises(InvalidError) as error:
        box.run(code)
    return str(error.value)


def test_a_call_gives_bytes_for_bytes(python):
    assert python.run(b"b'1' + str(6 * 7).encode()") == b"142"


HOSTILE = {
    "reads a file": b"open('/etc/hostname').read()",
    "writes a file": b"open('/tmp/danhmuc-x', 'w').write('x')",
    "lists a folder": b"__import__('os').listdir('/')",
    "opens a socket": b"__import__('_socket').socket()",
    "starts a program": b"__import__('_posixsubprocess')",
    "runs a shell": b"__import__('os').execv('/bin/sh', ['sh', '-c', 'exit'])",
    "takes all memory": b"len(bytes(1 << 31)).to_bytes(8)",
    "never ends": b"[0 for _ in iter(int, 1)]",
    "sleeps": b"__import__('time').sleep(60)",
    "answers too much": b"bytes(1 << 22)",
    "nests": b"(" * 5000 + b")" * 5000,
    "kills itself": b"__import__('os').kill(__import__('os').getpid(), 9)",
    "kills its group": b"__import__('os').abort()",
    "raises anything": b"exec('raise SystemExit(0)')",
}


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_it_tries_is_refused_in_time_and_the_next_call_works(python, what, tmp_path):
    target = tmp_path / "x"
    refused(python, HOSTILE[what].replace(b"/tmp/danhmuc-x", str(target).encode()))

    assert python.run(b"b'alive'") == b"alive"
    assert not target.exists()


def test_no_call_sees_anything_of_another(python):
    python.run(b"__import__('builtins').__dict__.update(secret=b'mine') or b''")

    assert "NameError" in refused(python, b"secret")


def test_even_a_call_that_kills_its_keeper_leaves_the_next_alone(python):
    with pytest.raises(UnavailableError):
        python.run(b"__import__('os').kill(__import__('os').getppid(), 9) or __import__('time').sleep(9)")

    assert python.run(b"b'again'") == b"again"
