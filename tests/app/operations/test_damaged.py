"""A database file that was cut short is told in one sentence, and ends no process."""

import os
from pathlib import Path

import pytest
from people import Browser
from sqlalchemy import select
from support import POSTGRESQL

from app.errors import UnavailableError
from app.register.models import Version

if not POSTGRESQL:

    def test_a_register_that_was_cut_short_is_told_with_what_mends_it(office):
        browser = Browser(office)
        for number in range(20):
            office.law(f"{number}/2026/QĐ-UBND")
        engine = office.system.database.engine
        office.system.database.fold()
        path = Path(engine.url.database)
        os.truncate(path, path.stat().st_size // 2)

        with (
            pytest.raises(UnavailableError, match="danhmuc backup restore"),
            office.system.database.reading() as session,
        ):
            session.scalars(select(Version)).all()
        pages = (
            "/",
            "/tim-kiem?q=quyet",
            "/doc/van-ban/VB-0018",
            "/van-ban",
            "/changes",
        )
        statuses = {browser.get(page).status_code for page in pages}
        assert 503 in statuses
        assert statuses <= {200, 404, 503}
