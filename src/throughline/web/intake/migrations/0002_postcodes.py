from django.db import migrations, models


STAGE = """
-- Where a new edition stands until each of its postcodes stands once; emptied in the transaction that fills it.
create unlogged table intake_postcodestage (
  postcode text, authority text, easting integer, northing integer, terminated text
);
"""


class Migration(migrations.Migration):
    """The postcode table a partnership loads, and which edition it is."""

    dependencies = [("intake", "0002_sorting")]
    operations = [
        migrations.CreateModel(
            name="PostcodeEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("postcodes", models.BigIntegerField()),
                ("passed_over", models.BigIntegerField()),
                ("loaded_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Postcode",
            fields=[
                ("postcode", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("authority", models.CharField(blank=True, max_length=9)),
                ("easting", models.IntegerField(null=True)),
                ("northing", models.IntegerField(null=True)),
                ("terminated", models.CharField(blank=True, max_length=6)),
            ],
        ),
        migrations.RunSQL(STAGE, "drop table intake_postcodestage"),
    ]
