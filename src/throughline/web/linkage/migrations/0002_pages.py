import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# What was held before pages needed a reason keeps its page until each child is next worked out anew.
PAGES = """
insert into linkage_page (child_id, since) select id, current_date from linkage_child where joined_into_id is null
"""


class Migration(migrations.Migration):
    """A page needs a reason: which children have one and why; people of whom rows are kept apart."""

    dependencies = [("linkage", "0001_initial"), ("intake", "0003_apart")]
    operations = [
        migrations.AddField(
            "child",
            "reasons",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), default=list, size=None
            ),
        ),
        migrations.AddField("child", "closed_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "child",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="page",
                        serialize=False,
                        to="linkage.child",
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ApartPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField(unique=True)),
                ("agency", models.CharField(max_length=80)),
                ("claims", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="ApartKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lookup_keys",
                        to="linkage.apartperson",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "person"), name="apart_key_once")],
            },
        ),
        migrations.RunSQL(PAGES, migrations.RunSQL.noop),
    ]
