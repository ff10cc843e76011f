"""Pages for people: today the search that Paperless cannot do."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.archive.paperless.models import Twin
from quancheng_sidecar.archive.paperless.roles import Act
from quancheng_sidecar.archive.port import Hit, Snippet
from quancheng_sidecar.settings import settings
from quancheng_sidecar.use.visible import search_as
from quancheng_sidecar.web.people import asking, status_of
from quancheng_sidecar.wiring import parts

_PAGE = 20


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What is found and the asking person may see, each with its place in Paperless."""
    query = request.GET.get("q", "").strip()
    offset = _whole(request.GET.get("from", ""))
    shown = {"query": query, "paperless": settings().paperless_url}
    try:
        with asking(request, Act.SEARCH) as person:
            page = search_as(parts(), query, person.session, limit=_PAGE, offset=offset) if query else None
    except QuanchengError as error:
        return render(request, "web/search.html", shown | {"error": error}, status=status_of(error))
    remote = _remote_ids(page.hits) if page else {}
    rows = (
        [{"hit": hit, "remote": remote.get(int(hit.id)), "excerpt": _marked(hit.snippet)} for hit in page.hits]
        if page
        else []
    )
    found = {
        "person": person.account,
        "page": page,
        "rows": rows,
        "before": _link(query, offset - _PAGE) if offset else "",
        "after": _link(query, offset + _PAGE) if page and offset + _PAGE < page.total else "",
    }
    return render(request, "web/search.html", shown | found)


def _remote_ids(hits: tuple[Hit, ...]) -> dict[int, int]:
    held = Twin.objects.filter(document__in=[int(hit.id) for hit in hits])
    return {twin.document_id: twin.remote_id for twin in held if twin.remote_id is not None}


def _marked(snippet: Snippet) -> SafeString:
    """The excerpt with what matched marked; everything else escaped."""
    pieces, place = [], 0
    for start, end in snippet.marks:
        pieces += [escape(snippet.text[place:start]), "<mark>", escape(snippet.text[start:end]), "</mark>"]
        place = end
    return mark_safe("".join([*pieces, escape(snippet.text[place:])]))  # noqa: S308  each piece of text is escaped


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004  no page is farther


def _link(query: str, offset: int) -> str:
    return "?" + urlencode({"q": query, "from": max(0, offset)})
