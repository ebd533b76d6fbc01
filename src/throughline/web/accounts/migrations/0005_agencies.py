import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0004_signing_in")]

    operations = [
        migrations.CreateModel(
            name='AgencyTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.CharField(max_length=80)),
                ('version', models.CharField(max_length=80)),
                ('signed_by', models.CharField(max_length=200)),
                ('signed_on', models.DateField()),
                ('until', models.DateField()),
                ('recorded_by_id', models.BigIntegerField(null=True)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='user',
            name='home_hash',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='user',
            name='left_on',
            field=models.DateField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='seat_changed_as_engine', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF current_user = 'throughline_web'\n       AND (row(NEW.role, NEW.agency, NEW.area, NEW.sign_in) IS DISTINCT FROM\n            row(OLD.role, OLD.agency, OLD.area, OLD.sign_in)\n            OR NEW.is_active AND NOT OLD.is_active) THEN\n      RAISE EXCEPTION 'a seat is changed by whoever administers its agency, not by the site itself';\n    END IF;\n    RETURN NEW;\n    ", hash='8af66e730852071c45e902eee47dca0fe63d4e92', operation='UPDATE', pgid='pgtrigger_seat_changed_as_engine_24dad', table='accounts_user', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='agencyterms',
            index=models.Index(fields=['agency', '-id'], name='agencyterms_agency'),
        ),
        migrations.AddConstraint(
            model_name='agencyterms',
            constraint=models.CheckConstraint(condition=models.Q(('until__gte', models.F('signed_on'))), name='agencyterms_end_after_start'),
        ),
    ]
