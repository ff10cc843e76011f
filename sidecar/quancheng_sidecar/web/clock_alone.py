"""What `quancheng clock` serves: the page that a camera films, and nothing else of the sidecar.

Whoever opens the address without a path is led to it; search and upload ask for an account that this screen has not.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from quancheng_sidecar.web import wsgi

_PAGE = "/clock"


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Serve the page, its codes and the picture; lead every other address to it."""
    path = environ.get("PATH_INFO", "")
    if path == _PAGE or path.startswith(f"{_PAGE}/"):
        return wsgi.application(environ, start_response)
    start_response("302 Found", [("Location", _PAGE), ("Content-Length", "0")])
    return ()
