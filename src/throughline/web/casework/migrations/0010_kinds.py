import django.contrib.postgres.fields
from django.db import migrations, models

# Of rows that stand: the kinds their reasons name, and what other tellings of the same happening call it.
_OF_CHILDREN = """
update casework_instance i set kinds = (
  select array_agg(distinct k.kind order by k.kind)
    from (select t->>0 as kind from jsonb_array_elements(i.story->'told') t
           union
          select other.kind from jsonb_array_elements(i.story->'told') t
            join casework_event e on e.child_id = i.child_id and e.key = t->>3
            join casework_event other on other.child_id = e.child_id and other.happening = e.happening) k)
"""
_OF_SUBJECTS = """
update casework_subjectinstance i set kinds = (
  select array_agg(distinct k.kind order by k.kind)
    from (select t->>0 as kind from jsonb_array_elements(i.story->'told') t
           union
          select other.kind from jsonb_array_elements(i.story->'told') t
            join casework_subjectevent e on e.about_id = i.about_id and e.key = t->>3
            join casework_subjectevent other on other.about_id = e.about_id and other.happening = e.happening) k)
"""


def _kinds() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)


def _kinds_told() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None)


class Migration(migrations.Migration):
    """A duty is walled by the kinds of all it rests on, not by its trigger's alone (docs/adr/0044)."""

    dependencies = [("casework", "0009_telling")]

    operations = [
        migrations.AddField("instance", "kinds", _kinds()),
        migrations.AddField("subjectinstance", "kinds", _kinds()),
        migrations.RunSQL(_OF_CHILDREN, migrations.RunSQL.noop),
        migrations.RunSQL(_OF_SUBJECTS, migrations.RunSQL.noop),
        migrations.AlterField("instance", "kinds", _kinds_told()),
        migrations.AlterField("subjectinstance", "kinds", _kinds_told()),
    ]
