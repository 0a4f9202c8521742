"""One paper of each kind with made-up data, long enough to fall over several pages."""

from datetime import date

from app.documents.papers import (
    agreement,
    decision,
    examination,
    letters,
    opinions,
    submission,
)
from app.documents.papers.decision import DecisionText
from app.documents.papers.examination import Criterion, Examination, Slip
from app.documents.papers.letters import Lack
from app.documents.papers.opinions import Opinions
from app.documents.papers.submission import Consulted, Submission
from app.documents.papers.writer import Writer
from app.workflow.official_words import (
    BLANK_NUMBER,
    CHAIRMAN,
    COMMITTEE,
    TITLES,
    Basis,
    Capacity,
    blank_day,
    cited,
    ordered,
    sign_off,
    two_lines,
)

WHOLE = "thành phố Thử Nghiệm"
COMMITTEE_NAME = f"Ủy ban nhân dân {WHOLE}"
SKHCN = "Sở Khoa học và Công nghệ"
GROUPS = [
    "Cơ quan trong thành phố",
    "Bộ, ngành, tỉnh khác",
    "Tổ chức, doanh nghiệp",
    "Cá nhân",
]
AGENCIES = (
    "Văn phòng Ủy ban nhân dân thành phố",
    "Sở Nội vụ",
    "Sở Nông nghiệp và Môi trường",
    "Sở Giáo dục và Đào tạo",
    "Sở Văn hóa, Thể thao và Du lịch",
)
LAWS = (
    Basis(
        "Nghị định",
        "165/2025/NĐ-CP",
        date(2025, 6, 30),
        "Chính phủ",
        None,
        "Quy định chi tiết một số điều và biện pháp thi hành Luật Dữ liệu",
    ),
    Basis(
        "Luật",
        "60/2024/QH15",
        date(2024, 11, 30),
        "Quốc hội",
        "Luật Dữ liệu số 60/2024/QH15",
    ),
    Basis(
        "Luật",
        "72/2025/QH15",
        date(2025, 6, 16),
        "Quốc hội",
        "Luật Tổ chức chính quyền địa phương số 72/2025/QH15",
        authority=True,
    ),
)
BASES = [cited(law) for law in ordered(LAWS)]


def writer(capacity=Capacity.HEAD, signatory="Lê Văn C"):
    return Writer(
        name=SKHCN,
        symbol="SKHCN",
        unit="CĐS",
        whole=WHOLE,
        kind_of_place="thành phố",
        place="Thử Nghiệm",
        year=2026,
        sign_off=sign_off(TITLES["so"], capacity),
        signatory=signatory,
        demonstration=True,
    )


def database(number, items):
    name = f"Cơ sở dữ liệu số {number} về quản lý chuyên ngành"
    return {
        "code": f"CSDL-{number:04d}",
        "name": name,
        "purpose": "Phục vụ quản lý nhà nước; toàn thành phố; hồ sơ, kết quả giải quyết",
        "mechanism": "Hồ sơ một cửa; cập nhật khi có thay đổi; hằng ngày",
        "method": "Trực tuyến giữa hệ thống với hệ thống",
        "items": [
            {"name": f"Hạng mục thứ {place}", "modes": ["DC", "DC", "–", "DR"]}
            for place in range(1, items + 1)
        ],
    }


def catalogue(first=1, per_agency=5, agencies=AGENCIES):
    listed, number = [], first - 1
    for place, name in enumerate(agencies):
        databases = []
        for _ in range(per_agency):
            number += 1
            databases.append(database(number, 1 + number % 3))
        code = f"Y99.{place + 1:02d}"
        heading = (
            f"{name.upper()} (mã định danh: {code}; {per_agency:02d} cơ sở dữ liệu)"
        )
        listed.append({"heading": heading, "name": name, "databases": databases})
    count = per_agency * len(agencies)
    return {
        "form": "catalogue",
        "title": f"Danh mục cơ sở dữ liệu dùng chung của {WHOLE}",
        "groups": GROUPS,
        "key": "Ký hiệu: DC: dùng chung; DR: dùng riêng; –: không chia sẻ.",
        "agencies": listed,
        "columns": [],
        "rows": [],
        "count": count,
        "closing": f"Danh mục gồm {count} cơ sở dữ liệu của {len(agencies):02d} cơ quan",
    }


def plain(form, title, columns, rows, heading=""):
    return {
        "form": form,
        "title": title,
        "columns": columns,
        "agencies": [{"heading": heading, "rows": rows}],
        "rows": rows,
        "count": len(rows),
        "closing": f"Phụ lục gồm {len(rows):02d} cơ sở dữ liệu",
    }


def _text(articles, *, chairman=False, receivers=(), subject):
    collective = CHAIRMAN if chairman else COMMITTEE
    capacity = Capacity.HEAD if chairman else Capacity.DEPUTY
    put_up = f"tại Tờ trình số{BLANK_NUMBER}/TTr-SKHCN {blank_day(2026)}"
    whose = f"Chủ tịch {COMMITTEE_NAME}" if chairman else COMMITTEE_NAME
    last = len(articles)
    return DecisionText(
        committee=two_lines(COMMITTEE_NAME),
        whose=whose,
        authority=whose,
        place="Thử Nghiệm",
        year=2026,
        title=subject,
        bases=[*BASES, f"Theo đề nghị của Giám đốc {SKHCN} {put_up}"],
        articles=articles,
        receivers=[f"Như Điều {last}", *receivers, "Lưu: VT, KGVX"],
        sign_off=sign_off(collective, capacity),
        signatory="Nguyễn Văn A",
        draft=False,
        demonstration=True,
        names=(WHOLE, SKHCN),
    )


WHO = (
    f"Chánh Văn phòng Ủy ban nhân dân thành phố, Giám đốc {SKHCN} và Thủ trưởng các sở, "
    "ban, ngành chịu trách nhiệm thi hành Quyết định này."
)


def new_decision():
    list_ = catalogue()
    articles = [
        (
            (
                f"Ban hành kèm theo Quyết định này Danh mục cơ sở dữ liệu dùng chung của {WHOLE}, "
                f"gồm {list_['count']} cơ sở dữ liệu của 05 cơ quan chủ quản, tại Phụ lục kèm "
                "theo."
            ),
            [],
        ),
        (
            "Trách nhiệm thực hiện Danh mục:",
            [
                f"1. {SKHCN} công bố Danh mục; hướng dẫn, theo dõi, đôn đốc việc cập nhật.",
                "2. Cơ quan chủ quản chịu trách nhiệm về nội dung đã kê khai.",
            ],
        ),
        ("Quyết định này có hiệu lực kể từ ngày 01 tháng 01 năm 2027.", []),
        (WHO, []),
    ]
    subject = f"Ban hành Danh mục cơ sở dữ liệu dùng chung của {WHOLE}"
    text = _text(articles, receivers=["Bộ Khoa học và Công nghệ"], subject=subject)
    return decision.paper(text, {"lists": [list_]})


def amendment():
    old = f"Quyết định số 9901/QĐ-UBND ngày 15 tháng 9 năm 2026 của Chủ tịch {COMMITTEE_NAME}"
    articles = [
        (
            f"Sửa đổi, bổ sung Danh mục ban hành kèm theo {old} như sau:",
            [
                "1. Bổ sung 02 cơ sở dữ liệu tại Phụ lục I.",
                "2. Sửa đổi nội dung của 02 cơ sở dữ liệu tại Phụ lục II.",
                "3. Đưa ra khỏi Danh mục 01 cơ sở dữ liệu tại Phụ lục III.",
            ],
        ),
        ("Quyết định này có hiệu lực kể từ ngày ký.", []),
        (WHO, []),
    ]
    changed = plain(
        "changed",
        "Nội dung sửa đổi",
        [
            "STT",
            "Mã",
            "Tên cơ sở dữ liệu",
            "Nội dung sửa đổi",
            "Đã ban hành",
            "Sửa đổi thành",
        ],
        [
            [
                "1",
                "CSDL-0008",
                "Cơ sở dữ liệu giá",
                "Tần suất",
                "Hằng tháng",
                "Hằng tuần",
            ],
            [
                "2",
                "CSDL-0014",
                "Cơ sở dữ liệu đất đai",
                "Phạm vi",
                "–",
                "Toàn thành phố",
            ],
        ],
        "SỞ TÀI CHÍNH",
    )
    ended = plain(
        "ended",
        "Cơ sở dữ liệu đưa ra khỏi Danh mục",
        ["STT", "Mã", "Tên cơ sở dữ liệu", "Cơ quan chủ quản", "Lý do", "Thay thế"],
        [
            [
                "1",
                "CSDL-0019",
                "Cơ sở dữ liệu đường bộ",
                "Sở Xây dựng",
                "Sáp nhập",
                "CSDL-0029",
            ]
        ],
    )
    lists = [catalogue(27, 2, AGENCIES[:1]), changed, ended]
    subject = f"Sửa đổi, bổ sung Danh mục cơ sở dữ liệu dùng chung của {WHOLE}"
    text = _text(articles, chairman=True, subject=subject)
    return decision.paper(text, {"lists": lists})


SUBMISSION = Submission(
    title=f"Ban hành Danh mục cơ sở dữ liệu dùng chung của {WHOLE}",
    bases=BASES[1:],
    reasons=(
        "Luật Dữ liệu yêu cầu xác định dữ liệu phải chia sẻ.",
        "Qua rà soát, cần có.",
    ),
    articles=4,
    annexes=1,
    effect="kể từ ngày ký",
    examined=31,
    returned=5,
    first_day=date(2026, 10, 5),
    last_day=date(2026, 11, 2),
    campaign=f"{SKHCN} mở đợt rà soát; 15/15 cơ quan đã trả lời.",
    consulted=Consulted(15, 13, 7, 6, 0, 2, accepted=5, explained=1),
    counted_for="Cơ quan trong thành phố",
    owners=[(name, 5, 3, 4, 2) for name in AGENCIES],
    rows=[
        [
            str(900 + place),
            f"Cơ sở dữ liệu số {place}",
            "Sở Nội vụ (số 12/SNV ngày 02/11/2026)",
            "Đăng ký mới",
            "01",
            "Không có ý kiến",
            "Đủ điều kiện",
            "Phê duyệt, 20/11/2026",
        ]
        for place in range(1, 32)
    ],
    warnings=[
        ("Phiếu số 901", "Trùng tên gần giống", "đã xác minh là hai cơ sở dữ liệu")
    ],
    results=[("Thẩm quyền, văn bản đề nghị", "đạt 31/31 phiếu")],
)


def proposal():
    return submission.proposal(writer(), SUBMISSION)


def report():
    return submission.report(writer(), SUBMISSION)


def contents():
    listed = [("01-to-trinh.docx", "Tờ trình"), ("03-phu-luc.xlsx", "Phụ lục")]
    return submission.contents(writer(), SUBMISSION.title, listed)


def comparison():
    rows = [
        ("CSDL-0001", "Cơ sở dữ liệu giá", "Bổ sung", "Chưa có", "Sở Tài chính"),
        ("CSDL-0002", "Cơ sở dữ liệu đất đai", "Phạm vi", "–", "Toàn thành phố"),
    ]
    return submission.comparison(writer(), SUBMISSION.title, rows)


def legal_bases():
    rows = [("Luật Dữ liệu ngày 30 tháng 11 năm 2024", "Đang hiệu lực", "–")]
    return submission.legal_bases(writer(), SUBMISSION.title, rows, date(2026, 11, 29))


def opinions_table():
    rows = [
        [
            f"Sở Tư pháp\n(Công văn số 99{place}/STP-VB ngày 16/11/2026)",
            "Khoản 2 Điều 3",
            "Đề nghị quy định việc chuyển tiếp đối với thỏa thuận đang thực hiện.",
            "Tiếp thu. Đã bổ sung khoản 2 Điều 3.",
        ]
        for place in range(10, 22)
    ]
    said = Opinions(
        subject=f"dự thảo Quyết định ban hành Danh mục của {WHOLE}",
        counts=(15, 13, 7, 6, 0, 2),
        silent=["Sở Dân tộc và Tôn giáo"],
        on_draft=rows[:6],
        on_annex=rows[6:],
        compiler="Võ Văn E",
    )
    return opinions.paper(writer(Capacity.DEPUTY, "Phạm Thị D"), said)


def examination_slip():
    said = Examination(
        facts=[
            ("Số phiếu; loại đề nghị", "Phiếu số 922; sửa đổi"),
            ("Cơ quan đề nghị", "Sở Nông nghiệp và Môi trường (Y99.06)"),
        ],
        criteria=[
            Criterion("Thẩm quyền, văn bản đề nghị", "Quy chế", "Đạt"),
            Criterion(
                "Tiêu chuẩn, mã", "Quyết định số 20/2020/QĐ-TTg", "Không áp dụng"
            ),
        ],
        consulted="Lấy ý kiến 02 cơ quan: 02 thống nhất.",
        conclusion="Đủ điều kiện trình phê duyệt",
        examiner="Võ Văn E",
        unit="Phòng Chuyển đổi số",
        unit_head="Đỗ Thị G",
    )
    return examination.examination(writer(Capacity.DEPUTY, "Phạm Thị D"), said)


def slip():
    said = Slip(
        leader="Giám đốc Sở",
        subject="Về việc trình ban hành Danh mục",
        matter="Trình ký hồ sơ dự thảo Quyết định.",
        summary=["Dự thảo gồm 26 phiếu."],
        proposed=["Kính trình Lãnh đạo xem xét, ký Tờ trình."],
        unit="Phòng Chuyển đổi số",
        drafter="Võ Văn E",
        unit_head="Đỗ Thị G",
        day=date(2026, 11, 29),
    )
    return examination.slip(writer(), said)


def _sent(letter, *receivers):
    said = letters.replace(letter, receivers=receivers)
    return letters.paper(writer(Capacity.DEPUTY, "Phạm Thị D"), said)


def asking():
    subject = "dự thảo Quyết định ban hành Danh mục cơ sở dữ liệu dùng chung"
    question = "Trách nhiệm thực hiện.\nHình thức chia sẻ từng hạng mục."
    letter = letters.asking(
        writer(), subject, question, date(2026, 12, 18), "Phòng Chuyển đổi số"
    )
    return _sent(letter, "Văn phòng Ủy ban nhân dân thành phố", *AGENCIES[1:4])


def urging():
    reminded = letters.Reminded(
        title="Rà soát Danh mục cơ sở dữ liệu dùng chung năm 2026",
        asked_on=date(2026, 10, 5),
        due_on=date(2026, 11, 20),
        today=date(2026, 11, 29),
        answered=9,
        asked=15,
        until=date(2026, 12, 4),
    )
    letter = letters.urging(writer(), reminded)
    return _sent(letter, *AGENCIES, "Sở Tư pháp")


def sending():
    letter = letters.sending("Sở Nội vụ", 2)
    rows = [
        [str(n), str(920 + n), f"Cơ sở dữ liệu số {n}", "Cơ sở dữ liệu", "Đăng ký mới"]
        for n in (1, 2)
    ]
    annexed = letters.replace(letter, annex=letters.proposals_annex(rows))
    return _sent(annexed, SKHCN + " tỉnh bạn")


def completing():
    lacks = [
        Lack(f"CSDL-00{n}, Phạm vi", "Nêu rõ phạm vi theo đơn vị hành chính", "đặc tả")
        for n in range(10, 19)
    ]
    letter = letters.completing(
        writer(),
        "đăng ký cơ sở dữ liệu “Đất đai”",
        date(2026, 11, 2),
        lacks,
        date(2026, 12, 1),
    )
    return _sent(letter, "Sở Nông nghiệp và Môi trường")


def refusing():
    reasons = [Lack("", "Trùng với cơ sở dữ liệu quốc gia", "Luật Dữ liệu")]
    letter = letters.refusing(
        writer(), "cơ sở dữ liệu “Rừng”", "Sau khi xem xét hồ sơ", reasons
    )
    return _sent(letter, "Sở Nông nghiệp và Môi trường")


def mending():
    letter = letters.mending(
        "Quyết định số 9901/QĐ-UBND ngày 15 tháng 9 năm 2026",
        "dòng thứ hai Điều 3",
        "nagy",
        "ngày",
        "sai sót về kỹ thuật trình bày",
    )
    return _sent(
        letter, "Các sở, ban, ngành thành phố", "Ủy ban nhân dân các xã, phường"
    )


def agreement_paper():
    provider = agreement.Party("Sở Nông nghiệp và Môi trường", "SNNMT", "Giám đốc")
    consumer = agreement.Party("Thuế thành phố", "TTP", "Trưởng Thuế thành phố")
    said = {
        heading: f"Hai bên thống nhất về {heading.lower()}."
        for heading in agreement.HEADINGS
    }
    return agreement.paper(
        agreement.Terms(
            provider,
            [consumer],
            ["Căn cứ Luật Dữ liệu ngày 30 tháng 11 năm 2024"],
            "chia sẻ dữ liệu Cơ sở dữ liệu đất đai",
            {
                **said,
                "Nội dung dữ liệu chia sẻ": "Các hạng mục tại Phụ lục kèm theo.",
                "Xóa dữ liệu": "",
            },
            [["Thửa đất", "Dữ liệu dùng chung", "Hằng ngày", ""]],
            "Thử Nghiệm",
            2026,
            demonstration=True,
        )
    )


DECISIONS = {"new-decision": new_decision, "amendment": amendment}
LETTERS = {
    "asking": asking,
    "urging": urging,
    "sending": sending,
    "completing": completing,
    "mending": mending,
}
PAPERS = {
    **DECISIONS,
    **LETTERS,
    "refusing": refusing,
    "proposal": proposal,
    "report": report,
    "opinions": opinions_table,
    "examination": examination_slip,
    "slip": slip,
    "contents": contents,
    "comparison": comparison,
    "legal-bases": legal_bases,
    "agreement": agreement_paper,
}
