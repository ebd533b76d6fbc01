import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0002_parting'),
        ('linkage', '0002_pages'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='child',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='linkage.child'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['child', 'kind', 'happened_on'], name='event_child_kind_day'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['child', 'received_on'], name='event_child_received'),
        ),
        migrations.AddIndex(
            model_name='instance',
            index=models.Index(condition=models.Q(('ended_why', ''), ('met_on__isnull', True)), fields=['child', 'due_on'], name='instance_child_unmet'),
        ),
        migrations.AddIndex(
            model_name='segment',
            index=models.Index(condition=models.Q(('end__isnull', True)), fields=['child', 'state'], name='segment_child_now'),
        ),
    ]
