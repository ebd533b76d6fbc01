import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Statements that stand for several rows; rows of children without a page, kept apart until they go."""

    dependencies = [("intake", "0002_postcodes")]
    operations = [
        migrations.AddField("statement", "rows", models.IntegerField(default=1)),
        migrations.AddField("fileread", "apart", models.BigIntegerField(default=0)),
        migrations.AddField("storedfile", "removed_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="Apart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("feed", models.CharField(max_length=60)),
                ("table", models.CharField(db_column="table_name", max_length=60)),
                ("row", models.IntegerField(db_column="row_no")),
                ("rows", models.IntegerField(default=1)),
                ("record_id", models.TextField()),
                ("record_key", models.TextField()),
                ("person", models.TextField()),
                ("cells", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                (
                    "given",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
                ),
                ("outcome", models.CharField(max_length=30)),
                ("said_by", models.CharField(max_length=80)),
                ("recorded_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("received_on", models.DateField()),
                ("goes_on", models.DateField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.delivery"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.fileread"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["record_key"], name="apart_record"),
                    models.Index(fields=["person"], name="apart_person"),
                    models.Index(fields=["goes_on"], name="apart_goes"),
                    models.Index(fields=["said_by", "feed"], name="apart_counted"),
                ],
            },
        ),
        migrations.RunSQL(
            "alter table intake_stage add column rows integer", "alter table intake_stage drop column rows"
        ),
    ]
