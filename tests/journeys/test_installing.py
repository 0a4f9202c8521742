"""docs/operate.md followed on an empty folder: install, first people, first entry, backup, restore, other database."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest
from conftest import ROOT
from people import Visitor, form_fields
from sqlalchemy import select
from support import agency, new_database, postgres

from app import config, journal
from app.accounts import sessions
from app.factory import System, create_app
from app.permissions import Role

pytestmark = pytest.mark.slow
GUIDE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
PASSWORD = "mot cau chi minh toi biet"


class Machine:
    """A clean folder, and the command line in it."""

    def __init__(self, folder):
        self.folder = folder
        self.settings = folder / "danhmuc.toml"
        self.opened = []
        text = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[1]
        url = new_database()
        self.settings.write_text(
            re.sub(r"^ {3}", "", text, flags=re.MULTILINE).replace(
                "sqlite:///register.db", url
            ),
            encoding="utf-8",
        )

    def run(self, *command, code=0):
        environment = {**os.environ, config.VARIABLE: str(self.settings)}
        asked = [sys.executable, "-m", "app.cli", *command]
        done = subprocess.run(
            asked,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, (command, done.stdout, done.stderr)
        return done.stdout + done.stderr

    @property
    def system(self):
        found = System(config.load({config.VARIABLE: str(self.settings)}))
        self.opened.append(found)
        return found

    def close(self):
        for system in self.opened:
            system.database.engine.dispose()


class Person(Visitor):
    """Somebody of the installation at a browser, with the authenticator that they set up."""

    def __init__(self, application):
        self.client = application.test_client()
        self.application = application

    def enter(self, email, given, own):
        """Log in with the password that was given, and choose one's own."""
        self.log_in(email, given)
        assert (
            self.post(
                "/dang-nhap/mat-khau", {"password": own}, "/dang-nhap/mat-khau"
            ).status_code
            == 302
        )

    def enrol(self):
        page = self.get("/dang-nhap/ung-dung").text
        secret = re.search(r"app-secret\">([A-Z2-7]{32})<", page)[1]
        done = self.post(
            "/dang-nhap/ung-dung",
            {"new_code": pyotp.TOTP(secret).now()},
            "/dang-nhap/ung-dung",
        )
        assert done.status_code == 200
        self.codes = re.findall(r"<li>([a-z2-9-]{14})</li>", done.text)

    def act(self, number, action, **more):
        page = self.get(f"/phieu/{number}").text
        sent = {
            "lock": re.search(r'name="lock" value="(\d+)"', page)[1],
            **(
                {"seen": re.search(r'name="seen" value="(\w+)"', page)[1]}
                if 'name="seen"' in page
                else {}
            ),
            **more,
        }
        answer = self.post(f"/phieu/{number}/viec/{action}", sent, f"/phieu/{number}")
        assert answer.status_code == 302, answer.text


@pytest.fixture
def machine(tmp_path):
    found = Machine(tmp_path)
    yield found
    found.close()


def first_people(machine):
    """Go through the steps of “Installing”; return the people by role, logged in."""
    machine.run("migrate")
    machine.run("follow", "--once")
    assert "Mọi điều đều ổn" in machine.run("doctor")
    said = machine.run(
        "user", "first", "quan-tri@vi-du.example", "--name", "Nguyễn Quản Trị"
    )
    link = re.search(r"https://danhmuc\.example(/moi/\S+)", said)[1]
    application = create_app(machine.system)
    administrator = Person(application)
    assert administrator.post(link, {"password": PASSWORD}, link).status_code == 302
    administrator.enrol()
    second = [
        "--name",
        "Trần Quản Trị",
        "--title",
        "Quản trị",
        "--role",
        "administrator",
    ]
    machine.run("user", "add", "thu-hai@vi-du.example", *second)
    other = invited(machine, application, "thu-hai@vi-du.example")
    people = {Role.ADMINISTRATOR: administrator}
    for place, role in enumerate((Role.REGISTRAR, Role.REVIEWER, Role.APPROVER)):
        new = {
            "email": f"{role}@vi-du.example",
            "name": f"Người {role}",
            "title": str(role),
            "role": str(role),
        }
        signed = {"one_time_code": administrator.codes[0]} if place == 0 else {}
        made = administrator.post(
            "/quan-tri/nguoi", {**new, **signed}, "/quan-tri/nguoi"
        )
        if role is Role.APPROVER:
            # another administrator confirms, and nobody else ever knows the password
            assert made.status_code == 302, made.text
            page = other.get("/quan-tri/nguoi").text
            address = re.search(r"/quan-tri/de-nghi/\d+/xac-nhan", page)[0]
            code = {"one_time_code": other.codes[0]}
            assert other.post(address, code, "/quan-tri/nguoi").status_code == 302
            people[role] = invited(machine, application, new["email"])
            continue
        assert made.status_code == 200, made.text
        given = re.search(r'app-secret">([a-z2-9-]{19})<', made.text)[1]
        people[role] = Person(application)
        people[role].enter(new["email"], given, f"{PASSWORD} {role}")
    return people


def invited(machine, application, email):
    """Return somebody who has chosen a password by a link, and set up a factor."""
    said = machine.run("user", "link", email)
    link = re.search(r"https://danhmuc\.example(/moi/\S+)", said)[1]
    person = Person(application)
    assert person.post(link, {"password": PASSWORD}, link).status_code == 302
    person.enrol()
    return person


def take_reference_data_in(machine, people):
    reviewer = ("--as", "reviewer@vi-du.example")
    assert "517 mới" in machine.run("reference", "compare", *reviewer)
    said = machine.run("reference", "prepare", *reviewer)
    address = re.search(r"https://danhmuc\.example(/dot-nhap/\d+)", said)[1]
    approver = people[Role.APPROVER]
    page = approver.get(address).text
    assert "47/2020/NĐ-CP" in page
    form = {"sure": "1", "one_time_code": approver.codes[3]}
    assert approver.post(f"{address}/xac-nhan", form, address).status_code == 302
    assert "517 như cũ" in machine.run("reference", "compare", *reviewer)
    assert "Không có gì để nhập" in machine.run("reference", "prepare", *reviewer)
    with machine.system.database.reading() as session:
        actions = set(session.scalars(select(journal.JournalRow.action)))
    assert "intake.first" in actions


def register_own_agency(people):
    registrar = people[Role.REGISTRAR]
    begun = registrar.post("/dang-ky", {"kind": "agency", "own": "1"}, "/dang-ky")
    number = int(re.search(r"/phieu/(\d+)", begun.headers["Location"])[1])
    content = agency("Sở Khoa học và Công nghệ")
    page = registrar.get(f"/phieu/{number}/phan/general").text
    for section in re.findall(
        rf'href="(/phieu/{number}/phan/\w+)"', registrar.get(f"/phieu/{number}").text
    ):
        page = registrar.get(section).text
        fields = form_fields(page)
        fields |= {
            f"{name}.vi" if isinstance(value, dict) else name: value.get("vi")
            if isinstance(value, dict)
            else value
            for name, value in content.items()
            if f'name="{name}' in page
        }
        assert registrar.post(section, fields, section).status_code == 302
    sent = registrar.get(f"/phieu/{number}/kiem-tra").text
    form = {**form_fields(sent), "sure": "1"}
    assert (
        registrar.post(
            f"/phieu/{number}/kiem-tra", form, f"/phieu/{number}/kiem-tra"
        ).status_code
        == 302
    )
    people[Role.REVIEWER].act(number, "take")
    people[Role.REVIEWER].act(number, "recommend")
    approver = people[Role.APPROVER]
    approver.act(number, "approve", sure="1", one_time_code=approver.codes[1])


@pytest.mark.nightly("browser")
def test_the_guide_leads_from_an_empty_folder_to_a_register_that_is_backed_up_and_moved(
    machine, tmp_path
):
    people = first_people(machine)
    take_reference_data_in(machine, people)
    register_own_agency(people)
    machine.run("follow", "--once")
    assert "khớp" in machine.run("check")
    assert "Sở Khoa học và Công nghệ" in people[Role.REGISTRAR].get("/co-quan").text

    recipient = machine.run("backup", "new-key", str(tmp_path / "backup.key")).strip()
    (tmp_path / "backup").mkdir()
    machine.run("backup", "make", str(tmp_path / "backup"), "--to", recipient)
    (made,) = (tmp_path / "backup").iterdir()
    machine.run("backup", "verify", str(made), "--key", str(tmp_path / "backup.key"))
    (tmp_path / "new").mkdir()
    new = Machine(tmp_path / "new")
    new.run("backup", "restore", str(made), "--key", str(tmp_path / "backup.key"))
    new.run("follow", "--once")
    assert "khớp" in new.run("check")
    again = Person(create_app(new.system))
    again.log_in("approver@vi-du.example", f"{PASSWORD} {Role.APPROVER}")
    code = {"one_time_code": people[Role.APPROVER].codes[2]}
    # authenticators go on working
    assert again.post("/dang-nhap/ma", code, "/dang-nhap/ma").status_code == 302
    assert again.get("/viec-cua-toi").status_code == 200
    new.close()


@pytest.mark.nightly("browser")
def test_the_other_database_is_a_copy_away(machine):
    first_people(machine)
    target = postgres.create()
    machine.run("copy", "--from", machine.system.settings.database_url, "--to", target)
    text = machine.settings.read_text(encoding="utf-8")
    machine.settings.write_text(
        re.sub(r'database_url = ".*"', f'database_url = "{target}"', text),
        encoding="utf-8",
    )
    machine.run("follow", "--once")

    assert "Mọi điều đều ổn" in machine.run("doctor")
    with machine.system.database.reading() as session:
        assert sessions.count(session) >= 4


def test_every_command_of_the_guide_is_there():
    listed = set(re.findall(r"`danhmuc ([a-z][a-z-]*(?: [a-z][a-z-]+)?)", GUIDE))
    from app.cli.group import cli

    for command in listed:
        first, _, second = command.partition(" ")
        found = cli.commands[first]
        if second and hasattr(found, "commands"):
            assert second in found.commands, command


def test_the_files_for_a_server_name_what_is_there():
    unit = (ROOT / "docs" / "deploy" / "danhmuc.service").read_text(encoding="utf-8")
    site = (ROOT / "docs" / "deploy" / "nginx.conf").read_text(encoding="utf-8")

    assert "danhmuc serve" in unit
    assert config.VARIABLE in unit
    assert "X-Forwarded-For $remote_addr" in site
    assert Path(ROOT / "docs" / "deploy" / "danhmuc-backup.timer").exists()
