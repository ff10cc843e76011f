"""What a camera films to have its clock checked: the server's time as QR codes, on a page or as a picture."""

import ctypes
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from quancheng_sidecar.media.clock.time_code import TimeCode, png_of, svg_of

_AHEAD = 30
"""Codes handed out at once, in seconds: a line that fails for less is not noticed."""
_TIME_ERROR = 5
"""adjtimex(2): the kernel's clock is not kept by anything."""
_TIMEX_BYTES = 512
"""More than any layout of struct timex; zero bytes ask for nothing to be changed."""


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The full-screen page; it asks for its codes itself."""
    return render(request, "web/clock.html")


@require_GET
@never_cache
def codes(_request: HttpRequest) -> JsonResponse:
    """`now`: the server's time in Unix milliseconds; `codes`: SVG by the Unix second in which each is shown."""
    kept = synchronised()
    second = datetime.now(UTC).replace(microsecond=0)
    ahead = [second + timedelta(seconds=number) for number in range(_AHEAD)]
    shown = {int(instant.timestamp()): svg_of(TimeCode(instant, synchronised=kept)) for instant in ahead}
    return JsonResponse({"codes": shown, "synchronised": kept, "now": datetime.now(UTC).timestamp() * 1000})


@require_GET
@never_cache
def picture(_request: HttpRequest) -> HttpResponse:
    """The code of this instant as PNG, for a viewer that fetches it again and again where there is no browser."""
    code = TimeCode(datetime.now(UTC), synchronised=synchronised(), fetched=True)
    return HttpResponse(png_of(code), content_type="image/png")


def synchronised() -> bool:
    """Whether the kernel's clock is kept by NTP or the like; False where the system does not say."""
    try:
        state = int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))
    except (AttributeError, OSError):  # not Linux
        return False
    return 0 <= state < _TIME_ERROR
