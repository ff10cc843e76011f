from django.db import migrations


def withdraw(apps, schema_editor):
    """Verdicts named recordings by row; they are judged anew, by archive id, when the case is next checked."""
    apps.get_model("use", "Verdict").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("use", "0001_initial")]

    operations = [migrations.RunPython(withdraw, migrations.RunPython.noop)]
