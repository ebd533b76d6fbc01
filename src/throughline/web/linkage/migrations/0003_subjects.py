import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """What has a line of its own and is no child (docs/adr/0034)."""

    dependencies = [("linkage", "0002_pages")]
    operations = [
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("key", models.TextField(unique=True)),
                ("name", models.TextField()),
            ],
        ),
    ]
