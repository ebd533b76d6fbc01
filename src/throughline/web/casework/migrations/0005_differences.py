from django.db import migrations, models

from throughline import duties
from throughline.web.casework import rows

# Of what is stored already, what lists find rows by. All is worked out again with the next write about each child.
EVENTS = """
update casework_event e set telling = n.telling, on_day = n.on_day
  from (select id, row_number() over (partition by child_id, happening order by id) - 1 as telling,
               case when kind = any(%s) and details->>'due' ~ '^\\d{4}-(0[1-9]|1[0-2])-([01]\\d|2[0-8])'
                    then left(details->>'due', 10)::date else happened_on end as on_day
          from casework_event) n
 where n.id = e.id
"""
DUTIES = """
update casework_instance set looms_on = coalesce(least(warn_on, due_on - %s), '0001-01-01'::date)
 where met_on is null and ended_why = '' and (due_on >= learnt_on - %s or due_on is null or duty_id = any(%s))
"""


def work_out(apps, schema_editor) -> None:
    """Fill the new columns in SQL."""
    lasting = [duty for duty, rule in duties.rulebook().items() if rows.lasts(rule)]
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(EVENTS, [sorted(rows.booked())])
        cursor.execute(DUTIES, [rows.AHEAD.days, rows.PAST.days, lasting])


class Migration(migrations.Migration):
    """Only differences are written (ADR 0040): the order of tellings has a column, and so has what lists ask by."""

    dependencies = [("casework", "0004_rules")]
    operations = [
        migrations.AddField("event", "telling", models.IntegerField(default=0), preserve_default=False),
        migrations.AddField("event", "on_day", models.DateField(default="1900-01-01"), preserve_default=False),
        migrations.AddField("instance", "looms_on", models.DateField(null=True)),
        migrations.RunPython(work_out, migrations.RunPython.noop),
        migrations.RemoveIndex("event", "event_child_day"),
        migrations.RemoveIndex("event", "event_child_kind_day"),
        migrations.AddIndex("event", models.Index(fields=["child", "kind", "on_day"], name="event_child_kind_on_day")),
        migrations.RemoveIndex("instance", "instance_child_unmet"),
        migrations.AddIndex(
            "instance",
            models.Index(
                condition=models.Q(("looms_on__isnull", False)),
                fields=["child", "looms_on"],
                name="instance_child_looms",
            ),
        ),
    ]
