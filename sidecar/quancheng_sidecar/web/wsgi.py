"""What the web server serves."""

import os

from django.core.wsgi import get_wsgi_application

from quancheng_sidecar.wiring import configure_logs

configure_logs()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quancheng_sidecar.web.settings")

application = get_wsgi_application()
