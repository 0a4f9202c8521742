"""What goes up to the People's Committee with a draft decision, of what the register
knows: letter, report, all papers as one archive.
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from app import clock, files
from app.accounts.service import people_by_id
from app.documents.papers import decision as decision_papers
from app.documents.papers import docx, opinions, submission
from app.documents.papers.examination import Criterion
from app.documents.papers.parts import Paper
from app.documents.papers.submission import Consulted, Submission
from app.documents.papers.writer import Writer
from app.register.conditions import Condition
from app.web.display import wording
from app.web.http.current import installation, register_today
from app.web.office import consultation_table
from app.workflow.campaigns import queries as campaign_queries
from app.workflow.campaigns.models import Campaign
from app.workflow.consultations import queries as consultation_queries
from app.workflow.consultations.models import Consultation
from app.workflow.context import Desk
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions import text
from app.workflow.decisions.models import Decision
from app.workflow.dossiers.models import Dossier
from app.workflow.official_words import (
    Basis,
    cited,
    counted,
    short_day,
    small_first,
    written,
)
from app.workflow.proposals import attachments
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.models import Occasion, Proposal, Revision, Severity
from catalog_schema.profile import Stage

Draw = Callable[[Desk, Decision, Writer, Mapping[str, str]], Paper | bytes]
_MET, _UNMET, _NONE = "Đạt", "Không đạt", "Không áp dụng"
# what is examined: the criterion, by what, and the rules of the machine that look at it
_CRITERIA = (
    (
        "Thẩm quyền, văn bản đề nghị",
        "Quy chế quản lý Danh mục",
        ("owner-is-proposer", "owner"),
    ),
    (
        "Thông tin bắt buộc theo đặc tả",
        "Đặc tả của Danh mục",
        ("profile-invalid", "required"),
    ),
    ("Trùng cơ sở dữ liệu, hạng mục", "Luật Dữ liệu", ("near-duplicate",)),
    (
        "Hiệu lực của căn cứ pháp lý",
        "Nghị định số 30/2020/NĐ-CP",
        ("repealed-law", "repealed-law-of-item"),
    ),
    ("Hình thức chia sẻ, lý do hạn chế", "Luật Dữ liệu", ("unknown-unsettled",)),
    (
        "Bí mật nhà nước, dữ liệu cá nhân",
        "Luật Bảo vệ dữ liệu cá nhân",
        ("open-without-people",),
    ),
    ("Tiêu chuẩn kết nối, mã định danh", "Quyết định số 20/2020/QĐ-TTg", ("code-",)),
)


def letter(
    desk: Desk, decision: Decision, writer: Writer, _values: Mapping[str, str]
) -> Paper:
    """Return the letter of submission."""
    return submission.proposal(writer, _submission(desk, decision))


def report(
    desk: Desk, decision: Decision, writer: Writer, _values: Mapping[str, str]
) -> Paper:
    """Return the report on the examination."""
    return submission.report(writer, _submission(desk, decision))


def archive(
    desk: Desk, decision: Decision, writer: Writer, values: Mapping[str, str]
) -> bytes:
    """Return the whole dossier, its list of contents first."""
    said = _submission(desk, decision)
    frozen = decision.annex or decisions.frozen(desk, decision, clock.today())
    files_: dict[str, tuple[str, bytes]] = {
        "01-to-trinh.docx": (
            "Tờ trình",
            docx.docx(submission.proposal(writer, said)),
        ),
        "02-du-thao-quyet-dinh.docx": (
            "Dự thảo Quyết định và Phụ lục",
            _draft(desk, decision, frozen),
        ),
        "03-phu-luc.xlsx": ("Phụ lục (bảng tính)", decision_papers.xlsx(frozen)),
        "04-bao-cao-tham-dinh.docx": (
            "Báo cáo thẩm định",
            docx.docx(submission.report(writer, said)),
        ),
    }
    consultations = _consultations(desk, decision)
    if consultations:
        table = consultation_table.of(
            desk,
            consultations,
            values.get("compiler", ""),
            f"dự thảo Quyết định {small_first(said.title)}",
        )
        files_["05-bang-tong-hop-y-kien.docx"] = (
            "Bảng tổng hợp ý kiến, tiếp thu, giải trình",
            docx.docx(opinions.paper(writer, table)),
        )
    files_["06-so-sanh.docx"] = (
        "Bảng so sánh với Danh mục hiện hành",
        docx.docx(submission.comparison(writer, said.title, _compared(frozen))),
    )
    files_["09-can-cu-phap-ly.docx"] = (
        "Danh sách căn cứ pháp lý và tình trạng hiệu lực",
        docx.docx(
            submission.legal_bases(
                writer, said.title, _bases(desk, decision), clock.today()
            )
        ),
    )
    files_ |= _sent_by_agencies(desk, decision)
    files_ |= _answers(desk, consultations)
    listed = [(name, about) for name, (about, _data) in files_.items()]
    contents = docx.docx(submission.contents(writer, said.title, listed))
    bytes_ = {name: data for name, (_about, data) in files_.items()}
    return submission.archive({"00-danh-muc-tai-lieu.docx": contents, **bytes_})


def _draft(desk: Desk, decision: Decision, frozen: Mapping[str, object]) -> bytes:
    """Return the decision with its annexes: as it was frozen, or as it would be now."""
    kept = decision.text_file
    row = desk.session.get(files.File, kept) if kept else None
    if row is not None:
        return files.get(installation().settings.data_dir, row.sha256)
    paper = decision_papers.text_of(
        frozen["paper"],  # type: ignore[arg-type]
        demonstration=desk.office.demonstration,
    )
    return docx.docx(decision_papers.paper(paper, frozen))


def _sent_by_agencies(desk: Desk, decision: Decision) -> dict[str, tuple[str, bytes]]:
    """Return the signed letters of dossiers, and the files of proposals."""
    folder = installation().settings.data_dir
    found: dict[str, tuple[str, bytes]] = {}
    members = decision_queries.gathered(desk.session, decision)
    dossier_ids = {each.dossier_id for each in members if each.dossier_id}
    letters = select(Dossier).where(Dossier.id.in_(dossier_ids))
    for dossier in desk.session.scalars(letters.order_by(Dossier.number)):
        row = desk.session.get(files.File, dossier.file) if dossier.file else None
        if row is not None:
            about = f"Văn bản đề nghị: hồ sơ số {dossier.number}"
            found[f"07-van-ban-de-nghi/{dossier.number}-{row.name}"] = (
                about,
                files.get(folder, row.sha256),
            )
    for proposal in members:
        for attached, _size in attachments.attached(desk, proposal):
            name = f"07-van-ban-de-nghi/phieu-{proposal.number}-{attached.name}"
            about = f"Tệp kèm phiếu số {proposal.number}"
            found[name] = (about, files.get(folder, attached.sha256))
    return found


def _answers(
    desk: Desk, consultations: Sequence[Consultation]
) -> dict[str, tuple[str, bytes]]:
    """Return the letters by which agencies answered."""
    folder = installation().settings.data_dir
    found = {}
    for consultation in consultations:
        for opinion in consultation.opinions:
            paper = opinion.paper or {}
            digest = paper.get("file")
            row = desk.session.get(files.File, digest) if digest else None
            if row is not None:
                number = str(paper["number"]).replace("/", "-")
                about = f"Văn bản góp ý số {paper['number']}"
                found[f"08-van-ban-gop-y/{number}-{row.name}"] = (
                    about,
                    files.get(folder, row.sha256),
                )
    return found


def _compared(frozen: Mapping[str, object]) -> list[tuple[str, str, str, str, str]]:
    """Return (code, name, what changes, as it is, as drafted) of each thing that the
    annex changes.
    """
    rows = []
    for each in frozen["lists"]:  # type: ignore[attr-defined]
        form, listed = each["form"], each["rows"]
        if form == "changed":
            rows += [(row[1], row[2], row[3], row[4], row[5]) for row in listed]
        elif form == "catalogue":
            named = dict.fromkeys((row[1], row[2], row[3]) for row in listed)
            rows += [
                (code, name, "Bổ sung", "Chưa có trong Danh mục", owner)
                for code, name, owner in named
            ]
        else:
            word = {"ended": "Đưa ra", "suspended": "Tạm ngừng chia sẻ"}
            rows += [
                (row[1], row[2], word.get(form, "Bổ sung"), row[3], row[4])
                for row in listed
            ]
    return rows


def _bases(desk: Desk, decision: Decision) -> list[tuple[str, str, str]]:
    """Return the legal bases with how they stand today."""
    today = clock.today()
    found = text.bases(desk, decision)
    views = text.register_on(desk, today).by_ids([law_id for law_id, *_ in found])
    rows = []
    for law_id, _law, basis in found:
        view = views.get(law_id)
        condition = view.thing.condition if view else Condition.UNDETERMINED
        said = wording.CONDITIONS[condition]
        name = cited(basis).removeprefix("Căn cứ ") if basis.printable else basis.short
        remark = "quy định thẩm quyền" if basis.authority else "–"
        rows.append((name, str(said), remark))
    return rows


# -- what the papers say


def _submission(desk: Desk, decision: Decision) -> Submission:
    members = decision_queries.gathered(desk.session, decision)
    frozen = decision.annex or decisions.frozen(desk, decision, clock.today())
    paper = frozen["paper"]
    consultations = _consultations(desk, decision)
    days = [
        clock.local(each.submitted_at).date() for each in members if each.submitted_at
    ]
    laws = [basis for *_, basis in text.bases(desk, decision)]
    owners = _owners(frozen)
    return Submission(
        title=paper["title"].replace("\n", " "),
        bases=[cited(each) for each in laws if each.printable and not each.authority],
        reasons=_reasons(desk, laws, members, owners),
        articles=len(paper["articles"]),
        annexes=len(frozen["lists"]),
        effect=paper["effective"],
        examined=len(members),
        returned=sum(each.round > 1 for each in members),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        campaign=_campaign(desk),
        consulted=_consulted(consultations),
        owners=owners,
        counted_for=_first_group(frozen),
        rows=[_reported(desk, each) for each in members],
        warnings=_warnings(desk, members),
        results=_results(desk, members),
    )


def _reasons(
    desk: Desk,
    laws: Sequence[Basis],
    members: Sequence[Proposal],
    owners: Sequence[tuple[str, int, int, int, int]],
) -> tuple[str, str]:
    named = [each.short for each in laws if not each.authority][:2]
    legal = " và ".join(named) or "Pháp luật về dữ liệu"
    databases = counted(sum(owner[1] for owner in owners))
    practice = (
        f"Qua rà soát, {counted(len(owners))} cơ quan đang quản lý {databases} cơ sở "
        f"dữ "
        "liệu có nhu cầu dùng chung được đưa vào Danh mục."
    )
    if not owners:
        practice = (
            f"Qua rà soát, {counted(len(members))} nội dung của Danh mục cần sửa đổi."
        )
    whole = desk.office.province(clock.today()).whole
    return (
        (
            f"{legal} yêu cầu cơ quan nhà nước xác định dữ liệu phải chia sẻ, cơ quan "
            f"chịu "
            "trách nhiệm và hình thức chia sẻ. Danh mục là căn cứ để thực hiện yêu "
            "cầu đó "
            f"trên địa bàn {whole}."
        ),
        practice,
    )


def _owners(
    frozen: Mapping[str, object],
) -> list[tuple[str, int, int, int, int]]:
    """Return (agency, databases, items open, shared, private) of what comes in."""
    found = []
    for each in frozen["lists"]:  # type: ignore[attr-defined]
        if each["form"] != "catalogue":
            continue
        for agency in each["agencies"]:
            items = [item for one in agency["databases"] for item in one["items"]]
            modes = [item["modes"][0] for item in items if item["modes"]]
            found.append(
                (
                    agency["name"],
                    len(agency["databases"]),
                    sum(mode in {"M", "DLM"} for mode in modes),
                    sum(mode in {"DC", "MĐ", "YC"} for mode in modes),
                    modes.count("DR"),
                )
            )
    return found


def _campaign(desk: Desk) -> str:
    """Return how the last review went in which agencies were asked to look through what
    they own.
    """
    query = select(Campaign).order_by(Campaign.opened_at.desc()).limit(1)
    campaign = desk.session.scalar(query)
    department = text.department(desk, clock.today())
    if campaign is None or department is None:
        return ""
    answered, asked = campaign_queries.counted(desk.session, campaign)
    opened = written(clock.local(campaign.opened_at).date())
    return (
        f"{department.title} mở đợt rà soát từ {opened}; "
        f"{counted(answered)}/{counted(asked)} cơ quan được đề nghị đã trả lời."
    )


def _first_group(frozen: Mapping[str, object]) -> str:
    """Return the consumer group by which items are counted: the first that occurs."""
    for each in frozen["lists"]:  # type: ignore[attr-defined]
        if each.get("groups"):
            return str(each["groups"][0])
    return "cơ quan khai thác"


def _consultations(desk: Desk, decision: Decision) -> list[Consultation]:
    """Return the consultations about a decision and about all that it gathers."""
    members = decision_queries.gathered(desk.session, decision)
    subjects: list[Decision | Proposal] = [decision, *members]
    return [
        each
        for subject in subjects
        for each in consultation_queries.about(desk.session, subject)
    ]


def _consulted(consultations: Sequence[Consultation]) -> Consulted | None:
    if not consultations:
        return None
    handled = [
        consultation_table.handled(opinion)
        for each in consultations
        for opinion in each.opinions
        if opinion.handling
    ]
    accepted = sum(text_.startswith(consultation_table.ACCEPTED) for text_ in handled)
    return Consulted(
        *consultation_table.counts(consultations),
        accepted=accepted,
        explained=len(handled) - accepted,
    )


def heard(desk: Desk, subject: Proposal | Decision) -> str:
    """Return in a sentence what agencies said of a proposal or a draft."""
    consultations = consultation_queries.about(desk.session, subject)
    if not consultations:
        return "Không lấy ý kiến cơ quan khác."
    asked, answered, agreed, comments, disagreed, silent = consultation_table.counts(
        consultations
    )
    said = [
        f"{counted(count)} {words}"
        for count, words in (
            (agreed, "thống nhất"),
            (comments, "thống nhất, có góp ý"),
            (disagreed, "không thống nhất"),
            (silent, "không trả lời"),
        )
        if count
    ]
    asked_of = f"Lấy ý kiến {counted(asked)} cơ quan, {counted(answered)} trả lời"
    return f"{asked_of}: {'; '.join(said)}."


def _last(proposal: Proposal, occasion: Occasion) -> Revision | None:
    found = [each for each in proposal.revisions if each.action is occasion]
    return found[-1] if found else None


def conclusion(proposal: Proposal) -> str:
    """Return what the reviewer concluded, in words."""
    said = _last(proposal, Occasion.RECOMMEND)
    return (said.reason or "") if said else ""


def criteria(desk: Desk, proposal: Proposal) -> list[Criterion]:
    """Return what was checked of a proposal and what came out."""
    problems = proposals.problems(desk, proposal, Stage.ENTER)
    found = []
    for name, basis, rules in _CRITERIA:
        about = [each for each in problems if each.rule.startswith(rules)]
        errors = [each for each in about if each.severity is Severity.ERROR]
        skipped = rules == ("code-",) and proposal.kind != "identifier-code"
        result = _UNMET if errors else _MET
        note = about[0].message if about else ""
        found.append(Criterion(name, basis, _NONE if skipped else result, note))
    return found


def _results(desk: Desk, members: Sequence[Proposal]) -> list[tuple[str, str]]:
    """Return, for each criterion, of how many proposals it is met."""
    by_name: dict[str, list[Criterion]] = {}
    for proposal in members:
        for each in criteria(desk, proposal):
            by_name.setdefault(each.name, []).append(each)
    found = []
    for name, results in by_name.items():
        about = [each for each in results if each.result != _NONE]
        met = sum(each.result == _MET and not each.note for each in about)
        warned = sum(each.result == _MET and bool(each.note) for each in about)
        said = f"đạt {counted(met)}/{counted(len(about))} phiếu"
        if warned:
            said += f", {counted(warned)} phiếu đạt kèm cảnh báo (mục III)"
        if about:
            found.append((name, said))
    return found


def _warnings(desk: Desk, members: Sequence[Proposal]) -> list[tuple[str, str, str]]:
    """Return each warning that stands, with the proposals that it is about and why they
    go up all the same.
    """
    about: dict[tuple[str, str], list[int]] = {}
    for proposal in members:
        why = conclusion(proposal).rstrip(".")
        for each in proposals.problems(desk, proposal, Stage.ENTER):
            if each.severity is Severity.WARNING:
                # what the screen goes on to say is how to mend it
                said = (each.message.split(";")[0].rstrip("."), why)
                about.setdefault(said, []).append(proposal.number)
    found = []
    for (warning, why), numbers in about.items():
        listed = ", ".join(map(str, dict.fromkeys(numbers)))
        found.append((f"Phiếu số {listed}", warning, why))
    return found


def _reported(desk: Desk, row: Proposal) -> list[str]:
    """Return what the report says of a proposal: how often it was sent, what was
    remarked, who approved it when.
    """
    views = register_today(desk.session).by_ids([row.agency_id])
    agency = views[row.agency_id].title if row.agency_id in views else "–"
    remarks = [each for each in proposals.findings(row) if each.post_id is not None]
    closed = sum(each.resolved_at is not None for each in remarks)
    opinion = f"{counted(len(remarks))} ý kiến, {counted(closed)} đã đóng"
    kind = desk.profile.kinds[row.kind]
    return [
        str(row.number),
        wording.draft_title(kind, row.content),
        _with_letter(desk, row, agency),
        str(wording.TYPES[row.type]),
        counted(row.round),
        opinion if remarks else "Không có ý kiến",
        "Đủ điều kiện",
        _approval(desk, row),
    ]


def _with_letter(desk: Desk, row: Proposal, agency: str) -> str:
    """Return who proposed, with the letter that it came with."""
    dossier = desk.session.get(Dossier, row.dossier_id) if row.dossier_id else None
    if dossier is None or not dossier.symbol:
        return agency
    day = f" ngày {short_day(dossier.signed_on)}" if dossier.signed_on else ""
    return f"{agency} (số {dossier.symbol}{day})"


def _approval(desk: Desk, row: Proposal) -> str:
    """Return who approved, by name, and when."""
    approved = [
        event
        for event in proposals.history(desk.session, row)
        if event.action == "proposal.approve"
    ]
    if not approved or approved[-1].person_id is None:
        return "–"
    person_id: UUID = approved[-1].person_id
    person = people_by_id(desk.session, [person_id]).get(person_id)
    day = short_day(clock.local(approved[-1].at).date())
    return f"{person.name}, {day}" if person else day
