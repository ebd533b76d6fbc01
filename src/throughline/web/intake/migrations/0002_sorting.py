from django.db import migrations

STAGE = """
create sequence intake_order_of_telling;

-- Where one delivery's rows stand while they are sorted. Without row-level security, because COPY does not
-- work under it; granted to the engine alone; emptied in the transaction that fills it.
create unlogged table intake_stage (
  seq bigint, extract text, file integer, feed text, table_name text, row_no integer, record_id text,
  person text, cells text, same text, extract_place integer, given text, outcome text, said_by text, recorded_on date, recorded_at timestamptz,
  child_id bigint
);
create unlogged table intake_told (
  seq bigint, record_key text, again boolean, part integer, parts integer, standing bigint, statement_id bigint
);
create index intake_told_record on intake_told (record_key) where not again;
"""


class Migration(migrations.Migration):
    """One sequence for statements and tellings, so that their ids run in the order things were told; and
    the place where a delivery is sorted."""

    dependencies = [("intake", "0001_initial")]
    operations = [
        migrations.RunSQL(
            STAGE, "drop sequence intake_order_of_telling; drop table intake_stage; drop table intake_told"
        )
    ]
