"""Words of decisions and of the papers that the office draws up."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.config import Province
from app.web.display.wording import province_type

DECISION_STEPS: Mapping[str, tuple[object, str, object]] = {
    "gathering": (
        _("Đang soạn"),
        "govuk-tag--grey",
        _("Văn thư đưa các phiếu vào, rồi chốt phụ lục."),
    ),
    "frozen": (
        _("Đã chốt phụ lục"),
        "govuk-tag--purple",
        _("Văn thư trình ký; sau khi ký, văn thư nhập số và ngày quyết định."),
    ),
    "sent": (
        _("Đã trình"),
        "app-tag--light-blue",
        _("Chờ Ủy ban nhân dân ký; sau khi ký, văn thư nhập số và ngày quyết định."),
    ),
    "signed": (
        _("Đã ban hành"),
        "govuk-tag--green",
        _("Các mục đã vào danh mục theo quyết định này."),
    ),
    "dropped": (_("Đã bỏ"), "govuk-tag--red", _("Dự thảo này không dùng nữa.")),
}

DECISION_ISSUERS: Mapping[str, object] = {
    "ubnd": _("Ủy ban nhân dân %(type)s"),
    "chu-tich": _("Chủ tịch Ủy ban nhân dân %(type)s"),
}

DECISION_KINDS: Mapping[str, object] = {
    "new": _("Ban hành Danh mục mới"),
    "amend": _("Sửa đổi, bổ sung quyết định đã ban hành"),
    "replace": _("Ban hành Danh mục thay thế"),
    "revoke": _("Bãi bỏ quyết định đã ban hành"),
}

DECISION_EVENTS: Mapping[str, object] = {
    "begun": _("Mở dự thảo"),
    "gathered": _("Đưa phiếu vào dự thảo"),
    "taken-out": _("Chuyển phiếu về thẩm định"),
    "set-aside": _("Bỏ phiếu khỏi dự thảo"),
    "frozen": _("Chốt văn bản và phụ lục"),
    "thawed": _("Mở lại dự thảo"),
    "sent": _("Trình Ủy ban nhân dân"),
    "given-back": _("Ủy ban nhân dân trả lại"),
    "dropped": _("Bỏ dự thảo"),
    "signed": _("Ghi nhận quyết định đã ký"),
    "rectification-asked": _("Đề nghị sửa thông tin ghi nhận"),
    "rectified": _("Sửa thông tin ghi nhận"),
    "rectification-refused": _("Không sửa thông tin ghi nhận"),
    "effect-amended": _("Ngày có hiệu lực được sửa bằng quyết định"),
    "mended": _("Ghi nhận công văn đính chính"),
}

RECTIFIED: Mapping[str, object] = {  # what a rectification may change
    "number": _("Số, ký hiệu"),
    "signed_on": _("Ngày ký"),
    "effective_from": _("Có hiệu lực từ ngày"),
    "signatory": _("Người ký"),
    "file": _("Tệp quyết định đã ký"),
}

CAPACITIES: Mapping[str, object] = {  # how somebody signs
    "dung-dau": _("Người đứng đầu"),
    "ky-thay": _("Cấp phó ký thay (KT.)"),
    "thua-lenh": _("Thừa lệnh (TL.)"),
    "thua-uy-quyen": _("Thừa ủy quyền (TUQ.)"),
    "quyen": _("Quyền (Q.)"),
}

PAPERS: Mapping[str, object] = {  # what the office draws up
    "don-doc": _("Công văn đôn đốc"),
    "gui-ho-so": _("Công văn gửi hồ sơ"),
    "lay-y-kien": _("Công văn lấy ý kiến"),
    "hoan-thien": _("Công văn yêu cầu bổ sung"),
    "tu-choi": _("Thông báo từ chối"),
    "dinh-chinh": _("Công văn đính chính"),
    "tong-hop-y-kien": _("Bảng tổng hợp ý kiến, tiếp thu, giải trình"),
    "tham-dinh": _("Phiếu thẩm định"),
    "phieu-trinh": _("Phiếu trình"),
    "to-trinh": _("Tờ trình"),
    "bao-cao": _("Báo cáo thẩm định"),
    "bo-ho-so": _("Bộ hồ sơ trình (ZIP)"),
    "de-nghi-khai-thac": _("Công văn đề nghị khai thác dữ liệu"),
    "tu-choi-chia-se": _("Thông báo từ chối chia sẻ dữ liệu"),
    "kien-nghi-bo": _("Công văn kiến nghị gửi bộ"),
}

PAPER_FIELDS: Mapping[str, object] = {
    "compiler": _("Người tổng hợp ý kiến"),
    "unit_name": _("Tên đơn vị soạn thảo (phòng)"),
    "drafter": _("Người soạn, thẩm định"),
    "unit_head": _("Lãnh đạo phòng"),
    "leader": _("Kính gửi (chức danh)"),
}

DECISION_DONE: Mapping[str, object] = {
    "luu": _("Đã lưu dự thảo."),
    "dua-ra": _("Đã đưa phiếu ra; phiếu về bước thẩm định."),
    "bo-ra": _("Đã bỏ phiếu khỏi dự thảo; phiếu vẫn được phê duyệt và chờ ban hành."),
    "chot": _("Đã chốt phụ lục."),
    "mo-lai": _("Đã mở lại dự thảo."),
    "trinh": _("Đã ghi nhận việc trình."),
    "tra-lai": _("Đã ghi nhận việc trả lại; dự thảo mở để sửa."),
    "ban-hanh": _("Đã ban hành: tất cả các phiếu đã vào danh mục."),
    "bo": _("Đã bỏ dự thảo."),
}


def decision_issuer(issuer: str, province: Province) -> str:
    """Return who signs a decision, in the province of the day."""
    return str(DECISION_ISSUERS[issuer]) % {"type": province_type(province)}
