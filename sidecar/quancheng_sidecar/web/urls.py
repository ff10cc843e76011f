"""Addresses that the sidecar serves."""

from django.urls import path

from quancheng_sidecar.web import pages, paperless, time_codes, uploading

urlpatterns = [
    path("", pages.search),
    path("search", pages.search),
    path("upload", uploading.upload),
    path("clock", time_codes.page),
    path("clock/codes", time_codes.codes),
    path("clock/now.png", time_codes.picture),
    path("api/paperless/events", paperless.events),
]
