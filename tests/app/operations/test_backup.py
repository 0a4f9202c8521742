"""A backup is made while the register runs, is whole or is said not to be, and comes back where nothing is."""

import hashlib
import json
import tarfile
import threading
from dataclasses import asdict, replace

import pyrage
import pytest
from alembic import command
from sqlalchemy import select, text
from support import agency, back_from, make_system

from app import files, migrations
from app.db import Database
from app.errors import ConflictError, InvalidError, SetupError
from app.migrations import tables
from app.operations import audits, backup
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import moment
from app.search import service as search


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "backup.key"
    return path, backup.new_identity(path)


@pytest.fixture
def elsewhere(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    return make_system(tmp_path / "elsewhere")


def everything(system, *but):
    with system.database.reading() as session:
        every = {
            name: table
            for name, table in tables.metadata.tables.items()
            if name not in but
        }
        return {
            name: sorted(map(repr, session.execute(select(table)).all()))
            for name, table in every.items()
        }


def test_a_register_comes_back_whole_with_its_attachments_and_can_be_searched(
    office, elsewhere, keys, tmp_path
):
    office.land()
    with office.system.database.transaction() as session:
        digest = files.put(
            session, office.system.settings.data_dir, "Đồng Nai.pdf", b"%PDF-1.7"
        ).sha256
    office.system.follow()
    target = tmp_path / "one.age"

    made = backup.make(office.system, target, keys[1])
    assert backup.verify(target, keys[0]) == made
    backup.restore(elsewhere, target, keys[0])
    elsewhere.follow()

    assert everything(elsewhere, "cursor", "representation", "job") == everything(
        office.system, "cursor", "representation", "job"
    )
    assert files.get(elsewhere.settings.data_dir, digest) == b"%PDF-1.7"
    # so that authenticators go on showing the right codes
    assert elsewhere.key == office.system.key
    with elsewhere.database.reading() as session:
        register = Register(session, elsewhere.profile, moment(session))
        assert search.search(register, elsewhere.index, "dat dai", Filter()).total == 1
        assert elsewhere.search_projection.missing(session) == []


def test_nothing_of_it_can_be_read_without_the_key(office, keys, tmp_path):
    office.enter("agency", agency("Sở Rất Bí Mật"))
    target = tmp_path / "one.age"

    backup.make(office.system, target, keys[1])

    assert "Sở Rất Bí Mật".encode() not in target.read_bytes()
    assert keys[0].stat().st_mode & 0o077 == 0
    assert [
        path.name for path in tmp_path.iterdir() if path.name.startswith(".backup-")
    ] == []


HARM = {
    "a flipped byte": lambda data: (
        data[: len(data) // 2]
        + bytes([data[len(data) // 2] ^ 1])
        + data[len(data) // 2 + 1 :]
    ),
    "cut short": lambda data: data[:-100],
    "empty": lambda _data: b"",
    "something else": lambda _data: b"xin chao" * 100,
}


@pytest.mark.parametrize("harm", HARM)
def test_a_backup_that_is_not_good_is_told_and_restores_nothing(
    office, elsewhere, keys, tmp_path, harm
):
    target = tmp_path / "one.age"
    backup.make(office.system, target, keys[1])
    target.write_bytes(HARM[harm](target.read_bytes()))
    before = everything(elsewhere)

    with pytest.raises(SetupError, match="hỏng"):
        backup.verify(target, keys[0])
    with pytest.raises(SetupError, match="hỏng"):
        backup.restore(elsewhere, target, keys[0])

    assert everything(elsewhere) == before


def test_another_key_opens_nothing(office, keys, tmp_path):
    backup.make(office.system, tmp_path / "one.age", keys[1])
    backup.new_identity(tmp_path / "other.key")

    with pytest.raises(SetupError, match="khóa"):
        backup.verify(tmp_path / "one.age", tmp_path / "other.key")


def test_what_is_there_is_never_written_over(office, keys, tmp_path):
    target = tmp_path / "one.age"
    backup.make(office.system, target, keys[1])
    before = everything(office.system)

    with pytest.raises(ConflictError, match="đã có dữ liệu"):
        backup.restore(office.system, target, keys[0])
    with pytest.raises(ConflictError, match="Đã có tệp"):
        backup.make(office.system, target, keys[1])
    with pytest.raises(InvalidError, match="age1"):
        backup.make(office.system, tmp_path / "two.age", "khong phai khoa")

    assert everything(office.system) == before


def test_a_damaged_attachment_is_named_and_all_else_is_kept(
    office, elsewhere, keys, tmp_path
):
    data_dir = office.system.settings.data_dir
    with office.system.database.transaction() as session:
        good, bad = (
            files.put(session, data_dir, f"{number}.pdf", b"%PDF-1.7 " + number).sha256
            for number in (b"1", b"2")
        )
    (data_dir / "files" / bad[:2] / bad).write_bytes(b"khac")
    with office.system.database.reading() as session:
        assert audits.damaged_files(session, data_dir) == [bad]

    made = backup.make(office.system, tmp_path / "one.age", keys[1])
    backup.restore(elsewhere, tmp_path / "one.age", keys[0])

    assert list(made.damaged) == [bad]
    assert files.get(elsewhere.settings.data_dir, good) == b"%PDF-1.7 1"


def test_what_was_kept_for_good_comes_back_and_what_lay_there_is_set_aside(
    office, elsewhere, keys, tmp_path
):
    office.enter("agency", agency("Sở Nội vụ"))
    here, there = office.system.settings.data_dir, elsewhere.settings.data_dir
    (here / "receipts").mkdir()
    (here / "receipts" / "2026-01-01.jsonl").write_text("{}")
    with office.system.database.transaction() as session:
        audits.note_head(session, here)
    (there / audits.HEADS).write_text(f"999 {'0' * 64}\n")

    backup.make(office.system, tmp_path / "one.age", keys[1])
    backup.restore(elsewhere, tmp_path / "one.age", keys[0])

    assert (there / "receipts" / "2026-01-01.jsonl").read_text() == "{}"
    assert len([*there.glob(f"{audits.HEADS}.before-*")]) == 1
    with elsewhere.database.reading() as session:
        assert audits.lost_rows(session, there) == []


def test_what_a_killed_run_left_in_clear_is_gone_with_the_next(office, keys, tmp_path):
    left = office.system.settings.data_dir / "backing-up" / "run-killed"
    left.mkdir(parents=True)
    (left / "register.db").write_text("in clear")

    backup.make(office.system, tmp_path / "one.age", keys[1])

    assert [path.name for path in left.parent.iterdir()] == ["lock"]
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_backup_of_the_release_before_is_verified(office, keys, tmp_path):
    """Its journal lacks columns of today."""
    source, old = tmp_path / "one.age", tmp_path / "old.age"
    folder = tmp_path / "unpacked"
    made = backup.make(office.system, source, keys[1])
    identity = pyrage.x25519.Identity.from_str(keys[0].read_text().strip())
    pyrage.decrypt_file(str(source), str(tmp_path / "packed"), [identity])
    with tarfile.open(tmp_path / "packed") as archive:
        archive.extractall(folder, filter="data")
    held = Database(f"sqlite:///{folder / 'register.db'}", tables.metadata)
    with held.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER journal_no_delete"))
        connection.execute(text("DELETE FROM journal"))
    command.downgrade(migrations.configured(held), "0015")
    held.fold()
    digest = hashlib.sha256((folder / "register.db").read_bytes()).hexdigest()
    said = replace(
        made, seq=0, leaf=None, hashes={**made.hashes, "register.db": digest}
    )
    (folder / "manifest.json").write_text(json.dumps(asdict(said)))
    with tarfile.open(tmp_path / "packed", "w") as archive:
        archive.add(folder, ".")
    pyrage.encrypt_file(str(tmp_path / "packed"), str(old), [identity.to_public()])

    assert backup.verify(old, keys[0]) == said


@pytest.mark.slow
def test_backups_made_while_people_write_hold_all_that_was_acknowledged_before(
    office, keys, tmp_path
):
    acknowledged, done = [], threading.Event()

    def write():
        while not done.is_set():
            acknowledged.append(
                office.propose("agency", agency(f"Sở thứ {len(acknowledged)}"))
            )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            before = list(acknowledged)
            assert set(before) <= back_from(
                office.system, keys[1], keys[0], tmp_path / f"back{number}"
            )
    finally:
        done.set()
        writer.join()
    assert len(acknowledged) > 5
