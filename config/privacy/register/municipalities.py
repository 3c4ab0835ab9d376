"""Municipalities, places and people."""

from config.privacy.purposes import Entry, Erase, Link, Purpose, Retention, Use, all_uses, uses

MACHINERY = Use(Purpose.OPERATION, Retention.ROW)
PLACE = Use(Purpose.PUBLICATION, Retention.EVER)
MANDATE = Use(Purpose.REGISTER, Retention.PSEUDONYM)
CONTACT = Use(Purpose.REGISTER, Retention.CONTACT, Erase.CLEAR)
NAME = Use(Purpose.REGISTER, Retention.CONTACT, Erase.PSEUDONYM)
RIGHTS = Use(Purpose.ACCESS, Retention.CONTACT, Erase.CLEAR)
ASSOCIATION = Use(Purpose.COOPERATION, Retention.EVER)
ASSOCIATION_IN_WORDS = Use(Purpose.COOPERATION, Retention.EVER, Erase.SCRUB)
SPOKESPERSON = Use(Purpose.COOPERATION, Retention.ROW)
SPOKESPERSON_IN_WORDS = Use(Purpose.COOPERATION, Retention.ROW, Erase.SCRUB)
IMPORT = Use(Purpose.ACCOUNTABILITY, Retention.PSEUDONYM)
IMPORT_IN_WORDS = Use(Purpose.ACCOUNTABILITY, Retention.PSEUDONYM, Erase.SCRUB)
UPLOAD = Use(Purpose.REGISTER, Retention.WORKING, Erase.SCRUB)

MUNICIPALITIES = {
    "municipalities.Municipality": Entry(
        fields=all_uses(
            uses("id sort_key_fr sort_key_nl label_x label_y", MACHINERY),
            uses("nis_code code slug name_fr name_nl official_style_fr official_style_nl postcodes population population_on", PLACE),
            uses("area_km2 website_fr website_nl mail_address outline", PLACE),
        )
    ),
    "municipalities.User": Entry(
        links={"id": Link.ABOUT},
        fields=all_uses(
            uses("id key", MACHINERY),
            uses("email first_name last_name", NAME),
            uses("phone job_title_fr job_title_nl", CONTACT),
            uses("correspondence_language interface_language form_of_address", CONTACT),
            uses("date_joined", MANDATE),
            uses("is_active is_staff is_superuser is_cabinet_reviewer last_login groups user_permissions", RIGHTS),
            uses("password", Use(Purpose.ACCESS, Retention.CONTACT, Erase.PSEUDONYM, is_secret=True)),
        ),
    ),
    "municipalities.Mandate": Entry(
        links={"user": Link.ABOUT},
        fields=all_uses(uses("id", MACHINERY), uses("user municipality role portfolios period", MANDATE)),
    ),
    "municipalities.Delegation": Entry(
        links={"delegate": Link.ABOUT, "mandate__user": Link.ABOUT},
        fields=all_uses(
            uses("id key", MACHINERY),
            uses("mandate delegate scope period invited_at accepted_at declined_at revoked_at", MANDATE),
        ),
    ),
    "municipalities.Welcome": Entry(links={"user": Link.ABOUT}, fields=all_uses(uses("id", MACHINERY), uses("user at", MANDATE))),
    "municipalities.Neighbourhood": Entry(
        fields=all_uses(uses("id sort_key_fr sort_key_nl", MACHINERY), uses("name_fr name_nl municipality", PLACE))
    ),
    "municipalities.Street": Entry(
        fields=all_uses(uses("id sort_key_fr sort_key_nl", MACHINERY), uses("name_fr name_nl municipality neighbourhood kind", PLACE))
    ),
    "municipalities.Association": Entry(
        fields=all_uses(
            uses("id key sort_key", MACHINERY),
            uses("municipality neighbourhood enterprise_number website", ASSOCIATION),
            uses("name", ASSOCIATION_IN_WORDS),
        )
    ),
    "municipalities.AssociationStage": Entry(fields=all_uses(uses("id", MACHINERY), uses("association state since", ASSOCIATION))),
    "municipalities.AssociationContact": Entry(
        fields=all_uses(
            uses("id", MACHINERY), uses("association has_consented", SPOKESPERSON), uses("name function email phone", SPOKESPERSON_IN_WORDS)
        )
    ),
    "municipalities.Turnover": Entry(
        links={"by": Link.ACTED, "undone_by": Link.ACTED},
        fields=all_uses(
            uses("id", MACHINERY),
            uses("by uploaded_at sha256 from_date applied_at undone_at undone_by", IMPORT),
            uses("file_name summary", IMPORT_IN_WORDS),
            uses("content decisions", UPLOAD),
        ),
    ),
    "municipalities.ListImport": Entry(
        links={"by": Link.ACTED},
        fields=all_uses(
            uses("id", MACHINERY),
            uses("by kind uploaded_at sha256 counts applied_at", IMPORT),
            uses("file_name", IMPORT_IN_WORDS),
            uses("content", UPLOAD),
        ),
    ),
    "municipalities.TurnoverChange": Entry(
        fields=all_uses(uses("id turnover", MACHINERY), uses("kind object_id after_digest", IMPORT), uses("before", UPLOAD))
    ),
}
