"""What the forms of a request ask besides, and the lists of answers they offer."""

from config.privacy.purposes import Entry, Link, Purpose, Retention, Use, all_uses, uses
from config.privacy.register.partnerships import ANSWERS, CONTACT, FIGURES, MACHINERY, WHO, WORDS

REQUEST_FORMS = {
    "partnerships.Choice": Entry(
        fields=all_uses(
            uses("id", MACHINERY), uses("list value name_fr name_nl position is_offered", Use(Purpose.PUBLICATION, Retention.EVER))
        )
    ),
    "partnerships.ServiceRequest_neighbourhoods": Entry(fields=uses("id servicerequest neighbourhood", FIGURES)),
    "partnerships.ServiceRequest_streets": Entry(fields=uses("id servicerequest street", FIGURES)),
    "partnerships.ServiceRequest_associations": Entry(fields=uses("id servicerequest association", FIGURES)),
    "partnerships.ServiceRequest_followers": Entry(links={"user": Link.ACTED}, fields=uses("id servicerequest user", WHO)),
    "partnerships.AuditDetails": Entry(
        links={"request__asked_by": Link.WROTE},
        fields=all_uses(
            uses("id request", MACHINERY),
            uses("decision questions compare_with data_offered earlier_studies legal_basis needed_for", WORDS),
            uses("reference_period fieldwork co_funding sharing_terms", WORDS),
            uses("area_kind sectors data_wanted compared_municipalities has_no_data", ANSWERS),
            uses("result_forms result_language personal_data needed_by", ANSWERS),
        ),
    ),
    "partnerships.AuditDetails_compared_municipalities": Entry(fields=uses("id auditdetails municipality", ANSWERS)),
    "partnerships.DevelopmentDetails": Entry(
        links={"request__asked_by": Link.WROTE},
        fields=all_uses(
            uses("id request", MACHINERY),
            uses("problem_words signs figures tried wished_name partners staff premises subsidies aims legal_form", WORDS),
            uses("stakeholders steering_group risks milestones", WORDS),
            uses("initiator_contact", CONTACT),
            uses("problems project_kinds association_plan association initiators initiator_consents association_streets", ANSWERS),
            uses("shops shops_is_estimate budget support starts_on", ANSWERS),
        ),
    ),
    "partnerships.DevelopmentDetails_association_streets": Entry(fields=uses("id developmentdetails street", ANSWERS)),
}
