"""Letters are written once, with the reason for them, and go out when there is a server that takes them."""

import mailbox
import socket
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from random import Random

import pytest
from sqlalchemy import select

from app import clock, config
from app.accounts import service as accounts
from app.accounts.models import Person
from app.errors import SetupError
from app.notify import letters, mail
from app.notify.models import Letter

pytestmark = pytest.mark.enable_socket


class Postbox(threading.Thread):
    """A mail server that keeps what it is given, refuses every recipient, or fails as `chance` has it.

    It fails before it takes a letter, or after it has, when the sender cannot know.
    """

    def __init__(self, *, refuses=False, chance=None):
        super().__init__(daemon=True)
        self.chance = chance
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port, self.refuses, self.kept = (
            self.listening.getsockname()[1],
            refuses,
            [],
        )
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._serve(stream)

    def _serve(self, stream):
        def say(text):
            stream.write(text + b"\r\n")
            stream.flush()

        say(b"220 thu")
        while line := stream.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                say(b"354 go on")
                text = b""
                while (part := stream.readline()) != b".\r\n":
                    text += part
                self.kept.append(message_from_bytes(text, policy=policy.default))
                if self.chance and self.chance.random() < 0.15:
                    return
            if verb == b"MAIL" and self.chance and self.chance.random() < 0.15:
                say(b"451 later")
                continue
            say(
                b"550 no"
                if verb == b"RCPT" and self.refuses
                else b"221 bye"
                if verb == b"QUIT"
                else b"250 ok"
            )
            if verb == b"QUIT":
                return

    def close(self):
        # else whoever waits in accept() takes one more
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.join()


@pytest.fixture
def postbox():
    found = Postbox()
    yield found
    found.close()


def posting(office, port):
    return replace(
        office.system.settings,
        mail_server=f"smtp://127.0.0.1:{port}",
        mail_from="danhmuc@thu.example",
    )


def unused(office, days):
    """Have somebody's account unused for so many days."""
    with office.system.database.transaction() as session:
        person = accounts.find(session, "registrar@thu.example")
        person.activated_at = person.seen_at = clock.now() - timedelta(days=days)


def waiting(office):
    with office.system.database.reading() as session:
        return [
            (letter.sent_at is not None, letter.tries)
            for letter in session.scalars(select(Letter))
        ]


def test_whoever_does_not_use_an_account_is_reminded_once_before_it_closes(
    office, postbox
):
    unused(office, 400 - 10)
    for _ in range(2):
        office.system.do_due()
    with office.system.database.transaction() as session:
        letters.remind_unused(session, office.system.settings, clock.today())
    assert waiting(office) == [(False, 0)]

    assert mail.send_waiting(office.system.database, posting(office, postbox.port)) == 1
    assert mail.send_waiting(office.system.database, posting(office, postbox.port)) == 0
    (letter,) = postbox.kept
    assert (letter["To"], letter["From"]) == (
        "registrar@thu.example",
        "danhmuc@thu.example",
    )
    assert (
        letter["Subject"]
        == f"Tài khoản sẽ bị khóa từ ngày {clock.today() + timedelta(days=11):%d/%m/%Y}"
    )
    assert "chỉ cần đăng nhập một lần" in letter.get_content()
    with office.system.database.reading() as session:
        assert (
            session.scalar(
                select(Person.disabled_at).where(
                    Person.email_key == "registrar@thu.example"
                )
            )
            is None
        )


@pytest.mark.parametrize("days", [10, 400 - 20])
def test_nobody_else_is_written_to(office, days):
    unused(office, days)
    office.system.do_due()

    assert waiting(office) == []


def test_letters_wait_while_no_server_takes_them_and_the_follower_goes_on(office):
    unused(office, 400 - 10)
    office.system.do_due()
    # none is named
    assert mail.send_waiting(office.system.database, office.system.settings) == 0
    gone = Postbox()
    gone.close()
    assert mail.send_waiting(office.system.database, posting(office, gone.port)) == 0
    refusing = Postbox(refuses=True)
    assert (
        mail.send_waiting(office.system.database, posting(office, refusing.port)) == 0
    )
    assert waiting(office) == [(False, 1)]  # it waits a while before it is tried again
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        assert (
            mail.send_waiting(office.system.database, posting(office, refusing.port))
            == 0
        )
    refusing.close()

    assert [sent for sent, _tries in waiting(office)] == [False]
    assert waiting(office)[0][1] >= 2


@pytest.mark.nightly("kills")
@pytest.mark.slow
def test_a_thousand_letters_arrive_once_each_though_three_in_ten_sendings_fail(office):
    database, sink = office.system.database, Postbox(chance=Random(7))
    with database.transaction() as session:
        person = accounts.find(session, "registrar@thu.example")
        for number in range(1000):
            letters.write(
                session, person.id, f"thử {number}", f"Thư {number}", "Kính gửi"
            )
            letters.write(
                session, person.id, f"thử {number}", f"Thư {number}", "Kính gửi"
            )
    now, settings = clock.now(), posting(office, sink.port)
    for step in range(400):
        with clock.frozen(now + timedelta(minutes=step)):
            mail.send_waiting(database, settings)
        if all(sent for sent, _tries in waiting(office)):
            break
    sink.close()

    told = {letter["Message-ID"]: letter["Subject"] for letter in sink.kept}
    # no letter under two ids
    assert sorted(told.values()) == sorted(f"Thư {number}" for number in range(1000))
    assert len(waiting(office)) == 1000
    assert any(tries > 1 for _sent, tries in waiting(office))


def test_in_the_demonstration_letters_go_into_a_mailbox_file(office, tmp_path):
    settings = replace(
        office.system.settings,
        mail_server=f"mbox:{tmp_path}/mail.mbox",
        mail_from="a@thu.example",
    )
    with office.system.database.transaction() as session:
        person = accounts.find(session, "registrar@thu.example")
        letters.write(session, person.id, "thử", "Cần xử lý", "Kính gửi")

    assert mail.send_waiting(office.system.database, settings) == 1
    with closing(mailbox.mbox(tmp_path / "mail.mbox")) as box:
        (letter,) = box
    assert (letter["To"], letter["Message-ID"].endswith("@danhmuc.example>")) == (
        "registrar@thu.example",
        True,
    )


def test_a_name_with_line_breaks_makes_no_header(office, postbox):
    with office.system.database.transaction() as session:
        person = accounts.find(session, "registrar@thu.example")
        letters.write(
            session,
            person.id,
            "thử",
            "Dòng một",
            "Kính gửi\r\n.\r\nBcc: khac@thu.example\r\n",
        )
    mail.send_waiting(office.system.database, posting(office, postbox.port))

    (letter,) = postbox.kept
    assert letter["Bcc"] is None
    assert "Bcc: khac@thu.example" in letter.get_content()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mail_server", "http://x"),
        ("mail_server", "smtp://a b"),
        ("mail_from", "khong phai thu"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path, name, value):
    base = {
        "database_url": "sqlite:///a",
        "search_url": "whoosh:a",
        "data_dir": "a",
        "base_uri": "https://a.example",
    }
    whole = {
        **base,
        "provinces": [{"name": "A", "type": "tỉnh"}],
        "publisher_code": "Y19",
        name: value,
    }
    with pytest.raises(SetupError, match=name):
        config.parse(whole, tmp_path)
