"""Search as the person who asks: our index finds, Paperless says which of it that person may see there (Art. 10-12)."""

from collections.abc import Sequence

from quancheng_sidecar.archive.paperless.client import Paperless
from quancheng_sidecar.archive.paperless.models import Twin
from quancheng_sidecar.archive.port import Hit, SearchPage
from quancheng_sidecar.wiring import Parts

_BATCH = 200
_MOST = 2000
"""How many of what the index finds are looked at; who may see little must not make a search endless."""


def search_as(parts: Parts, query: str, asking: Paperless, *, limit: int = 20, offset: int = 0) -> SearchPage:
    """One page of what `query` finds and the person behind the session `asking` may see.

    `total` counts only what that person may see, among the first 2,000 that the index finds, so that a number
    tells nobody of records they may not know of. What has not arrived in Paperless yet is seen by nobody through it.
    Raises `PaperlessUnreachable` and `PaperlessRefused`: without an answer nothing is shown.
    """
    seen: list[Hit] = []
    for start in range(0, _MOST, _BATCH):
        page = parts.archive.search(query, limit=_BATCH, offset=start)
        seen += _may_see(page.hits, asking)
        if start + _BATCH >= page.total:
            break
    return SearchPage(total=len(seen), hits=tuple(seen[offset : offset + limit]))


def _may_see(hits: Sequence[Hit], asking: Paperless) -> list[Hit]:
    remote = dict(
        Twin.objects.filter(document__in=[int(hit.id) for hit in hits], remote_id__isnull=False).values_list(
            "document_id", "remote_id"
        )
    )
    visible = asking.visible([each for each in remote.values() if each is not None]) if remote else set()
    return [hit for hit in hits if remote.get(int(hit.id)) in visible]
