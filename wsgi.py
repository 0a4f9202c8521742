"""Entry point for WSGI servers: `application` is the register that DANHMUC_CONFIG
names.
"""

from app import logs
from app.factory import create_app

logs.configure()
application = create_app()
