import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Holds, destructions that two keepers sign for, and tombstones (docs/adr/0051)."""

    dependencies = [
        ("casework", "0010_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Destruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.CharField(max_length=40)),
                ("ground", models.CharField(max_length=20)),
                ("law", models.TextField()),
                ("reference", models.CharField(blank=True, max_length=200)),
                (
                    "child_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "statement_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("proposed_by_id", models.BigIntegerField()),
                ("proposed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("child_id", models.BigIntegerField(null=True)),
                (
                    "records",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("ground", models.CharField(max_length=20)),
                ("asked_by", models.CharField(max_length=200)),
                ("until", models.DateField(null=True)),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by_id", models.BigIntegerField(null=True)),
                ("ended_why", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by_id__isnull", True), ("ended_why", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by_id__isnull", False),
                                models.Q(("ended_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hold_ended_says_by_whom_and_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("child", "record"), ("statement", "row"), ("file", "file")], max_length=10
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("kind", models.CharField(max_length=125)),
                ("on", models.DateField(db_column="went_on")),
                ("basis", models.TextField()),
                (
                    "destruction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tombstones",
                        to="casework.destruction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DestructionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("signed", "signed for"), ("done", "done"), ("taken back", "taken back")],
                        max_length=10,
                    ),
                ),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "destruction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="casework.destruction"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("destruction", "what"), name="destruction_step_once")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="destructionstep",
            trigger=pgtrigger.compiler.Trigger(
                name="only_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7d97d12f68dbb23d4631adcd58d843a4515a54af",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_only_added_f2731",
                    table="casework_destructionstep",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="destructionstep",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'who looked and who changed what is only ever added to';",
                    hash="25d89c3eae9d3818df9a419fb7beb59ba49ae2bb",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_9f2bc",
                    table="casework_destructionstep",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="tombstone",
            index=models.Index(fields=["what", "number"], name="tombstone_of"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tombstone",
            trigger=pgtrigger.compiler.Trigger(
                name="only_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a2201cf8c8fd9672a2c46aa4c2f3d2764bc8c7c6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_only_added_fe857",
                    table="casework_tombstone",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tombstone",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'who looked and who changed what is only ever added to';",
                    hash="0299b2f736f877a3f87589d54a3493745d7133c5",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_412f3",
                    table="casework_tombstone",
                    when="BEFORE",
                ),
            ),
        ),
    ]
