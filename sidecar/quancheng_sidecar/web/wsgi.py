"""What the web server serves."""

import multiprocessing
import os

from django.core.wsgi import get_wsgi_application

from quancheng_sidecar.web.beside import end_with
from quancheng_sidecar.web.celery import app
from quancheng_sidecar.wiring import configure_logs

# A process of the server's pool must not serve on when the server was killed; not every server sees to it by itself.
if (server := multiprocessing.parent_process()) is not None and server.pid is not None:
    end_with(server.pid)

# Without it this process would hand its tasks to Celery's own default broker, on any machine nobody's.
app.set_default()
configure_logs()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quancheng_sidecar.web.settings")

application = get_wsgi_application()
