"""The tables of Django and of the log-in."""

from config.privacy.purposes import Entry, Erase, Link, Purpose, Retention, Use, all_uses, uses

MACHINERY = Use(Purpose.OPERATION, Retention.ROW)
OF_PORTAL = Use(Purpose.OPERATION, Retention.EVER)
RIGHTS = Use(Purpose.ACCESS, Retention.CONTACT)
ADDRESS = Use(Purpose.ACCESS, Retention.CONTACT, Erase.PSEUDONYM)
SECRET = Use(Purpose.ACCESS, Retention.CONTACT, is_secret=True)
ACT = Use(Purpose.ACCOUNTABILITY, Retention.ACCESS_LOG)
ACT_IN_WORDS = Use(Purpose.ACCOUNTABILITY, Retention.ACCESS_LOG, Erase.SCRUB)

# What django-simple-history adds to every history table; its other fields are those of the model itself.
HISTORY_FIELDS = all_uses(
    uses("history_id history_type", MACHINERY),
    uses("history_date history_user", Use(Purpose.ACCOUNTABILITY, Retention.PSEUDONYM)),
    uses("history_change_reason", Use(Purpose.ACCOUNTABILITY, Retention.PSEUDONYM, Erase.SCRUB)),
)

FRAMEWORK = {
    "account.EmailAddress": Entry(
        links={"user": Link.ABOUT},
        is_removed=True,
        fields=all_uses(uses("id", MACHINERY), uses("user verified primary", RIGHTS), uses("email", ADDRESS)),
    ),
    "account.EmailConfirmation": Entry(
        links={"email_address__user": Link.ABOUT},
        is_removed=True,
        fields=all_uses(uses("id email_address", MACHINERY), uses("created sent", RIGHTS), uses("key", SECRET)),
    ),
    "mfa.Authenticator": Entry(
        links={"user": Link.ABOUT},
        is_removed=True,
        fields=all_uses(uses("id", MACHINERY), uses("user type created_at last_used_at", RIGHTS), uses("data", SECRET)),
    ),
    "municipalities.User_groups": Entry(
        links={"user": Link.ABOUT}, is_removed=True, fields=all_uses(uses("id", MACHINERY), uses("user group", RIGHTS))
    ),
    "municipalities.User_user_permissions": Entry(
        links={"user": Link.ABOUT}, is_removed=True, fields=all_uses(uses("id", MACHINERY), uses("user permission", RIGHTS))
    ),
    "sessions.Session": Entry(fields=uses("session_key session_data expire_date", Use(Purpose.ACCESS, Retention.SESSION, is_secret=True))),
    "admin.LogEntry": Entry(
        links={"user": Link.ACTED},
        names_objects=True,
        is_removed=True,
        fields=all_uses(
            uses("id", MACHINERY),
            uses("action_time user content_type object_id action_flag", ACT),
            uses("object_repr change_message", ACT_IN_WORDS),
        ),
    ),
    "auth.Group": Entry(fields=uses("id name permissions", OF_PORTAL)),
    "auth.Group_permissions": Entry(fields=uses("id group permission", OF_PORTAL)),
    "auth.Permission": Entry(fields=uses("id name content_type codename", OF_PORTAL)),
    "contenttypes.ContentType": Entry(fields=uses("id app_label model", OF_PORTAL)),
    "privacy.PersonalDataAccess": Entry(
        links={"person": Link.ABOUT, "actor": Link.ACTED},
        fields=all_uses(uses("id request_id", MACHINERY), uses("actor person association at page", ACT)),
    ),
    "privacy.Erasure": Entry(
        links={"person": Link.ABOUT, "by": Link.ACTED},
        fields=all_uses(
            uses("id", MACHINERY),
            uses("person at by basis counts", Use(Purpose.ACCOUNTABILITY, Retention.EVER)),
            uses("address_hashes", Use(Purpose.ACCOUNTABILITY, Retention.EVER, is_secret=True)),
        ),
    ),
    "privacy.RetentionRun": Entry(fields=uses("id day started_at finished_at counts", OF_PORTAL)),
}
