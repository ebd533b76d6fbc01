from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("intake", "0003_apart")]

    operations = [
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sender", models.CharField(blank=True, max_length=80)),
                ("made", models.TextField()),
                ("feed", models.CharField(max_length=60)),
                ("table", models.CharField(max_length=60)),
                ("columns", models.JSONField()),
                ("saved_at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("sender", "made"), name="mapping_one_of_a_make")],
            },
        ),
    ]
