import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("casework", "0003_mondays")]

    operations = [
        migrations.CreateModel(
            name="RuleText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule_id", models.CharField(max_length=80)),
                ("text", models.TextField()),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RuleDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule_id", models.CharField(max_length=80)),
                ("what", models.CharField(choices=[("on", "switched on"), ("off", "switched off"), ("figures", "other figures")], max_length=10)),
                ("start", models.DateField()),
                ("figures", models.JSONField(default=dict)),
                ("owner", models.CharField(max_length=200)),
                ("why", models.TextField()),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("text", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.ruletext")),
            ],
            options={"indexes": [models.Index(fields=["rule_id"], name="ruledecision_rule")]},
        ),
        migrations.CreateModel(
            name="RuleWork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(choices=[("try", "tried"), ("fill", "filled in")], max_length=10)),
                ("rule_id", models.CharField(max_length=80)),
                ("status", models.CharField(choices=[("waiting", "waiting"), ("working", "working"), ("done", "done"), ("failed", "failed")], default="waiting", max_length=10)),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("upto", models.BigIntegerField(default=0)),
                ("found", models.JSONField(default=dict)),
                ("by_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("decision", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.ruledecision")),
                ("text", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.ruletext")),
            ],
            options={"indexes": [models.Index(fields=["rule_id", "what"], name="rulework_rule")]},
        ),
    ]
