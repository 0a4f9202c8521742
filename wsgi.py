"""Entry point for WSGI servers: `application` is the register that DANHMUC_CONFIG names."""

from app.factory import create_app

application = create_app()
