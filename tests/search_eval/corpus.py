"""What is searched: the demonstration as it is loaded, and generated databases around it that must not come first.

The generated ones are made of real administrative words and places, so that they share syllables with what is asked for
("đất hiếm", "công báo", "giao nhận"), speak of it in their descriptions, and own none of it in a title or a data item.
"""

import csv
import random
from collections.abc import Iterator
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from app.factory import System
from app.permissions import Audience
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import State, moment
from app.search.port import KIND, STATE, Document
from app.search.projection import documents
from catalog_schema.profile import Visibility

ROOT = Path(__file__).parents[2]
GENERATED = 4000
_BEGINNINGS = (
    "Cơ sở dữ liệu",
    "CSDL",
    "Danh sách",
    "Sổ theo dõi",
    "Hồ sơ",
    "Số liệu",
    "Kho dữ liệu",
    "Bảng kê",
)
_TOPICS = (
    "đất hiếm, cát sỏi lòng sông", "rừng phòng hộ", "rừng sản xuất", "cây xanh đường phố", "chợ truyền thống",
    "cửa hàng xăng dầu", "lưới điện trung thế", "trạm biến áp", "điện mặt trời mái nhà", "nước sạch nông thôn",
    "hồ chứa thủy lợi", "kênh mương nội đồng", "đê điều, kè biển", "trạm bơm tiêu úng", "giống cây lâm nghiệp",
    "thuốc thú y", "đàn gia súc, gia cầm", "dịch bệnh động vật", "tàu cá", "nuôi cá lồng bè", "sản phẩm OCOP",
    "làng nghề truyền thống", "nhà văn hóa thôn, ấp", "thư viện công cộng", "bảo tàng, nhà truyền thống",
    "vận động viên thể thao thành tích cao", "sân vận động, nhà thi đấu", "lễ hội dân gian", "nghệ nhân ưu tú",
    "khách sạn, nhà nghỉ", "hướng dẫn viên", "báo chí, xuất bản", "trạm truyền thanh cơ sở", "tên miền, trang tin",
    "chữ ký số chuyên dùng", "thiết bị công nghệ", "đề tài, nhiệm vụ nghiên cứu", "sáng kiến, giải pháp hữu ích",
    "nhãn hiệu, chỉ dẫn địa lý", "phương tiện đo, chuẩn đo lường", "kiểm định máy, thiết bị", "vật liệu nổ",
    "hóa chất nguy hiểm", "khu vực cấm bay", "phương tiện thủy nội địa", "bến khách ngang sông", "bãi đỗ xe",
    "tuyến xe buýt", "đăng kiểm phương tiện", "biển báo, đèn tín hiệu", "tai nạn trên đường", "nhà ở công nhân",
    "nhà ở cho người thu nhập thấp", "chung cư cũ", "cốt nền, cao độ", "nghĩa trang, nhà tang lễ", "bãi chôn lấp rác",
    "chất thải y tế nguy hại", "khí tượng, thủy văn", "cháy rừng", "sạt lở bờ sông", "đa dạng sinh học",
    "tôn giáo, tín ngưỡng", "đồng bào dân tộc thiểu số", "già làng, người có uy tín", "thanh niên xung phong",
    "phụ nữ khởi nghiệp", "người cao tuổi", "bình đẳng giới", "phòng chống mua bán người", "cai nghiện, phục hồi",
    "hòa giải ở cơ sở", "trợ giúp pháp lý", "luật sư, giám định viên", "thi hành án dân sự", "tiếp dân, khiếu nại",
    "thi đua, khen thưởng", "hội, quỹ từ thiện", "biên giới, mốc giới", "đối ngoại, kiều bào", "viện trợ, tài trợ",
    "tài sản nhà nước", "ngân sách xã", "nợ công", "giá cả thị trường", "đấu thầu mua sắm", "quỹ nhà chuyên dùng",
    "xổ số kiến thiết", "thương mại điện tử", "logistics, kho bãi", "hàng hóa qua cửa khẩu", "chống hàng giả",
    "sinh viên sư phạm", "trung tâm ngoại ngữ", "học bổng, khuyến học", "phổ cập xóa mù", "bữa ăn bán trú",
    "dân quân tự vệ", "công báo, lưu trữ", "con dấu, thể thức", "lịch công tác tuần", "phản ánh hiện trường",
)  # fmt: skip
_ITEMS = (
    "Tên gọi", "Địa điểm", "Năm xây dựng", "Diện tích sàn", "Công suất", "Tình trạng sử dụng", "Người phụ trách",
    "Số lượng", "Đơn vị tính", "Ngày kiểm tra", "Kết quả kiểm tra", "Kinh phí", "Nguồn vốn", "Ghi chú", "Tọa độ",
    "Chủ sở hữu", "Số điện thoại đường dây nóng", "Thời hạn", "Loại hình", "Cấp quản lý",
)  # fmt: skip
_MENTIONS = (
    "Có đối chiếu với dữ liệu đất đai khi cần.", "Người lái xe có giấy phép được nêu tên.", "Không gồm hộ tịch.",
    "Liên quan đến môi trường và quan trắc định kỳ.", "Tham khảo thông tin bảo hiểm, y tế.", "Dùng khi cấp thuế.",
    "Có số liệu lao động và việc làm theo quý.", "Phục vụ cán bộ, công chức tra cứu.", "Khoáng sản để riêng.",
    "Người có công được miễn phí.", "Công chứng viên có thể khai thác.", "Quy hoạch chỉ để tham chiếu.", "", "", "", "",
)  # fmt: skip


def loaded(system: System) -> Iterator[tuple[frozenset[str], Document]]:
    """Yield the demonstration's documents with the keys by which answers name them."""
    with system.database.reading() as session:
        register = Register(
            session, system.profile, moment(session), Audience(Visibility.OWNER)
        )
        views = {view.id: view for view in register.all(Filter())}
        for one in documents(register, views.values()):
            yield _keys(views[one.id]), one


def _keys(view: EntryView) -> frozenset[str]:
    kind = view.kind + (
        "-ended" if view.kind == "agency" and view.state is State.ENDED else ""
    )
    names = (view.local_id, view.title, str(view.content.get("symbol", "")))
    return frozenset(f"{kind}:{name}" for name in names if name)


def generated(count: int) -> Iterator[Document]:
    """Yield so many illustrative databases; the same at each run."""
    choose = random.Random(8)
    with (ROOT / "fixtures" / "data" / "units_2025.csv").open(encoding="utf-8") as file:
        places = [
            row["name.vi"].removeprefix("Ủy ban nhân dân ")
            for row in csv.DictReader(file)
        ]
    for number in range(1, count + 1):
        beginning, topic, place = (
            choose.choice(_BEGINNINGS),
            choose.choice(_TOPICS),
            choose.choice(places),
        )
        name = uuid5(NAMESPACE_URL, f"generated {number}")
        description = f"{topic.capitalize()} do {place} theo dõi. {choose.choice(_MENTIONS)} {choose.choice(_MENTIONS)}"
        texts = {
            "identifier": (f"CSDL-9{number:04d}",),
            "title": (f"{beginning} {topic} {place}",),
            "description": (description,),
            "keyword": (topic.split(",", maxsplit=1)[0],),
            "data_items.name": tuple(choose.sample(_ITEMS, 5)),
        }
        yield Document(
            name, name, texts, {KIND: ("shared-database",), STATE: ("in-force",)}
        )
