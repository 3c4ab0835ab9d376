"""Functions that the database can index by: `unaccent` alone counts as changeable, because its dictionary could be swapped."""

from django.db import migrations

MAKE = """
CREATE FUNCTION plain_words(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT lower(replace(public.unaccent('public.unaccent'::regdictionary, words), '-', ' ')) $$;
CREATE FUNCTION person_words(first_name text, last_name text, email text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT public.plain_words(first_name || ' ' || last_name || ' ' || email) $$;
"""
UNMAKE = "DROP FUNCTION person_words(text, text, text); DROP FUNCTION plain_words(text);"


class Migration(migrations.Migration):
    dependencies = [("municipalities", "0004_delegations_inside_their_mandate")]

    operations = [migrations.RunSQL(MAKE, UNMAKE)]
