import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lines somebody put off, and what people were told (docs/adr/0039)."""

    dependencies = [("casework", "0008_subjects")]

    operations = [
        migrations.CreateModel(
            name="PutOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("duty_id", models.CharField(max_length=80)),
                ("stage", models.CharField(blank=True, max_length=40)),
                ("trigger_key", models.TextField()),
                ("until", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="linkage.child"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["child", "duty_id"], name="putoff_line")]},
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.BigIntegerField()),
                ("sort", models.CharField(max_length=20)),
                ("about", models.TextField()),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "child",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="linkage.child"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("mailed_at__isnull", True)), fields=["at"], name="message_to_mail")
                ],
                "constraints": [models.UniqueConstraint(fields=("user_id", "sort", "about"), name="message_told_once")],
            },
        ),
    ]
