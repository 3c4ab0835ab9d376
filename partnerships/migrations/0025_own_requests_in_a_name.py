from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION partnerships_may_write_for(delegate bigint, principal bigint, place bigint, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM municipalities_delegation AS delegation
        JOIN municipalities_mandate AS mandate ON mandate.id = delegation.mandate_id
        WHERE delegation.delegate_id = delegate AND mandate.user_id = principal AND mandate.municipality_id = place
            AND delegation.scope IN ('requests', 'own') AND delegation.accepted_at IS NOT NULL
            AND delegation.declined_at IS NULL AND delegation.revoked_at IS NULL
            AND delegation.period @> (at AT TIME ZONE 'Europe/Brussels')::date
            AND mandate.period @> (at AT TIME ZONE 'Europe/Brussels')::date
    )
$$;
"""
UNGUARD = """
CREATE OR REPLACE FUNCTION partnerships_may_write_for(delegate bigint, principal bigint, place bigint, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM municipalities_delegation AS delegation
        JOIN municipalities_mandate AS mandate ON mandate.id = delegation.mandate_id
        WHERE delegation.delegate_id = delegate AND mandate.user_id = principal AND mandate.municipality_id = place
            AND delegation.scope = 'requests' AND delegation.accepted_at IS NOT NULL
            AND delegation.declined_at IS NULL AND delegation.revoked_at IS NULL
            AND delegation.period @> (at AT TIME ZONE 'Europe/Brussels')::date
            AND mandate.period @> (at AT TIME ZONE 'Europe/Brussels')::date
    )
$$;
"""


class Migration(migrations.Migration):
    """Who was let ask in somebody's name for their own requests alone, writes in that name as well."""

    dependencies = [("partnerships", "0024_search_without_accents"), ("municipalities", "0008_delegations_for_own_requests")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
