"""Addresses that the sidecar serves."""

from django.urls import path

from quancheng_sidecar.web import paperless

urlpatterns = [path("api/paperless/events", paperless.events)]
