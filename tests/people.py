"""Somebody at a browser without JavaScript: logs in, follows pages, posts forms with the page's own token."""

import io
import re

import xlsxwriter
from support import database

from app import clock
from app.accounts import api_keys, factors, service, sessions
from app.accounts.models import ApiToken
from app.permissions import Action, Role, Scope
from app.workflow.proposals.models import Proposal

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
COOKIE = "__Host-danhmuc"
KIND = "shared-database"
PASSWORD = "mot cau de nho ma dai"


def logged_in(office, person_id):
    """Begin a session that lacks nothing, in which the second factor was just given; return its secret."""
    with office.system.database.transaction() as session:
        if not factors.enrolled(session, person_id):
            factors.set_up(session, person_id)
        secret = sessions.begin(session, person_id, office.system.settings)
        row = sessions.row_of(session, secret)
        row.factor_at, row.signing_until = clock.now(), clock.now() + sessions.SIGNING
    return secret


def recovery_code(system, email):
    """Return a code that stands in for somebody's authenticator once; codes from before are void."""
    with system.database.transaction() as session:
        return factors.renew_codes(
            session, service.find(session, email).id, system.key
        )[0]


def key_of(office, who, scopes=tuple(Scope)):
    """Issue a key that may sign; return its text."""
    with office.system.database.transaction() as session:
        text = api_keys.issue(session, office.actors[who], "thử", frozenset(scopes), 30)
        kept = session.get(ApiToken, api_keys.bearer(session, text).token_id)
        kept.signing_until = clock.now() + sessions.SIGNING
    return text


class Browser:
    """A client as one of the office's people; None is nobody."""

    def __init__(self, office, who=None, application=None):
        self.client = application.test_client() if application else office.client()
        self.token = ""
        if who is not None:
            secret = logged_in(office, office.actors[who].person_id)
            self.client.set_cookie(
                COOKIE, secret, domain="danhmuc.example", secure=True
            )
        self.token = TOKEN.search(
            self.get("/kha-nang-tiep-can" if who else "/dang-nhap").text
        )[1]

    def get(self, path, **kw):
        return self.client.get(
            path, base_url="https://danhmuc.example", buffered=True, **kw
        )

    def post(self, path, data=None, **kw):
        kw.setdefault("base_url", "https://danhmuc.example")
        return self.client.post(
            path, data={"csrf_token": self.token, **(data or {})}, **kw
        )

    def upload(self, kind, data, do=None, name="danh sách.xlsx", **said):
        """Send a file to register from; return the page that shows what becomes of it, and after `do` what became of it."""
        sent = {"kind": kind}
        if isinstance(data, str):
            sent["dan"] = data
        else:
            sent["tep"] = (io.BytesIO(data), name)
        answer = self.post("/dang-ky/tep", sent)
        if answer.status_code != 302:
            return answer
        path = answer.headers["Location"]
        page = self.get(path)
        if do is None or page.status_code != 200:
            return page
        return self.decide(path, page, do, **said)

    def decide(self, path, page, do, **said):
        """Press a button of the page that shows a file, having said more."""
        fields = {**form_fields(page.text), **said, "do": do}
        answer = self.post(path, fields)
        return self.get(path) if answer.status_code == 302 else answer

    def fields(self, path):
        """Return what a browser would send of the page's main form, as it stands."""
        return form_fields(self.get(path).text)


def form_fields(page):
    """Return the names and values of the inputs of the last form that has a seal or a lock."""
    found = {}
    form = next(
        part
        for part in page.split("<form")[::-1]
        if 'name="seal"' in part or 'name="lock"' in part
    )
    for tag in re.findall(r"<(?:input|textarea)[^>]*>(?:[^<]*</textarea>)?", form):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or (
            ('type="radio"' in tag or 'type="checkbox"' in tag)
            and " checked" not in tag
        ):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        text = re.search(r">\n?([^<]*)</textarea>", tag)
        found[name[1]] = text[1] if text else (value[1] if value else "")
    for select in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', select[1])
        found[select[0]] = chosen[1] if chosen else ""
    return found


def draft(office, who=Role.REGISTRAR, **more):
    content = {**database(str(office.actors[who].agency_id), str(office.law())), **more}
    return number_of(office, office.propose(KIND, content, who))


def number_of(office, proposal_id):
    with office.reading() as register:
        return register.session.get(Proposal, proposal_id).number


def proposal_of(office, number):
    with office.reading() as register:
        return register.session.query(Proposal).filter_by(number=number).one()


def content_of(office, number):
    return proposal_of(office, number).content


def status_of(office, number):
    return proposal_of(office, number).status


def act(office, number, action, who, **deed):
    office.act(proposal_of(office, number).id, action, who, **deed)


def recommended(office, **more):
    number = draft(office, **more)
    for action, who in (
        (Action.SUBMIT, Role.REGISTRAR),
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
    ):
        act(office, number, action, who)
    return number


class Visitor:
    """Somebody at a browser who is not logged in yet."""

    def __init__(self, office):
        self.client = office.client()

    def get(self, path):
        return self.client.get(path, base_url="https://danhmuc.example")

    def post(self, path, data, page="/dang-nhap"):
        token = TOKEN.search(self.get(page).text)
        headers = {"Referer": "https://danhmuc.example/"}
        sent = {**data, "csrf_token": token[1]} if token else data
        return self.client.post(
            path, data=sent, base_url="https://danhmuc.example", headers=headers
        )

    def log_in(self, email, password=PASSWORD):
        return self.post("/dang-nhap", {"email": email, "password": password})

    @property
    def secret(self):
        cookie = self.client.get_cookie("__Host-danhmuc", domain="danhmuc.example")
        return cookie.value if cookie else None


def sheet(*rows):
    """Return an Excel file with these rows."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return io.BytesIO(stream.getvalue())
