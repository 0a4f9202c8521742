"""Pages for people and documents for machines, by subject.

* What anybody reads: `public`; what machines fetch: `machines`
* What an agency writes, and the page where it is judged: `proposals`
* What the department does with many: `office`; accounts and operation: `people`
* All of them stand on `forms`, that on `display` (how things are shown), that on `http`
* `templates` has a folder for each of the five, and `layout` for what all pages share
* Front-end files: `static`, copied by `copy_assets`; the English of the screens:
  `translations`
"""

import structlog
from flask import Flask

from app.operations.installation import Installation
from app.web.display import templating
from app.web.forms import suggestions
from app.web.http import errors, guard, headers, language, static_files
from app.web.http.head import HeadIsGet
from app.web.machines import (
    catalogue,
    change_feed,
    metrics,
    oai_pmh,
    practice_feed,
    sitemap,
    sparql,
    status,
)
from app.web.office import (
    agreement_paper,
    campaigns,
    case_forms,
    case_groups,
    cases,
    consultations,
    decision_comparison,
    decisions,
    discrepancies,
    dossiers,
    inbox,
    intake,
    intake_mapping,
    paper_kinds,
    reasons,
    rectifications,
    small_changes,
    statements,
    synonyms,
    task_tables,
    traffic_upload,
    warehouse_upload,
    work_queue,
)
from app.web.people import (
    journal_log,
    log_in,
    login_steps,
    notices,
    operations,
    own_account,
    people_and_posts,
    rights_review,
)
from app.web.proposals import (
    attachments,
    bulk_upload,
    draft,
    linking,
    merge,
    review,
    sections,
    start,
    succession_impact,
    upload_preview,
)
from app.web.public import (
    agencies,
    changes,
    code_lookup,
    downloads,
    entry,
    exchange,
    freshness,
    guide,
    home,
    profile,
    promulgated,
    search,
    standards,
    traffic,
    warehouse,
)

HTTP = (static_files,)
FORMS = (suggestions,)
PUBLIC = (
    home,
    agencies,
    standards,
    downloads,
    search,
    entry,
    exchange,
    freshness,
    traffic,
    warehouse,
    changes,
    code_lookup,
    profile,
    promulgated,
    guide,
)
MACHINES = (
    catalogue,
    sitemap,
    change_feed,
    oai_pmh,
    sparql,
    practice_feed,
    status,
    metrics,
)
PROPOSALS = (
    start,
    bulk_upload,
    upload_preview,
    draft,
    sections,
    merge,
    attachments,
    succession_impact,
    review,
    linking,
)
OFFICE = (
    inbox,
    work_queue,
    decisions,
    paper_kinds,
    rectifications,
    decision_comparison,
    consultations,
    dossiers,
    campaigns,
    intake,
    intake_mapping,
    small_changes,
    statements,
    discrepancies,
    agreement_paper,
    reasons,
    synonyms,
    traffic_upload,
    warehouse_upload,
    # before the page of a case, whose address holds any word
    task_tables,
    case_groups,
    case_forms,
    cases,
)
PEOPLE = (
    journal_log,
    log_in,
    login_steps,
    own_account,
    notices,
    people_and_posts,
    rights_review,
    operations,
)
BLUEPRINTS = (*HTTP, *FORMS, *PUBLIC, *MACHINES, *PROPOSALS, *OFFICE, *PEOPLE)


def install(flask: Flask, installation: Installation) -> None:
    """Put the pages, the linked data and what every answer carries into the
    application.
    """
    flask.extensions["danhmuc"] = installation
    if not static_files.STATIC.joinpath("vendor", "govuk-frontend.min.css").is_file():
        structlog.get_logger().warning(
            "assets are missing: run “make setup”; pages show as plain HTML"
        )
    flask.wsgi_app = HeadIsGet(flask.wsgi_app)  # type: ignore[assignment,method-assign]
    headers.compress(flask)  # what is asked for first is done last to an answer
    language.install(flask)
    templating.install(flask, installation)
    guard.install(flask, installation)
    for module in BLUEPRINTS:
        flask.register_blueprint(module.blueprint)
    errors.install(flask)
    headers.install(flask, installation.settings)
