"""Every route as every role, for proposals of one's own and of another agency, in every status."""

import re

import pytest
from conftest import ROOT
from people import Browser, key_of
from support import Office, database, make_system

from app.api import proposals
from app.cli import rights_page
from app.factory import create_app
from app.permissions import RIGHTS, Action, Role, may, right_of
from app.web.proposals import review
from app.workflow.proposals.actions import EDITS, path
from app.workflow.proposals.inputs import Remark
from app.workflow.proposals.lifecycle import WITH_AGENCY, Status
from app.workflow.proposals.models import ProposalType

pytestmark = pytest.mark.slow

WALKS = {
    Status.DRAFT: (),
    Status.SUBMITTED: (Action.SUBMIT,),
    Status.IN_REVIEW: (Action.SUBMIT, Action.TAKE),
    Status.RETURNED: (Action.SUBMIT, Action.TAKE, Action.RETURN),
    Status.RECOMMENDED: (Action.SUBMIT, Action.TAKE, Action.RECOMMEND),
    Status.ENTERED: (Action.SUBMIT, Action.TAKE, Action.RECOMMEND, Action.APPROVE),
    Status.REJECTED: (Action.SUBMIT, Action.TAKE, Action.RECOMMEND, Action.REJECT),
    Status.WITHDRAWN: (Action.WITHDRAW,),
}
WITH = {
    Action.RETURN: {"reason": "Bổ sung", "remarks": (Remark("scope", "Nêu rõ"),)},
    Action.REJECT: {"reason": "Trùng"},
}
BY = {
    Action.SUBMIT: None,
    Action.WITHDRAW: None,
    Action.APPROVE: Role.APPROVER,
    Action.REJECT: Role.APPROVER,
}
WHO = {**{role: role for role in Role}, "elsewhere": Role.REGISTRAR}
# which action stands behind a route about one proposal; None: reading it is enough
ROUTES = {
    "review.proposal": None,
    "start.again": "again",
    "sections.form": "edit",
    "sections.save": "edit",
    "draft.check": None,
    "draft.submit": Action.SUBMIT,
    "draft.sent": "sent",
    "merge.page": "merge",
    "merge.merge": "merge",
    "review.act": "each",
    "consultations.form": Action.CONSULT,
    "consultations.ask": Action.CONSULT,
    "linking.link": Action.LINK,
    "succession_impact.preview": "impact",
    "succession_impact.assign": "impact",
    "attachments.add": "attach",
    "attachments.download": "file",
    "attachments.remove": "take off",
    "proposals.one": None,
    "proposals.written": "edit",
    "proposals.acted": "each",
    "proposals.findings": None,
    "proposals.checked": None,
    "proposals.differences": None,
    "proposals.history": None,
}
NO_FILE = {"attachment_id": "00000000-0000-0000-0000-000000000001"}
EACH = {
    "review.act": set(review.OFFERED) - {Action.MEND},
    "proposals.acted": set(proposals.ACTIONS),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """One proposal in each status, of the department's agency and of another."""
    made = Office(make_system(tmp_path_factory.mktemp("matrix"))).open()
    basis, made.numbers = str(made.law()), {}
    for who in (Role.REGISTRAR, "elsewhere"):
        for status, walk in WALKS.items():
            title = f"Cơ sở dữ liệu {who} {status}"
            content = database(str(made.actors[who].agency_id), basis, title=title)
            made.numbers[who, status] = number(
                made, made.propose("shared-database", content, who), who, walk
            )
    return made


def number(office, proposal_id, who, walk):
    for action in walk:
        office.act(
            proposal_id,
            action,
            BY.get(action, Role.REVIEWER) or who,
            **WITH.get(action, {}),
        )
    with office.system.database.reading() as session:
        from app.workflow.proposals.models import Proposal

        return session.get(Proposal, proposal_id).number


@pytest.fixture(scope="module")
def application(office):
    return create_app(office.system)


@pytest.fixture(scope="module")
def browsers(office, application):
    return {who: Browser(office, who, application) for who in (None, *WHO)}


@pytest.fixture(scope="module")
def keys(office):
    return {who: key_of(office, who) for who in WHO}


def rules(application, *, about_proposals):
    return [
        r
        for r in application.url_map.iter_rules()
        if ("number" in r.arguments) is about_proposals
    ]


def ask(application, browsers, keys, who, method, path):
    """Ask as somebody and say what became of it."""
    if path.startswith("/api/"):
        headers = {"Authorization": f"Bearer {keys[who]}"} if who else {}
        body = (
            {"content": {}}
            if method == "PUT"
            else {"version": 1}
            if path.endswith("confirm")
            else {}
        )
        answer = application.test_client().open(
            path,
            method=method,
            headers={**headers, "If-Match": '"0"'},
            json=None if method == "GET" else body,
        )
    elif method == "GET":
        answer = browsers[who].get(path)
    else:
        answer = browsers[who].post(
            path, {"lock": "0", "sure": "1", "seal": "", "form": "x"}
        )
    assert answer.status_code < 500, (who, method, path)
    return said(answer)


def said(answer):
    match answer.status_code:
        case 401:
            return "log in"
        case 302 if answer.headers["Location"].startswith("/dang-nhap"):
            return "log in"
        case 403:
            return "refused"
        case 404:
            return "absent"
        case 409 if "đã sang bước khác" in answer.text:
            return "wrong status"
    return "in"


def test_every_route_about_a_proposal_is_in_the_table(application):
    assert {rule.endpoint for rule in rules(application, about_proposals=True)} == set(
        ROUTES
    )


@pytest.mark.parametrize("who", [None, *WHO])
def test_routes_open_to_whom_they_declare(application, browsers, keys, who):
    values = {
        "word": "csdl",
        "name": "khong-co",
        "local_id": "KHONG",
        "kind": "agency",
        "identifier": "KHONG",
    }
    values |= dict.fromkeys(
        ("person_id", "post_id", "token_id", "reason_id"),
        "00000000-0000-0000-0000-000000000001",
    )
    values |= {"slug": "tra-cuu", "extension": "ttl"}
    for rule in rules(application, about_proposals=False):
        right = right_of(application.view_functions[rule.endpoint])
        if rule.endpoint in {"log_in.log_out", "static_files.static"}:
            continue  # would end the session that the others use; is a file
        given = {name: values.get(name, "1") for name in rule.arguments}
        formats = getattr(rule._converters.get("extension"), "items", None)  # noqa: SLF001 - what a rule takes
        if formats:
            given["extension"] = min(formats)
        _, path = rule.build(given)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            found = ask(application, browsers, keys, who, method, path)
            if right is None:
                assert found in {"in", "absent"} or rule.endpoint == "log_in.log_in", (
                    rule,
                    who,
                    found,
                )
            elif who is None:
                assert found == "log in", (rule, who)
            elif WHO[who] not in RIGHTS[right]:
                assert found == "refused", (rule, who)
            else:
                assert found in {"in", "absent"}, (rule, who, found)


def expected(office, who, owner, status, right, action):
    """Say from the tables what must become of an action on a proposal."""
    if who is None:
        return {"log in"}
    actor, agency = office.actors[who], office.actors[owner].agency_id
    if WHO[who] not in RIGHTS[right]:
        return {"refused"}
    # in this office what was withdrawn had never been sent
    sent = status not in (
        Status.DRAFT,
        Status.WITHDRAWN,
    )
    if not may(actor, Action.READ, agency) or not (sent or actor.agency_id == agency):
        return {"absent"}
    if action in SPECIAL:
        return SPECIAL[action](status, sent)
    if action == "take off":  # no proposal here has a file
        found = expected(office, who, owner, status, right, "attach")
        return {"absent"} if found == {"in"} else found
    if action == "edit":
        action = EDITS.get(status, Action.EDIT)
    if action == "attach":
        action = Action.EDIT
    if not may(actor, action, agency):
        return {"refused"}
    return {"in"} if path().follows(status, action) else {"wrong status"}


SPECIAL = {
    None: lambda _status, _sent: {"in"},
    "file": lambda _status, _sent: {"absent"},  # no proposal here has one
    # confirms what is with the department, or was decided there
    "sent": lambda status, sent: (
        {"absent"} if status in WITH_AGENCY or not sent else {"in"}
    ),
    # these register something new: there is no version to merge with
    "merge": lambda _status, _sent: {"refused"},
    "impact": lambda _status, _sent: {"absent"},  # no proposal here is a succession
    "again": lambda status, _sent: (
        {"in"} if status in review.AGAIN else {"wrong status"}
    ),
}


@pytest.mark.parametrize("status", list(WALKS))
@pytest.mark.parametrize(
    "owner",
    [Role.REGISTRAR, pytest.param("elsewhere", marks=pytest.mark.nightly("attack"))],
)
def test_proposals_are_shown_and_worked_on_as_the_tables_say(
    office, application, browsers, keys, owner, status
):
    for rule in rules(application, about_proposals=True):
        right = right_of(application.view_functions[rule.endpoint])
        behind = ROUTES[rule.endpoint]
        for action in sorted(EACH[rule.endpoint]) if behind == "each" else [behind]:
            values = {
                "number": office.numbers[owner, status],
                "name": "general",
                "action": action,
                **NO_FILE,
            }
            _, path = rule.build({name: values[name] for name in rule.arguments})
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                for who in (None, *WHO):
                    found = ask(application, browsers, keys, who, method, path)
                    wanted = expected(office, who, owner, status, right, action)
                    assert found in wanted, (
                        rule,
                        method,
                        who,
                        owner,
                        status,
                        action,
                        found,
                        wanted,
                    )


@pytest.mark.parametrize("status", list(WALKS))
def test_another_agencys_proposal_is_the_same_404_as_one_that_never_was(
    office, application, browsers, keys, status
):
    hidden, never = office.numbers[Role.REGISTRAR, status], 987_654
    for rule in rules(application, about_proposals=True):
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            pages = []
            for value in (hidden, never):
                values = {
                    "number": value,
                    "name": "general",
                    "action": "withdraw",
                    **NO_FILE,
                }
                _, path = rule.build({name: values[name] for name in rule.arguments})
                if path.startswith("/api/"):
                    headers = {
                        "Authorization": f"Bearer {keys['elsewhere']}",
                        "If-Match": '"1"',
                    }
                    body = (
                        None
                        if method == "GET"
                        else {"content": {}}
                        if method == "PUT"
                        else {}
                    )
                    answer = application.test_client().open(
                        path, method=method, headers=headers, json=body
                    )
                elif method == "GET":
                    answer = browsers["elsewhere"].get(path)
                else:
                    answer = browsers["elsewhere"].post(
                        path, {"lock": "1", "seal": "", "form": "x"}
                    )
                text = re.sub(
                    r'value="[^"]{60,}"|data-limit="\d+"|data-token="[^"]+"',
                    "",
                    answer.text,
                )
                pages.append((answer.status_code, text.replace(f"/{value}", "/N")))
            assert pages[0] == pages[1], (rule, method)
            assert pages[0][0] == 404, (rule, method, pages[0])


def test_no_list_count_or_suggestion_tells_of_another_agencys_proposals(
    office, browsers, keys, application
):
    office.system.follow()
    browser = browsers["elsewhere"]
    pages = [
        browser.get(path).text
        for path in ("/viec-cua-toi", "/tham-dinh", "/tham-dinh?cho=co-quan")
    ]
    pages += [
        browser.get(f"/tham-dinh?agency={office.department}").text,
        browser.get("/goi-y/shared-database?q=registrar").text,
        browser.get(
            "/goi-y/giong?kind=shared-database&q=Cơ sở dữ liệu registrar draft"
        ).text,
        browser.get("/tim-kiem?q=registrar").text,
        application.test_client()
        .get(
            "/api/v1/proposals",
            headers={"Authorization": f"Bearer {keys['elsewhere']}"},
        )
        .text,
    ]
    for status in set(WALKS) - {Status.ENTERED}:
        assert not any(f"registrar {status}" in page for page in pages), status


def test_the_page_of_the_docs_is_current(application):
    page = (ROOT / "docs" / "rights.md").read_text(encoding="utf-8")

    assert page == rights_page.markdown(
        application.url_map.iter_rules(), application.view_functions
    )


def test_types_of_proposals_do_not_open_other_ways(office, browsers):
    entry = office.land()
    with office.reading() as register:
        local_id = register.by_ids([entry])[entry].local_id
    for type_ in ("amend", "suspend", "end"):
        answer = browsers["elsewhere"].post(
            f"/muc/csdl/{local_id}/phieu", {"type": type_}
        )
        assert answer.status_code == 403
    assert (
        browsers[Role.REGISTRAR]
        .post(f"/muc/csdl/{local_id}/phieu", {"type": "confirm"})
        .status_code
        == 404
    )
    assert set(ProposalType) >= {"amend", "suspend", "end"}
