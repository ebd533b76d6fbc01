import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


# Rows of the layout of any events have two more cells, at their end; those held name a child, so both are blank.
CELLS = "update {table} set cells = cells || array['', ''] where feed = 'events' and cardinality(cells) = 21"


class Migration(migrations.Migration):
    """Lines of what is no child, and what children's events mention (docs/adr/0034)."""

    dependencies = [
        ("casework", "0005_differences"),
        ("linkage", "0003_subjects"),
    ]

    operations = [
        migrations.AddField(
            model_name="instance",
            name="subject_id",
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField()),
                ("kind", models.CharField(max_length=80)),
                ("happened_on", models.DateField()),
                ("happened_at", models.DateTimeField(null=True)),
                ("received_on", models.DateField()),
                (
                    "said_by",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None),
                ),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("level", models.CharField(max_length=3)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="of_children", to="linkage.subject"
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="linkage.child"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubjectEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField()),
                ("kind", models.CharField(max_length=80)),
                ("happened_on", models.DateField()),
                ("happened_at", models.DateTimeField(null=True)),
                ("precision", models.CharField(max_length=4)),
                ("recorded_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("received_on", models.DateField()),
                ("said_by", models.CharField(max_length=80)),
                ("happening", models.IntegerField()),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("details", models.JSONField(default=dict)),
                ("ref", models.TextField(blank=True)),
                ("level", models.CharField(max_length=3)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("statement_id", models.BigIntegerField()),
                ("on_day", models.DateField()),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="linkage.subject"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubjectInstance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.TextField(blank=True)),
                ("duty_id", models.CharField(max_length=80)),
                ("version", models.CharField(max_length=40)),
                ("stage", models.CharField(blank=True, max_length=40)),
                ("trigger_kind", models.CharField(max_length=80)),
                ("trigger_key", models.TextField()),
                ("opened_on", models.DateField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("due_latest_at", models.DateTimeField(null=True)),
                ("warn_on", models.DateField(null=True)),
                ("warn_at", models.DateTimeField(null=True)),
                ("precision", models.CharField(max_length=10)),
                ("unit", models.CharField(max_length=40)),
                ("met_on", models.DateField(null=True)),
                ("met_at", models.DateTimeField(null=True)),
                ("in_time", models.BooleanField(null=True)),
                ("met_route", models.CharField(blank=True, max_length=200)),
                ("met_key", models.TextField(blank=True)),
                ("ended_on", models.DateField(null=True)),
                ("ended_why", models.TextField(blank=True)),
                ("cannot_tell", models.TextField(blank=True)),
                ("covered_to", models.DateField(null=True)),
                (
                    "evidence",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("learnt_on", models.DateField()),
                ("freezes_on", models.DateField(null=True)),
                ("calendar", models.CharField(blank=True, max_length=80)),
                ("estimated", models.TextField(blank=True)),
                ("story", models.JSONField(default=dict)),
                ("level", models.CharField(max_length=3)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("looms_on", models.DateField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="instances", to="linkage.subject"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubjectMention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=80)),
                ("happened_on", models.DateField()),
                ("level", models.CharField(max_length=3)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="linkage.subject"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(CELLS.format(table="intake_statement"), migrations.RunSQL.noop),
        migrations.RunSQL(CELLS.format(table="intake_apart"), migrations.RunSQL.noop),
    ]
