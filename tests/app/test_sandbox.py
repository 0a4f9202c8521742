"""The sandbox holds whatever runs in it; here that is Python itself, the most hostile input there is."""

import pytest
from support import landlock_works

from app.errors import InvalidError, UnavailableError
from app.sandbox import Limits, Sandbox


@pytest.fixture(scope="module")
def python():
    box = Sandbox(
        "builtins:eval", Limits(cpu=1, wall=2.0, memory=64 << 20, answer=1 << 20)
    )
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
def test_whatever_it_tries_is_refused_in_time_and_the_next_call_works(
    python, what, tmp_path
):
    target = tmp_path / "x"
    refused(python, HOSTILE[what].replace(b"/tmp/danhmuc-x", str(target).encode()))

    assert python.run(b"b'alive'") == b"alive"
    assert not target.exists()


READING = {
    "reads another file": b"open('/etc/hostname').read()",
    "goes round": b"open('%s/../outside').read()",
    "lists another folder": b"__import__('os').listdir('/')",
    "writes": b"open('%s/file', 'a')",
    "makes a file": b"open('%s/new', 'w')",
    "opens a socket": b"__import__('os').fstat(__import__('ctypes').CDLL(None).socket(2, 1, 0))",
    "opens too many": b"[open('%s/file') for _ in range(99)]",
    "starts a program": b"__import__('os').execv('/bin/sh', ['sh', '-c', 'exit'])",
}


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "folder"
    found.mkdir()
    (found / "file").write_text("read me")
    (tmp_path / "outside").write_text("not me")
    return found


def test_a_call_reads_the_folder_that_it_is_given_where_the_kernel_can_hold_it_to_that(
    python, folder
):
    code = f"open('{folder}/file').read().encode()".encode()

    assert "OSError" in refused(python, code)
    if landlock_works():
        assert python.run(code, reads=str(folder)) == b"read me"
    else:
        assert "OSError" in refused(python, code)


@pytest.mark.parametrize("what", READING)
def test_a_call_that_may_read_a_folder_may_do_nothing_else(python, folder, what):
    code = READING[what].replace(b"%s", str(folder).encode())
    with pytest.raises(
        InvalidError, match=r"PermissionError|OSError|FileNotFoundError"
    ):
        python.run(code, reads=str(folder))

    assert [one.name for one in folder.iterdir()] == ["file"]
    assert (folder / "file").read_text() == "read me"


def test_no_call_sees_anything_of_another(python):
    python.run(b"__import__('builtins').__dict__.update(secret=b'mine') or b''")

    assert "NameError" in refused(python, b"secret")


def test_even_a_call_that_kills_its_keeper_leaves_the_next_alone(python):
    with pytest.raises(UnavailableError):
        python.run(
            b"__import__('os').kill(__import__('os').getppid(), 9) or __import__('time').sleep(9)"
        )

    assert python.run(b"b'again'") == b"again"
