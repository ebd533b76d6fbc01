import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def person(null=False):
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


def number():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_agencies")]

    operations = [
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                ("id", number()),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("child_id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=40)),
                ("purpose", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("agency", models.CharField(max_length=80)),
                ("owner", models.CharField(blank=True, max_length=80)),
                ("user", person()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "until"], name="breakglass_user"),
                    models.Index(fields=["child_id"], name="breakglass_child"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(until__gt=F("opened_at"))
                        & Q(until__lte=F("opened_at") + datetime.timedelta(hours=24)),
                        name="breakglass_ends",
                    ),
                    models.CheckConstraint(condition=~Q(purpose=""), name="breakglass_says_why"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BreakGlassCheck",
            fields=[
                ("id", number()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("needed", "It was needed, and no more was opened than was needed"),
                            ("wider", "It was needed, and more was opened than was needed"),
                            ("not_needed", "It was not needed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("why", models.TextField()),
                ("taken_to", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("by", person()),
                (
                    "opened",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_made",
                        to="accounts.breakglass",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(outcome="needed") | ~Q(taken_to=""), name="breakglasscheck_is_taken_up"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                ("id", number()),
                ("child_id", models.BigIntegerField()),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("family", "Of the same family"),
                            ("household", "Of the same household"),
                            ("staff_link", "Linked to them otherwise"),
                        ],
                        max_length=20,
                    ),
                ),
                ("why", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_why", models.TextField(blank=True)),
                ("by", person()),
                ("ended_by", person(null=True)),
                ("user", person()),
            ],
            options={
                "indexes": [models.Index(fields=["child_id"], name="conflict_child")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at__isnull=True), fields=("user", "child_id"), name="conflict_one_open"
                    )
                ],
            },
        ),
    ]
