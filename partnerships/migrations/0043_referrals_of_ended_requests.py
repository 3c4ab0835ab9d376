from django.db import migrations

ENDED = """
UPDATE partnerships_referral AS referral SET ended_at = request.ended_at, ended_with_request = true
FROM partnerships_servicerequest AS request
WHERE request.id = referral.request_id AND referral.ended_at IS NULL AND request.ended_at IS NOT NULL
"""


class Migration(migrations.Migration):
    """What was left open with requests that ended before there was this rule, ended with them."""

    dependencies = [("partnerships", "0042_referrals_end_with_their_request")]

    operations = [migrations.RunSQL(ENDED, migrations.RunSQL.noop)]
