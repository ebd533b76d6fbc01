import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Requests for the whole record, what was decided on each entry, and the copies made (docs/adr/0050)."""
    initial = True

    dependencies = [
        ("linkage", "0003_subjects"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asker",
                    models.CharField(
                        choices=[
                            ("child", "The child"),
                            ("adult", "The person themselves, now grown up"),
                            ("parent", "A parent, or somebody else with parental responsibility"),
                            ("other", "Somebody whom the child or grown person asked to act for them"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("asked_on", models.DateField()),
                ("known_how", models.CharField(max_length=500)),
                ("entitled_how", models.CharField(blank=True, max_length=500)),
                ("route", models.CharField(max_length=500)),
                ("taken_by_id", models.BigIntegerField()),
                ("taken_at", models.DateTimeField()),
                ("collected_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by_id", models.BigIntegerField(null=True)),
                ("closed_how", models.CharField(blank=True, max_length=1000)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="linkage.child"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField()),
                ("statement_id", models.BigIntegerField(null=True)),
                ("on", models.DateField()),
                ("said_by", models.CharField(max_length=80)),
                ("level", models.CharField(max_length=3)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="linkage.child"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="child.accessrequest"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("html", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("given", models.IntegerField()),
                ("withheld", models.IntegerField()),
                ("made_by_id", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="linkage.child"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="copies", to="child.accessrequest"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("give", "Give it"), ("quote", "Give part of it"), ("withhold", "Leave it out")],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("part", models.TextField(blank=True)),
                ("asked", models.CharField(blank=True, max_length=500)),
                ("seen_hash", models.CharField(max_length=64)),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="verdicts", to="child.accessitem"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(fields=["child"], name="accessrequest_child"),
        ),
        migrations.AddConstraint(
            model_name="accessitem",
            constraint=models.UniqueConstraint(fields=("request", "key"), name="accessitem_once"),
        ),
    ]
