"""Settings that cannot be are refused by name, before anything starts."""

from pathlib import Path

import pytest

from app import config
from app.errors import SetupError

WHOLE = {
    "database_url": "sqlite:///register.db",
    "search_url": "whoosh:index",
    "data_dir": "data",
    "base_uri": "https://danhmuc.example",
    "publisher_code": "Y99",
    "provinces": [{"name": "Thử Nghiệm", "type": "tỉnh"}],
}


def test_paths_and_addresses_are_below_the_folder_of_the_file(tmp_path):
    settings = config.parse(WHOLE, tmp_path)

    assert settings.data_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path}/register.db"
    assert settings.provinces[0].name == "Thử Nghiệm"
    assert settings.steps == config.Settings.steps


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"colour": "red"}, "không dùng tới: colour"),
        ({"base_uri": "danhmuc.example/"}, "base_uri: phải là địa chỉ http"),
        ({"former_base_uris": ["x"]}, "former_base_uris: phải là địa chỉ http"),
        ({"provinces": []}, "provinces: thêm mục"),
        ({"steps": ["four-eyes"]}, "steps: không có bước four-eyes"),
        ({"review_days": 0}, "review_days: phải là một số nguyên"),
        ({"review_days": "20"}, "review_days"),
        ({"demonstration": "yes"}, "demonstration"),
        ({"featured_day": "2021"}, "featured_day: phải là một ngày"),
        ({"contact": "a b@c"}, "contact: phải là một địa chỉ thư"),
        ({"data_dir": 3}, "data_dir"),
    ],
)
def test_what_cannot_be_is_refused_by_name(wrong, message):
    with pytest.raises(SetupError, match=message):
        config.parse({**WHOLE, **wrong}, Path("var"))


def test_what_is_missing_is_named():
    with pytest.raises(SetupError, match="thiếu mục: base_uri, provinces"):
        config.parse(
            {
                name: WHOLE[name]
                for name in WHOLE
                if name not in ("base_uri", "provinces")
            },
            Path("var"),
        )
