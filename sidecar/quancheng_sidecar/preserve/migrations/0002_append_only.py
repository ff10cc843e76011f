"""Triggers that make the custody log append-only, in the words of the database that is used."""

from django.db import migrations

from quancheng_sidecar.preserve import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


def remove(apps, schema_editor):
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("preserve", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
