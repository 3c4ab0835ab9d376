"""What was written in lines becomes rows; a box becomes yes or no; the telephone leaves the words around it. Takes the whole way back too."""

from django.db import migrations

LINES = """
    SELECT coalesce(jsonb_agg(jsonb_build_object('{key}', left(trim(line), {longest}))), '[]'::jsonb)
    FROM regexp_split_to_table({column}, E'[\\r\\n]+') AS line WHERE trim(line) <> ''
"""
FORWARDS = [
    f"""
    UPDATE partnerships_auditdetails SET
        questions = ({LINES.format(key="question", longest=300, column="questions_text")}),
        data_offered = ({LINES.format(key="what", longest=200, column="data_offered_text")}),
        personal_data = CASE
            WHEN had_personal_data THEN 'yes'
            WHEN EXISTS (SELECT 1 FROM partnerships_servicerequest r WHERE r.id = request_id AND r.state = 'draft') THEN ''
            ELSE 'no'
        END,
        area_kind = CASE WHEN EXISTS (
            SELECT 1 FROM partnerships_servicerequest r WHERE r.id = request_id AND trim(r.area) <> ''
        ) THEN 'named' ELSE '' END
    """,
    # 'Service Commerce, +32 2 000 00 01': the number at the end is the telephone, what stands before it the contact.
    r"""
    UPDATE partnerships_servicerequest SET
        technical_phone = trim(substring(technical_contact FROM '(\+?[0-9][0-9 ()./-]{7,28})\s*$')),
        technical_contact = regexp_replace(technical_contact, '[\s,;:–-]*\+?[0-9][0-9 ()./-]{7,28}\s*$', '')
    WHERE direction = 'to_agency' AND technical_contact ~ '(^|[\s,;:–-])\+?[0-9][0-9 ()./-]{7,28}\s*$'
    """,
]
JOINED = "coalesce((SELECT string_agg(row ->> '{key}', E'\\n') FROM jsonb_array_elements({column}) AS row), '')"
BACKWARDS = [
    f"""
    UPDATE partnerships_auditdetails SET
        questions_text = {JOINED.format(key="question", column="questions")},
        data_offered_text = {JOINED.format(key="what", column="data_offered")},
        had_personal_data = (personal_data = 'yes')
    """,
    """
    UPDATE partnerships_servicerequest SET
        technical_contact = left(concat_ws(', ', nullif(technical_contact, ''), nullif(technical_phone, '')), 200), technical_phone = ''
    WHERE technical_phone <> ''
    """,
]


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0028_answers")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
