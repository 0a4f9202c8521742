"""Takes each defence of docs/threats.md out of a copy of the code and sees the named test fail (`make defences`).

A row: the threat, the file, what is taken out, what stands there instead, and the test that must notice. A test that
still passes guards nothing; a text that is not found has moved, and its row has to follow.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = (
    "app",
    "catalog_schema",
    "fixtures",
    "tests",
    "docs",
    "pyproject.toml",
    "README.md",
    "wsgi.py",
    "Makefile",
)


@dataclass(frozen=True)
class Defence:
    """What is taken out, and which test must notice."""

    threat: str
    file: str
    old: str
    new: str
    test: str


D = Defence
# fmt: off
DEFENCES = (
    D("T1", "app/rdf/harvesting/parsing.py", "and _DOCTYPE.search(text)", "and False", "rdf/test_parsing.py -k doctype"),
    D("T2", "app/sandbox/confining.py", '+ limits["memory"]', "+ (1 << 45)", "test_sandbox.py -k refused_in_time"),
    D("T2", "app/sandbox/confining.py", "resource.RLIMIT_NOFILE: descriptors and free + descriptors", "resource.RLIMIT_NOFILE: 64", "test_sandbox.py -k refused"),
    D("T5", "app/documents/tables/rows.py", "if len(data) > MAX_BYTES", "if False", "documents/test_importing.py -k no_csv"),
    D("T5", "app/files.py", "return any(name.lower().endswith(_MACROS)", "return any(False", "web/test_edges.py -k may_run"),
    D("T51", "app/web/http/parked.py", "person_id = _whose() if _ours() else None", "person_id = _whose()", "web/test_expired_session.py -k no_page_of_ours"),
    D("T51", "app/web/http/parked.py", "same=parked.person_id == person_id", "same=True", "web/test_expired_session.py -k another_person"),
    D("T52", "app/exchange/cases/parties.py", "return own and reach(actor, action) is not None", "return reach(actor, action) is not None", "exchange/cases/test_requests.py -k answers_for_another"),
    D("T52", "app/exchange/cases/queries.py", "return or_(own, and_(begun, part))", "return begun", "exchange/cases/test_requests.py -k third_agency"),
    D("T52", "app/exchange/cases/unconfirmed.py", "hidden = status in PREPARED and actor.agency_id != case.answering_id", "hidden = False", "exchange/cases/test_requests.py -k nobody_confirmed"),
    D("T52", "app/exchange/cases/service.py", "return step.person_id == desk.actor.person_id", "return False", "exchange/cases/test_requests.py -k does_not_confirm"),
    D("T52", "app/exchange/cases/rules.py", "if case.answering_id and parties.has_account(desk.session, case.answering_id):", "if False:", "exchange/cases/test_requests.py -k not_by_letter"),
    D("T6", "app/documents/tables/cells.py", "_MARK + text if", "text if", "web/test_edges.py -k no_cell"),
    D("T6", "app/documents/tables/cells.py", ", quoting=csv.QUOTE_ALL", "", "web/test_edges.py -k falls_apart"),
    D("T46", "app/workflow/intake/several.py", "errors = list(_overtaken(desk, rows))", "errors: list[FieldError] = []", "documents/test_reference.py -k overwritten_by_nothing"),
    D("T46", "app/workflow/campaigns/service.py", "if not said and view.id not in known:", "if not said:", "workflow/test_dossiers.py -k certifies_nothing"),
    D("T47", "app/workflow/decisions/rectifying.py", "if rectification.asked_person == desk.actor.person_id:", "if False:", "workflow/test_decisions_true.py -k second_person"),
    D("T47", "app/register/service.py", "span.start == old < span.end and others:", "False:", "workflow/test_decisions_true.py -k others_changed"),
    D("T48", "app/workflow/decisions/service.py", "    _require_none(signing.wrong(desk, decision, signature))\n", "", "workflow/test_decisions_true.py -k cannot_say"),
    D("T48", "app/workflow/decisions/rules.py", "if not authority:", "if False:", "workflow/test_decisions_true.py -k gives_the_power"),
    D("T48", "app/workflow/decisions/rules.py", "if recorded and (name, wording.capacity) not in recorded:", "if False:", "workflow/test_decisions_true.py -k may_not_sign"),
    D("T49", "app/workflow/decisions/service.py", "if hashing.content_hash(says_now) != decision.annex_hash:", "if False:", "workflow/test_decisions_true.py -k name_that_is_another"),
    D("T49", "app/web/office/decisions.py", "differences=looked.differences,", "differences=(),", "workflow/test_decisions_true.py -k sees_what_differs"),
    D("T50", "app/operations/audits.py", "named = entry.local_id is None or waits", "named = True", "workflow/test_decisions_true.py -k nobody_reserved"),
    D("T6", "app/documents/tables/rows.py", "clean(cells.bare(text))", "clean(text)", "web/test_edges.py -k apostrophe"),
    D("T7", "app/web/display/markdown.py", "cleaned = nh3.clean(", "cleaned = (lambda text, **_: text)(", "web/test_edges.py -k astray"),
    D("T7", "app/web/templates/proposals/review.html", '<h1 class="govuk-heading-l dm-band__title" lang="vi">{{ title }}</h1>', "<h1>{{ title | safe }}</h1>", "web/test_peoples_pages.py -k script_in_every"),
    D("T8", "app/web/http/guard.py", "    csrf.init_app(flask)\n", "", "web/test_peoples_pages.py -k forged"),
    D("T9", "app/web/people/session_cookie.py", "return keep(redirect(wanted), secret)", "return redirect(wanted)", "web/test_threats.py -k planted"),
    D("T9", "app/accounts/sessions.py", "    row.factor_at = clock.now()\n    return _rotated(session, row)\n", "    row.factor_at = clock.now()\n    return secret\n", "accounts/test_second_factor.py -k gets_in"),
    D("T9", "app/accounts/sessions.py", "if row.seen_at + idle <= now or", "if", "accounts/test_accounts.py -k nobody_works"),
    D("T9", "app/accounts/sessions.py", "and person.disabled_at is None else None", "else None", "accounts/test_accounts.py -k disabled_account"),
    D("T10", "app/workflow/proposals/queries.py", "query = select_readable(desk).where(Proposal.id == proposal_id)", "query = select(Proposal).where(Proposal.id == proposal_id)", "workflow/test_workflow.py -k as_absent"),
    D("T10", "app/web/proposals/attachments.py", "proposals.by_number(desk, number), attachment_id)\n        content", "desk.session.query(proposals.Proposal).filter_by(number=number).one(), attachment_id)\n        content", "web/test_edges.py -k sent_along"),
    D("T11", "app/workflow/proposals/service.py", "    if bars(desk, proposal, action):", "    if False:", "workflow/test_workflow.py -k nobody_decides"),
    D("T12", "app/db.py", "    if row.lock_version != seen:", "    if False:", "workflow/test_workflow.py -k same_state"),
    D("T14", "app/workflow/proposals/preconditions.py", "request.seen_hash != proposal.content_hash", "False", "workflow/test_workflow.py -k something_else"),
    D("T15", "app/accounts/api_keys.py", "key=hashed(text),", "key=text[-64:],", "web/test_threats.py -k all_that_is_kept"),
    D("T15", "app/workflow/proposals/service.py", "    require_signature(desk.actor, action)\n", "", "accounts/test_second_factor.py -k key_signs"),
    D("T16", "app/web/people/log_in.py", 'wanted = guard.local(request.values.get("next")) or', 'wanted = request.values.get("next") or', "web/test_peoples_pages.py -k leads_out"),
    D("T17", "app/web/http/sending_files.py", 'if unicodedata.category(c)[0] != "C"', "if True", "web/test_edges.py -k carries_any_name"),
    D("T18", "app/web/http/sending_files.py", 'answer.headers["Content-Security-Policy"] = _SANDBOX', "pass", "web/test_edges.py -k sent_along"),
    D("T19", "app/web/http/headers.py", 'flask.config["TRUSTED_HOSTS"] = [', "_ = [", "web/test_edges.py -k another_host"),
    D("T20", "app/search/grammar.py", "if len(normal) > MAX_LENGTH", "if False", "../contracts/test_search_index.py -k cannot_be_understood"),
    D("T21", "app/accounts/service.py", "if not _EMAIL.fullmatch(email):", "if False:", "web/test_threats.py -k looks_like"),
    D("T22", "app/logs.py", 'return "".join(\n        _escaped(char)', 'return text if True else "".join(\n        _escaped(char)', "web/test_request_log.py -k second_line"),
    D("T23", "app/accounts/tries.py", "        require_calm(session, email, address, kind)\n", "", "accounts/test_accounts.py -k five_failures"),
    D("T23", "app/accounts/tries.py", "        require_calm(session, email, address, kind)\n", "", "accounts/test_second_factor.py -k five_wrong"),
    D("T23", "app/accounts/sessions.py", "if person is not None or not looked:", "if True:", "accounts/test_accounts.py -k no_more_than_one"),
    D("T24", "app/accounts/passwords.py", "known or _dummy()", 'known or "x"', "web/test_threats.py -k unknown_address"),
    D("T25", "app/web/http/guard.py", "and (view is None or right_of(view) is None)", "", "web/test_edges.py -k sent_along"),
    D("T26", "app/api/proposals.py", "@blueprint.arguments(NewProposal, example=EXAMPLE, unknown=RAISE)", '@blueprint.arguments(NewProposal, example=EXAMPLE, unknown="exclude")', "api/test_proposals.py -k mass_assignment"),
    D("T27", "app/web/http/guard.py", '        "MAX_CONTENT_LENGTH": MOST_BYTES,\n', "", "web/test_threats.py -k too_large"),
    D("T36", "app/web/__init__.py", "    flask.wsgi_app = HeadIsGet(", "    _ = HeadIsGet(", "web/test_methods.py -k head_is_get"),
    D("T37", "app/doors.py", "        if seat is None:\n            raise UnavailableError(self.message)\n", "", "test_doors.py -k refused_at_once"),
    D("T37", "app/operations/serving.py", "        if surplus > 0 and size:", "        if False:", "operations/test_serving.py -k nobody_reads"),
    D("T37", "app/operations/serving.py", "now - _begun(channel, now) > SLOWEST", "now - channel.creation_time > SLOWEST", "operations/test_serving.py -k two_packets"),
    D("T38", "app/documents/tables/sheets.py", "number > MAX_LINES", "False", "documents/test_sheets.py -k line_breaks"),
    D("T23", "app/api/access.py", "installation.database, caller.email,", "installation.database, caller.prefix,", "accounts/test_second_factor.py -k no_other_try"),
    D("T39", "app/api/access.py", "            _require_readable()\n            return\n", "            return\n", "web/test_methods.py -k every_route"),
    D("T40", "app/operations/audits.py", "if not _vouches(row, recorded[row.seq], superseded[row.seq])", "if False", "operations/test_audits.py -k behind_its_back"),
    D("T41", "app/web/http/current.py", "        guard.name_actor(session)\n", "", "operations/test_audits.py -k acted_is_told"),
    D("T42", "app/accounts/appointments.py", "    if post.role not in STRONG:", "    if True:", "accounts/test_appointments.py -k waits_for_a_second"),
    D("T44", "app/workflow/proposals/preconditions.py", "seen == latest.content and concerned", "seen == latest.content", "workflow/test_workflow.py -k amendment_of_a_code"),
    D("T28", "app/web/http/guard.py", "    flask.before_request(_require_right)\n", "", "web/test_threats.py -k no_spelling"),
    D("T30", "app/operations/health.py", "for question in (_served_safely, _writes_are_forced)", "for question in ()", "operations/test_health.py -k without_https"),
    D("T30", "app/web/http/errors.py", "    problem = problems.of_unknown(error)\n", "    problem = problems.of_unknown(error)\n    problem = __import__('dataclasses').replace(problem, detail=repr(error))\n", "web/test_request_log.py -k fault_is_logged"),
    D("T31", "app/search/service.py", "import structlog\n", "import structlog\nimport requests\n", "test_house_rules"),
    D("T33", "requirements.lock", "    --hash=sha256:", "    --unhashed:", "web/test_threats.py -k pinned"),
    D("T34", "app/register/content/cut.py", "level.sees(", "True or level.sees(", "register/test_audience.py"),
    D("T35", "app/migrations/append_only.py", "def missing(", "def missing(*_):\n    return []\n\n\ndef _missing(", "test_journal.py -k without_its_guards"),
    D("T35", "app/journal.py", "    if row.compute_leaf() != row.leaf:", "    if False:", "test_journal.py -k tampered"),
)
# fmt: on


def noticed(defence, folder):
    """Take one defence out of the copy, run its test, put it back; tell whether the test failed, or what is wrong."""
    path = folder / defence.file
    text = path.read_text(encoding="utf-8")
    if defence.old not in text:
        return "the text is not there any more"
    path.write_text(text.replace(defence.old, defence.new), encoding="utf-8")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if defence.test == "test_house_rules":
        semgrep = Path(sys.executable).with_name("semgrep")
        command = [
            str(semgrep),
            "scan",
            "--quiet",
            "--error",
            "--metrics",
            "off",
            "--disable-version-check",
        ]
        command += [
            "--no-git-ignore",
            "--config",
            "tests/architecture/semgrep.yml",
            ".",
        ]
    else:
        name, *more = defence.test.split()
        command = [
            str(folder.parent / "venv" / "bin" / "python"),
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            f"tests/app/{name}",
            *more,
        ]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )
    path.write_text(text, encoding="utf-8")
    return (
        ""
        if done.returncode == 1
        else f"the test passed or did not run (exit {done.returncode})"
    )


def _own_python(venv, folder):
    """Make a Python that has our libraries, and the register from the copy: also where it starts isolated children."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True
    )
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "copy.pth").write_text(
        f"{folder}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8"
    )


def main():
    """Try every defence, or those of the threats that are named; exit 1 when a test did not notice."""
    wanted = set(sys.argv[1:])
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "main"
        folder.mkdir()
        for part in (
            *COPIED,
            *sorted(path.name for path in ROOT.glob("requirements*.lock")),
        ):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(
                    source, folder / part, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy(source, folder / part)
        _own_python(Path(name) / "venv", folder)
        for defence in DEFENCES:
            if wanted and defence.threat not in wanted:
                continue
            wrong = noticed(defence, folder)
            failed += bool(wrong)
            print(
                f"{defence.threat:>4} {defence.file}: {wrong or 'noticed'} ({defence.test})",
                flush=True,
            )
    print(f"{failed} not noticed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
