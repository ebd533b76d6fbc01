import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("audit", "0002_seal")]

    operations = [
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(unique=True)),
                ('ground', models.CharField(max_length=40)),
                ('user_id', models.BigIntegerField()),
                ('child_id', models.BigIntegerField(null=True)),
                ('day', models.DateField()),
                ('look_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('counted', models.IntegerField()),
                ('found_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='FindingCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(max_length=20)),
                ('why', models.TextField()),
                ('taken_to', models.CharField(blank=True, max_length=200)),
                ('by_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='look',
            index=django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='look_at'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['-found_at'], name='finding_found_at'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('ground', 'user_id', 'child_id', 'day'), name='finding_once', nulls_distinct=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='only_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0effba7efcd9c286fbec104c62b86ed770c4444f', operation='UPDATE OR DELETE', pgid='pgtrigger_only_added_14e31', table='audit_finding', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'who looked and who changed what is only ever added to';", hash='c1fc3aed6437acc49ce8cb05c592c12154574f6f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_e74aa', table='audit_finding', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='findingcheck',
            name='finding',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='check_made', to='audit.finding'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='findingcheck',
            trigger=pgtrigger.compiler.Trigger(name='only_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fa6e00b607828d3562f91c9f64ec6d406a34d9cd', operation='UPDATE OR DELETE', pgid='pgtrigger_only_added_4873d', table='audit_findingcheck', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='findingcheck',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'who looked and who changed what is only ever added to';", hash='48087ca0510fb8f0c021714c49466418c0412414', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_4b911', table='audit_findingcheck', when='BEFORE')),
        ),
    ]
