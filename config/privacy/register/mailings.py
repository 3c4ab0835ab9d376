"""Measures, mailings and the log of what was sent."""

from config.privacy.purposes import Entry, Erase, Link, Purpose, Retention, Use, all_uses, uses

MACHINERY = Use(Purpose.OPERATION, Retention.ROW)
OF_PORTAL = Use(Purpose.OPERATION, Retention.EVER)
PUBLISHED = Use(Purpose.PUBLICATION, Retention.EVER)
PUBLISHED_WORDS = Use(Purpose.PUBLICATION, Retention.EVER, Erase.SCRUB)
VERDICT = Use(Purpose.ACCOUNTABILITY, Retention.PSEUDONYM)
SENT = Use(Purpose.INFORMATION, Retention.SEND_LOG)
ADDRESS = Use(Purpose.INFORMATION, Retention.SEND_LOG, Erase.PSEUDONYM)
ANSWER = Use(Purpose.INFORMATION, Retention.SEND_LOG, Erase.WIPE)
BODY = Use(Purpose.INFORMATION, Retention.MAIL_BODY, Erase.WIPE)

MAILINGS = {
    "mailings.Measure": Entry(
        fields=all_uses(
            uses("id key is_demo", MACHINERY),
            uses("slug level valid_from valid_until audience superseded_by published_at source_url", PUBLISHED),
            uses("authority_fr authority_nl title_fr title_nl summary_fr summary_nl source_name", PUBLISHED_WORDS),
        )
    ),
    "mailings.Mailing": Entry(
        fields=all_uses(
            uses("id key revision", MACHINERY),
            uses("kind iso_year iso_week state audience_roles audience_portfolios scheduled_for held_reason sent_at created_at", PUBLISHED),
            uses("audience_municipalities audience_circles", PUBLISHED),
            uses("subject_fr subject_nl intro_fr intro_nl closing_fr closing_nl", PUBLISHED_WORDS),
        )
    ),
    "mailings.MailingItem": Entry(
        fields=all_uses(
            uses("id mailing position news_kind news_key", MACHINERY),
            uses("section measure source_url path", PUBLISHED),
            uses("title_fr title_nl body_fr body_nl", PUBLISHED_WORDS),
        )
    ),
    "mailings.Proposal": Entry(fields=uses("id kind key mailing at", OF_PORTAL)),
    "mailings.Approval": Entry(
        links={"by": Link.WROTE},
        fields=all_uses(
            uses("id mailing", MACHINERY),
            uses("by at verdict content_hash hour is_stand_in is_of_team", VERDICT),
            uses("content", PUBLISHED_WORDS),
            uses("comment", Use(Purpose.ACCOUNTABILITY, Retention.PSEUDONYM, Erase.SCRUB)),
        ),
    ),
    "mailings.MailingComment": Entry(
        links={"by": Link.WROTE, "resolved_by": Link.WROTE},
        fields=all_uses(
            uses("id mailing block item", MACHINERY),
            uses("by at resolved_by resolved_at", VERDICT),
            uses("title text", Use(Purpose.ACCOUNTABILITY, Retention.PSEUDONYM, Erase.SCRUB)),
        ),
    ),
    "mailings.StandIn": Entry(
        links={"person": Link.ABOUT, "named_by": Link.WROTE, "ended_by": Link.WROTE},
        fields=all_uses(uses("id", MACHINERY), uses("person first_day last_day named_by named_at ended_by ended_at", VERDICT)),
    ),
    "mailings.Run": Entry(
        fields=uses(
            "id mailing state doubt_policy content_hash consecutive_faults planned_at finished_at stopped_at",
            Use(Purpose.OPERATION, Retention.EVER),
        )
    ),
    "mailings.RunContent": Entry(fields=all_uses(uses("id run language", MACHINERY), uses("content", PUBLISHED_WORDS))),
    "mailings.Delivery": Entry(
        links={"recipient": Link.ABOUT},
        fields=all_uses(
            uses("id key priority run notice addressee forwarding claim journal lease_until handed_over_at next_attempt_at", MACHINERY),
            uses("kind recipient language state skip_reason attempts planned_at sent_at", SENT),
            uses("email", ADDRESS),
            uses("response reply_to", ANSWER),
            uses("subject body_text body_html calendar", BODY),
        ),
    ),
    "mailings.MailEvent": Entry(
        links={"delivery__recipient": Link.ABOUT},
        fields=all_uses(
            uses("id delivery event_id", MACHINERY),
            uses("kind source at received_at", SENT),
            uses("description", ANSWER),
        ),
    ),
    "mailings.AddressState": Entry(
        links={"person": Link.ABOUT, "repaired_by": Link.ACTED},
        is_removed=True,
        fields=all_uses(
            uses("id", MACHINERY),
            uses("person state since soft_bounces soft_since repaired_at repaired_by", Use(Purpose.INFORMATION, Retention.CONTACT)),
            uses("email reason", Use(Purpose.INFORMATION, Retention.CONTACT, Erase.SCRUB)),
        ),
    ),
    "mailings.Addressee": Entry(
        links={"added_by": Link.WROTE},
        fields=all_uses(
            uses("id mailing", MACHINERY),
            uses("circle language municipality contact added_by added_at", SENT),
            uses("email name reason", Use(Purpose.INFORMATION, Retention.SEND_LOG, Erase.SCRUB)),
        ),
    ),
    "mailings.AddressChoice": Entry(
        fields=all_uses(
            uses("id", MACHINERY),
            uses("language unsubscribed_at", Use(Purpose.INFORMATION, Retention.EVER)),
            uses("email", Use(Purpose.INFORMATION, Retention.EVER, Erase.SCRUB)),
        )
    ),
    "mailings.Notice": Entry(fields=uses("id event decided_at", Use(Purpose.OPERATION, Retention.EVER))),
    "mailings.CoverageNote": Entry(fields=uses("id iso_year iso_week at holes", Use(Purpose.OPERATION, Retention.EVER))),
    "mailings.Telling": Entry(
        links={"recipient": Link.ABOUT}, fields=all_uses(uses("id notice delivery", MACHINERY), uses("recipient", SENT))
    ),
    "mailings.MailPreference": Entry(
        links={"user": Link.ABOUT},
        is_removed=True,
        fields=all_uses(
            uses("id", MACHINERY), uses("user unsubscribed_at unwanted_kinds paused_until", Use(Purpose.INFORMATION, Retention.CONTACT))
        ),
    ),
    "mailings.Heartbeat": Entry(fields=uses("id name at", Use(Purpose.OPERATION, Retention.EVER))),
}
