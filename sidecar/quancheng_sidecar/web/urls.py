"""Addresses that the sidecar serves."""

from django.urls import path

from quancheng_sidecar.web import pages, paperless

urlpatterns = [
    path("", pages.search),
    path("search", pages.search),
    path("api/paperless/events", paperless.events),
]
