from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_savedmapping")]

    operations = [
        migrations.CreateModel(
            name="TypedHere",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=80)),
                ("la", models.CharField(blank=True, max_length=80)),
                ("since", models.DateField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("kind", "la"), name="typed_here_once")]},
        ),
    ]
