"""The office opens the DOCX, everybody else the PDF: both fall on the same pages."""

import io
import shutil
import subprocess

import pytest
from paper_samples import PAPERS
from pypdf import PdfReader

from app.documents.papers import docx, pdf

pytestmark = pytest.mark.nightly("browser")


def pages(data):
    return len(PdfReader(io.BytesIO(data)).pages)


def test_both_have_as_many_pages(tmp_path):
    office = shutil.which("soffice")
    assert office, "apt-get install libreoffice-writer"
    for name, make in PAPERS.items():
        (tmp_path / f"{name}.docx").write_bytes(docx.docx(make()))
    command = [office, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    papers = sorted(map(str, tmp_path.glob("*.docx")))
    subprocess.run([*command, profile, *papers], check=True, capture_output=True)

    drawn = {name: pages(pdf.of(docx.docx(make()))) for name, make in PAPERS.items()}
    opened = {name: pages((tmp_path / f"{name}.pdf").read_bytes()) for name in PAPERS}
    print(drawn)
    assert opened == drawn
