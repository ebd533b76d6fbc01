from django.db import migrations, models


# What the hub saw by a row for each of its people stands once for its post from here on.
_HUBS = """
insert into accounts_concern (child_id, kind, post, start, "end", source)
select distinct r.child_id, 'hub', u.area, r.start, r."end", r.source
  from accounts_relation r join accounts_user u on u.id = r.user_id where r.derived
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='relation',
            name='kind',
            field=models.CharField(choices=[('allocated', 'allocated worker'), ('reviewer', 'reviewing officer or conference chair'), ('team', 'in the team around the child'), ('hub', 'missing hub, while a missing episode or its interview is open'), ('manager', 'manager of the team that works with the child'), ('panel', 'exploitation panel, while the child is on its list or watched'), ('duty', 'duty team, while the child is open to social care'), ('school', "the child's school"), ('police', 'police desk, while the child is missing or after an occurrence'), ('hospital', 'hospital youth worker, after a child came in')], max_length=20),
        ),
        migrations.CreateModel(
            name='Concern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child_id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('allocated', 'allocated worker'), ('reviewer', 'reviewing officer or conference chair'), ('team', 'in the team around the child'), ('hub', 'missing hub, while a missing episode or its interview is open'), ('manager', 'manager of the team that works with the child'), ('panel', 'exploitation panel, while the child is on its list or watched'), ('duty', 'duty team, while the child is open to social care'), ('school', "the child's school"), ('police', 'police desk, while the child is missing or after an occurrence'), ('hospital', 'hospital youth worker, after a child came in')], max_length=20)),
                ('post', models.CharField(blank=True, max_length=80)),
                ('start', models.DateField()),
                ('end', models.DateField(blank=True, null=True)),
                ('source', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['child_id', 'kind', 'post'], name='concern_child'), models.Index(fields=['kind', 'post', 'child_id'], name='concern_post')],
            },
        ),
        migrations.RunSQL(_HUBS, migrations.RunSQL.noop),
        migrations.RunSQL('delete from accounts_relation where derived', migrations.RunSQL.noop),
        migrations.RemoveField(model_name='relation', name='derived'),
    ]
