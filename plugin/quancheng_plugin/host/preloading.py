"""What reading and signing need, loaded by Paperless' worker once, before it makes its processes.

Each of these does one task and ends, so that it would load them anew for every document: two to three seconds on an
idle machine (measured). Modules alone are loaded: an engine runs threads, and no thread lives through a fork.
"""

import logging
from importlib import import_module

from celery.signals import worker_init

logger = logging.getLogger("quancheng.paperless")

_SIGNING = ("appending", "fonts", "placement", "seal_drawing", "seal_layout", "verifying", "vouching")
_MODULES = (
    "quancheng_plugin.document",
    "quancheng_plugin.ocr.text_layer",
    *(f"quancheng_plugin.signing.{name}" for name in _SIGNING),
    "quancheng_plugin.host.thumbnail",
    "onnxruntime",
    "rapidocr.main",
)


def install() -> None:
    """Have it done when a worker starts; pages, beat and commands never load them for it."""
    worker_init.connect(_load, weak=False)


def _load(**_: object) -> None:
    for name in _MODULES:
        try:
            import_module(name)
        except Exception:  # what is missing is told where it is needed, document by document
            logger.warning("全程：%s 未能预先载入", name, exc_info=True)
