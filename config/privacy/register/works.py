"""Works sites, their action plans, and what came of them."""

from config.privacy.purposes import Entry, Erase, Link, Purpose, Retention, Use, all_uses, uses

MACHINERY = Use(Purpose.OPERATION, Retention.ROW)
FACTS = Use(Purpose.COOPERATION, Retention.REQUEST)
WORDS = Use(Purpose.COOPERATION, Retention.REQUEST, Erase.SCRUB)
CONTACT = Use(Purpose.COOPERATION, Retention.REQUEST, Erase.CONTACT)

WORKS = {
    "partnerships.WorksSite": Entry(
        links={"request__asked_by": Link.WROTE},
        fields=all_uses(
            uses("id request revision", MACHINERY),
            uses("owner road coordinated sensitive wishes created_at", FACTS),
            uses("name owner_other reference coordination_number sensitive_note information_given baseline", WORDS),
            uses("accompanying traders_contact past", WORDS),
            uses("owner_contact site_contact municipal_contact", CONTACT),
        ),
    ),
    "partnerships.WorksStreet": Entry(
        links={"site__request__asked_by": Link.WROTE},
        fields=all_uses(uses("id site position", MACHINERY), uses("street", FACTS), uses("name from_number to_number", WORDS)),
    ),
    "partnerships.WorksPhase": Entry(
        links={"site__request__asked_by": Link.WROTE},
        fields=all_uses(
            uses("id site position", MACHINERY),
            uses("period is_uncertain hindrances direction_stopped stopped foot_access parking_lost", FACTS),
            uses("what stretch lines_diverted deliveries", WORDS),
        ),
    ),
    "partnerships.WorksShops": Entry(fields=all_uses(uses("id site", MACHINERY), uses("sector number small is_estimate", FACTS))),
    "partnerships.SheetText": Entry(fields=all_uses(uses("id site", MACHINERY), uses("source words", WORDS))),
    "partnerships.CompensationReminder": Entry(fields=all_uses(uses("id site", MACHINERY), uses("day on is_ahead made_at", FACTS))),
    "partnerships.PlanVersion": Entry(
        links={"proposed_by": Link.ACTED, "municipality_agreed_by": Link.ACTED, "agency_agreed_by": Link.ACTED},
        fields=all_uses(
            uses("id site revision", MACHINERY),
            uses("number state created_at proposed_at proposed_by proposed_side municipality_agreed_at municipality_agreed_by", FACTS),
            uses("agency_agreed_at agency_agreed_by", FACTS),
        ),
    ),
    "partnerships.PlanMeasure": Entry(
        fields=all_uses(uses("id site key removed_in", MACHINERY), uses("state", FACTS), uses("reason", WORDS))
    ),
    "partnerships.PlanLine": Entry(
        fields=all_uses(
            uses("id version measure position revision phase", MACHINERY),
            uses("kind owner starts_on due_on cost", FACTS),
            uses("what details paid_by", WORDS),
        )
    ),
    "partnerships.PlanEvidence": Entry(
        links={"by": Link.WROTE},
        fields=all_uses(uses("id measure", MACHINERY), uses("by at attachment", FACTS), uses("words address", WORDS)),
    ),
    "partnerships.MeasureReminder": Entry(fields=all_uses(uses("id measure", MACHINERY), uses("due_on made_at", FACTS))),
    "partnerships.PlanMeeting": Entry(
        links={"by": Link.WROTE},
        fields=all_uses(uses("id site token", MACHINERY), uses("held_on by", FACTS), uses("present decisions", WORDS)),
    ),
    "partnerships.SiteFigure": Entry(
        links={"by": Link.WROTE},
        fields=all_uses(uses("id site", MACHINERY), uses("indicator measured_on value by", FACTS), uses("source", WORDS)),
    ),
    "partnerships.SiteEvaluation": Entry(
        links={"by": Link.WROTE},
        fields=all_uses(uses("id site", MACHINERY), uses("side is_best_practice by at", FACTS), uses("lessons", WORDS)),
    ),
    "partnerships.EvaluationMark": Entry(
        links={"evaluation__by": Link.WROTE},
        fields=all_uses(uses("id evaluation measure", MACHINERY), uses("helped", FACTS), uses("words", WORDS)),
    ),
}
