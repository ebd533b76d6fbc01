from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Whoever enters the walls asks which children are sealed: few, and found without reading all (docs/adr/0044)."""

    dependencies = [("linkage", "0003_subjects")]

    operations = [
        migrations.AddIndex(
            "child",
            models.Index(
                fields=["id"], condition=Q(level__gte="SL5") | Q(tags__contains=["PROT-PERSON"]), name="child_sealed"
            ),
        ),
    ]
