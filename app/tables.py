"""Every table, imported for its side effect: what migrations compare and foreign keys resolve against."""

from app import files, jobs, journal
from app.accounts import models as accounts
from app.db import Base
from app.notify import models as notify
from app.rdf import models as rdf
from app.register import models as register
from app.search import models as search
from app.workflow import models as workflow

MODULES = (accounts, files, jobs, journal, notify, rdf, register, search, workflow)
metadata = Base.metadata
