import django.contrib.postgres.fields
from django.db import migrations, models

_KINDS = [
    ("allocated", "allocated worker"),
    ("reviewer", "reviewing officer or conference chair"),
    ("team", "in the team around the child"),
    ("hub", "missing hub, while a missing episode or its interview is open"),
    ("manager", "answering for the area's open children"),
    ("panel", "exploitation panel, while the child is on its list or watched"),
    ("duty", "duty team, while the child is open to social care"),
    ("school", "the child's school"),
    ("police", "police desk, while the child is missing or after an occurrence"),
    ("hospital", "hospital youth worker, after a child came in"),
    ("care", "virtual school and health of children in care, while the child is in care"),
    ("education", "education officer, while full-time education is missing or has a plan"),
    ("host", "the authority in whose area another one's child is placed"),
    ("transition", "transition lead, from the child's 17th birthday"),
    ("warrant", "named to look at how it went, for a time"),
]


def _tags() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)


class Migration(migrations.Migration):
    """Posts and relations of the other roles of the partnership, and fields of one's own (docs/adr/0044)."""

    dependencies = [("accounts", "0006_glass")]

    operations = [
        migrations.AlterField("relation", "kind", models.CharField(choices=_KINDS, max_length=20)),
        migrations.AlterField("concern", "kind", models.CharField(choices=_KINDS, max_length=20)),
        migrations.AddField("sharingrule", "needs", _tags()),
        migrations.AddField("sharingrule", "stub", models.CharField(default="", max_length=3)),
        migrations.AddField("sharingrule", "stubs", _tags()),
    ]
