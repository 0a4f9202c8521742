"""Every table, imported for its side effect: what migrations compare and foreign keys
resolve against.
"""

from app import files, jobs, journal
from app.accounts import models as accounts
from app.db import Base
from app.exchange import models as exchange
from app.notify import models as notify
from app.rdf.publishing import models as rdf
from app.register import models as register
from app.search import synonyms
from app.workflow import paper_habits
from app.workflow.campaigns import models as campaigns
from app.workflow.consultations import models as consultations
from app.workflow.decisions import models as decisions
from app.workflow.dossiers import models as dossiers
from app.workflow.intake import models as intake
from app.workflow.proposals import models as proposals
from app.workflow.review_help import models as review_help
from app.workflow.uploads import models as uploads

WORKFLOW = (
    campaigns,
    consultations,
    decisions,
    dossiers,
    intake,
    paper_habits,
    proposals,
    review_help,
    uploads,
)
MODULES = (
    accounts,
    exchange,
    files,
    jobs,
    journal,
    notify,
    rdf,
    register,
    synonyms,
    *WORKFLOW,
)
metadata = Base.metadata
