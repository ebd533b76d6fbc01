import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Why tellings are taken as one, and what people have said against it."""

    dependencies = [("casework", "0001_initial"), ("linkage", "0001_initial")]
    operations = [
        migrations.AddField("event", "joined_why", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.CreateModel(
            name="Parting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_a", models.TextField()),
                ("key_b", models.TextField()),
                ("by_id", models.BigIntegerField()),
                ("why", models.CharField(max_length=1000)),
                ("at", models.DateTimeField()),
                ("reversed_at", models.DateTimeField(null=True)),
                ("reversed_by_id", models.BigIntegerField(null=True)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="partings", to="linkage.child"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(key_a__lt=F("key_b")), name="parting_a_before_b"),
                    models.CheckConstraint(
                        condition=Q(reversed_at__isnull=True, reversed_by_id__isnull=True)
                        | Q(reversed_at__isnull=False, reversed_by_id__isnull=False),
                        name="parting_reversed_says_by_whom",
                    ),
                    models.UniqueConstraint(
                        fields=["child", "key_a", "key_b"],
                        condition=Q(reversed_at__isnull=True),
                        name="parting_one_standing",
                    ),
                ],
            },
        ),
    ]
