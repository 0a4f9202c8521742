"""Every table, imported for its side effect: what migrations compare and foreign keys resolve against."""

from app import files, jobs, journal
from app.accounts import models as accounts
from app.db import Base
from app.notify import models as notify
from app.rdf.publishing import models as rdf
from app.register import models as register
from app.search import synonyms as search
from app.workflow.proposals import models

MODULES = (accounts, files, jobs, journal, notify, rdf, register, search, models)
metadata = Base.metadata
