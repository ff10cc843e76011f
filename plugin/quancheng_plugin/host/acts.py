"""Views, previews and downloads, which Paperless does not log; and the answer to a refused deletion.

A middleware, put last in the list when the app starts. It looks at answers by the names of Paperless' own routes
and never changes one, but where a deletion was refused: Paperless would answer such a one with "check logs", or "OK".
"""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone

from quancheng_plugin.host import guard, keeping, outbox
from quancheng_plugin.host.acting import Acting, Actor, Refusal, answering
from quancheng_plugin.host.harmless import harmless
from quancheng_plugin.host.outbox import Kind
from quancheng_plugin.host.paperless import part

_ACTS = {
    "document-detail": Kind.VIEWED,
    "document-preview": Kind.PREVIEWED,
    "document-download": Kind.DOWNLOADED,
    "document-email-document": Kind.DOWNLOADED,
}
_OF_MANY = {"bulk_download", "document-email-documents"}
# Paperless' page fetches a document and its preview again whenever something about it changes.
_ONCE_IN_S = 60
_FAILED = 400
_CONFLICT = 409

logger = logging.getLogger("quancheng.paperless")

_View = Callable[..., Any]


class Acts:
    """Tells the outbox what people were shown and handed out, once the answer is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as Paperless does."""
        if keeping.is_meant(request):
            return keeping.answer(request)
        with answering(request) as acting:
            response = self._get_response(request)
            if response.status_code < _FAILED:
                with harmless("登记查阅和下载"):
                    _tell_acts(request, acting.actor)
            return _refused(acting, response) if acting.refused else response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Read the small body that names many documents, since the view would leave nothing of it."""
        match = request.resolver_match
        if match and match.url_name in _OF_MANY:
            request.body  # noqa: B018 - Django keeps it once it is read


def _tell_acts(request: HttpRequest, who: Actor | None) -> None:
    match = request.resolver_match
    if match is None or request.method not in {"GET", "POST"}:
        return
    name = match.url_name or ""
    kind = _ACTS.get(name)
    if kind is not None and (request.method == "GET" or name == "document-email-document"):
        _tell(kind, int(match.kwargs["pk"]), who, _detail(request, name))
    elif name in _OF_MANY and request.method == "POST":
        documents = _selected(request, name, match.func)
        with transaction.atomic():
            for document in documents:
                _tell(Kind.DOWNLOADED, document, who, {"by": "email" if "email" in name else "bulk"})
    elif _class_name(match.func) == "SharedLinkView":
        for document, link in _shared(match.kwargs["slug"]):
            _tell(Kind.DOWNLOADED, document, None, link)


def _detail(request: HttpRequest, name: str) -> dict[str, Any]:
    version = request.GET.get("version", "")
    original = {"original": True} if request.GET.get("original", "") in {"true", "1"} else {}
    by: dict[str, Any] = {"by": "email"} if "email" in name else {}
    if request.headers.get("Authorization", "").startswith("Token "):
        by["token"] = True  # a program asked, perhaps the sidecar itself
    return original | by | ({"version": int(version)} if version.isascii() and version.isdecimal() else {})


def _tell(kind: Kind, document: int, who: Actor | None, detail: dict[str, Any]) -> None:
    if kind in {Kind.VIEWED, Kind.PREVIEWED} and _is_again(kind, document, who):
        return
    outbox.write(kind, document, by=who, detail=detail)


def _is_again(kind: Kind, document: int, who: Actor | None) -> bool:
    try:
        return not cache.add(f"quancheng:{kind}:{document}:{who.id if who else ''}", 1, _ONCE_IN_S)
    except Exception:
        logger.exception("全程：缓存不可用，重复的查阅也将登记")
        return False


def _selected(request: HttpRequest, name: str, view: _View) -> list[int]:
    """Numbers of the documents that were asked for; where a filter stood for them, found as Paperless found them."""
    asked = json.loads(request.body) if "json" in (request.content_type or "") else {}
    documents = asked.get("documents")
    if name == "bulk_download" and asked.get("all"):
        documents = view.view_class()._resolve_document_ids(user=request.user, validated_data=asked)  # type: ignore[attr-defined] # noqa: SLF001 - the one that the view uses
    if documents is None:
        documents = request.POST.getlist("documents")
    return [int(document) for document in documents]


def _class_name(view: _View) -> str:
    return getattr(getattr(view, "view_class", None), "__name__", "")


def _shared(slug: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Documents behind a share link that is answered, with the link's number: the slug itself is a key."""
    links = part("documents.models", "ShareLink")
    link = links.objects.filter(slug=slug).first()
    if link is not None:
        if not _is_expired(link):
            yield link.document_id, {"share_link": link.pk}
        return
    bundle = part("documents.models", "ShareLinkBundle").objects.filter(slug=slug).first()
    if bundle is not None and bundle.status == "ready" and not _is_expired(bundle):
        for document in bundle.documents.values_list("pk", flat=True):
            yield document, {"share_link_bundle": bundle.pk}


def _is_expired(link: Any) -> bool:  # noqa: ANN401 - Paperless' model
    return link.expiration is not None and link.expiration < timezone.now()


def _refused(acting: Acting, response: HttpResponseBase) -> HttpResponseBase:
    """Tell the refusals, and answer with them where the person asked for the deletion."""
    refused = list(dict.fromkeys(acting.refused))
    for each in refused:
        guard.tell(each, acting.actor)
        _into_index_again(each)
    asked = [each for each in refused if not each.by_workflow]
    if not asked:
        return response
    said = guard.sentence(asked)
    if acting.request.path_info.startswith("/api/"):
        kept = [each.document for each in asked]
        return JsonResponse({"detail": said, "kept": kept}, status=_CONFLICT, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(said, status=_CONFLICT, content_type="text/plain; charset=utf-8")


def _into_index_again(refusal: Refusal) -> None:
    """Paperless takes a document out of its index before it tries to delete it."""
    with harmless(f"把文档 {refusal.document} 放回检索"):
        document = part("documents.models", "Document").objects.filter(pk=refusal.document).first()
        if document is not None:  # one that is kept in the trash stays there
            part("documents.search", "get_backend")().add_or_update(document)
