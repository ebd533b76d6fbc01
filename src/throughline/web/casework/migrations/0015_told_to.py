import django.contrib.postgres.fields
from django.db import migrations, models


def _told_to() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)


class Migration(migrations.Migration):
    """Lines without their reasons (docs/adr/0052). They are written when a child is next worked out."""

    dependencies = [("casework", "0014_keeping")]

    operations = [
        migrations.AddField("instance", "told_to", _told_to()),
        migrations.AddField("subjectinstance", "told_to", _told_to()),
    ]
