"""Handing files in by the browser (Art. 7): what is too large for Paperless, or shall not lie there."""

import io
from pathlib import Path, PurePosixPath
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.archive.paperless.roles import Act
from quancheng_sidecar.collect.inbox import RecordingNote
from quancheng_sidecar.collect.intake import Submission, check_number, receive
from quancheng_sidecar.collect.models import Intake, IntakeKind
from quancheng_sidecar.collect.tasks import enqueue
from quancheng_sidecar.settings import settings
from quancheng_sidecar.web.people import asking, status_of
from quancheng_sidecar.wiring import parts

_LONGEST_NAME = 255
_BLOCK = 1 << 20
_VIA = "page"


class UploadBroken(QuanchengError):
    """What came is not a whole file, or what was said of it cannot be used; nothing is kept."""

    code = "QC-WEB-UPLOAD"


@require_http_methods(["GET", "PUT"])
def upload(request: HttpRequest) -> HttpResponse:
    """The page, or with PUT one file: its bytes as the body, what is said of it as the query.

    PUT and no form: a browser sends that from another site's page only after asking us, and we do not allow it, so
    that nobody hands in anything by somebody else's session.
    """
    is_file = request.method == "PUT"
    try:
        with asking(request, Act.HAND_IN) as person:
            name = person.account.name
        if is_file:
            return JsonResponse(_told(_received(request, name)), status=201)
    except QuanchengError as error:
        if is_file:
            told = {"code": error.code, "zh": error.sentence.zh, "en": error.sentence.en}
            return JsonResponse({"error": told}, status=_status(error))
        return render(request, "web/upload.html", _page() | {"error": error}, status=_status(error))
    return render(request, "web/upload.html", _page() | {"person": person.account})


def _page() -> dict[str, Any]:
    return {"paperless": settings().paperless_url, "stages": [stage.zh for stage in Stage], "kinds": IntakeKind.choices}


def _status(error: QuanchengError) -> int:
    return 400 if isinstance(error, UploadBroken) else status_of(error)


def _received(request: HttpRequest, agent: str) -> Intake:
    """The file is in the store and handed to a worker; raises `UploadBroken`, `StorageFull`, `CaseNumberTooLong`."""
    asked = {key: value for key in request.GET if (value := request.GET.get(key, "").strip())}
    name = PurePosixPath(asked.pop("name", "").replace("\\", "/")).name
    kind = asked.pop("kind", IntakeKind.RECORDING)
    try:
        note = RecordingNote.model_validate(asked)
        submission = Submission(kind=IntakeKind(kind), agent=agent, via=_VIA, **dict(note))
    except ValueError as error:
        raise _unusable(error) from error
    check_number(note.case or "")
    if not 0 < len(name) <= _LONGEST_NAME:
        raise UploadBroken(zh="文件名缺失或过长，没有收下。", en="The file's name is missing or too long; not taken.")
    received = receive(parts(), Path(name), submission, content=io.BufferedReader(_Body(request), _BLOCK))
    enqueue(received)
    return received


def _told(received: Intake) -> dict[str, str]:
    return {"intake": str(received.id), "file": received.file_name, "digest": received.original.digest}


def _unusable(error: ValueError) -> UploadBroken:
    named = "、".join(str(each["loc"][0]) for each in error.errors()) if isinstance(error, ValidationError) else "kind"
    return UploadBroken(
        zh=f"填写的内容无法采用（{named}），没有收下。请改正后重新上传。",
        en=f"What was said of the file cannot be used ({named}); it was not taken. Correct it and upload again.",
    )


class _Body(io.RawIOBase):
    """The body as a file. One that is shorter than announced is no file: the line was cut."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        announced = request.headers.get("Content-Length", "")
        if not (announced.isascii() and announced.isdecimal()):
            raise _cut()
        self._left = int(announced)

    def readable(self) -> bool:
        return True

    def readinto(self, block: Any) -> int:  # noqa: ANN401  a buffer, which the standard library types more loosely
        try:
            read = self._request.read(min(len(block), self._left))
        except UnreadablePostError as error:
            raise _cut() from error
        if not read and self._left:
            raise _cut()
        block[: len(read)] = read
        self._left -= len(read)
        return len(read)


def _cut() -> UploadBroken:
    return UploadBroken(
        zh="上传中断，文件不完整，没有收下。请重新上传。",
        en="The upload broke off; the file was not taken. Upload it again.",
    )
