"""Agreements, SPOCs, requests and the event log."""

from config.privacy.purposes import Entry, Erase, Link, Purpose, Retention, Use, all_uses, uses

MACHINERY = Use(Purpose.OPERATION, Retention.ROW)
AGREEMENT = Use(Purpose.COOPERATION, Retention.EVER)
AGREEMENT_IN_WORDS = Use(Purpose.COOPERATION, Retention.EVER, Erase.SCRUB)
ASSIGNMENT = Use(Purpose.REGISTER, Retention.PSEUDONYM)
FIGURES = Use(Purpose.COOPERATION, Retention.EVER)
WHO = Use(Purpose.COOPERATION, Retention.PSEUDONYM)
WORDS = Use(Purpose.COOPERATION, Retention.REQUEST, Erase.SCRUB)
ANSWERS = Use(Purpose.COOPERATION, Retention.REQUEST)
CONTACT = Use(Purpose.COOPERATION, Retention.REQUEST, Erase.CONTACT)
IN_HAND = Use(Purpose.COOPERATION, Retention.WORKING)
NAME_IN_HAND = Use(Purpose.COOPERATION, Retention.WORKING, Erase.SCRUB)
EVENT = Use(Purpose.ACCOUNTABILITY, Retention.PSEUDONYM)

PARTNERSHIPS = {
    "partnerships.Agreement": Entry(
        fields=all_uses(
            uses("id key", MACHINERY),
            uses("municipality reference signed_on college_decision_on council_decision_on period services predecessor", AGREEMENT),
            uses("first_signed_on first_signed_precision themes", AGREEMENT),
            uses("document document_name document_sha256 document_size", AGREEMENT),
            uses("working_methods_fr working_methods_nl note_fr note_nl", AGREEMENT_IN_WORDS),
        )
    ),
    "partnerships.AgreementTheme": Entry(fields=all_uses(uses("id", MACHINERY), uses("agreement theme", AGREEMENT))),
    "partnerships.AgreementSignatory": Entry(
        fields=all_uses(uses("id", MACHINERY), uses("agreement side", AGREEMENT), uses("name function_fr function_nl", AGREEMENT_IN_WORDS))
    ),
    "partnerships.AgreementAmendment": Entry(
        fields=all_uses(
            uses("id", MACHINERY),
            uses("agreement number signed_on effective_from", AGREEMENT),
            uses("changes_fr changes_nl", AGREEMENT_IN_WORDS),
        )
    ),
    "partnerships.AgreementReminder": Entry(
        fields=all_uses(uses("id", MACHINERY), uses("agreement ends_on days_before made_at", AGREEMENT))
    ),
    "partnerships.Theme": Entry(
        fields=all_uses(uses("id", MACHINERY), uses("name_fr name_nl slug", Use(Purpose.PUBLICATION, Retention.EVER)))
    ),
    "partnerships.SpocAssignment": Entry(
        links={"officer": Link.ABOUT},
        fields=all_uses(uses("id", MACHINERY), uses("municipality officer role period", ASSIGNMENT)),
    ),
    "partnerships.Absence": Entry(
        links={"officer": Link.ABOUT}, fields=all_uses(uses("id", MACHINERY), uses("officer period", ASSIGNMENT))
    ),
    "partnerships.SpocHandover": Entry(
        links={"to": Link.ABOUT, "deputy": Link.ABOUT, "by": Link.WROTE},
        fields=all_uses(
            uses("id token", MACHINERY),
            uses("to deputy starts_on by created_at took_effect_at introduced_at cancelled_at", ASSIGNMENT),
            uses("note", Use(Purpose.COOPERATION, Retention.PSEUDONYM, Erase.SCRUB)),
        ),
    ),
    "partnerships.SpocHandoverLeg": Entry(
        fields=uses("id handover municipality ended ended_upper began deputy_ended deputy_ended_upper deputy_began moved", MACHINERY)
    ),
    "partnerships.ServiceRequest": Entry(
        links={
            "asked_by": Link.WROTE,
            "asked_for": Link.ACTED,
            "assignee": Link.ACTED,
            "political_lead": Link.ACTED,
            "technical_person": Link.ACTED,
        },
        fields=all_uses(
            uses("id key token revision step_revisions", MACHINERY),
            uses("municipality direction kind state reference language outside_agreement created_at submitted_at", FIGURES),
            uses("acknowledged_at completed_at ended_at due_on clock_stopped_on is_urgent wished_by", FIGURES),
            uses("college_decided_on best_practice is_confidential confidential_until neighbourhoods streets associations", FIGURES),
            uses("asked_by asked_for assignee political_lead portfolio technical_person followers", WHO),
            uses("title description area wished_by_reason urgent_reason partners_contacted outside_contacts reason result", WORDS),
            uses("technical_contact technical_phone", CONTACT),
        ),
    ),
    "partnerships.StepTemplate": Entry(
        fields=all_uses(
            uses("id", MACHINERY), uses("kind position name_fr name_nl rule months is_used", Use(Purpose.PUBLICATION, Retention.EVER))
        )
    ),
    "partnerships.RequestStep": Entry(
        links={"done_by": Link.ACTED},
        fields=all_uses(
            uses("id request", MACHINERY),
            uses("position rule months done_on due_on announced_at enterprise_number", FIGURES),
            uses("name_fr name_nl", Use(Purpose.COOPERATION, Retention.EVER, Erase.SCRUB)),
            uses("done_by", WHO),
            uses("note", WORDS),
        ),
    ),
    "partnerships.Founding": Entry(
        links={"by": Link.ACTED},
        fields=all_uses(uses("id", MACHINERY), uses("request association founded_on was_known entered_at", FIGURES), uses("by", WHO)),
    ),
    "partnerships.DeadlineTarget": Entry(
        fields=all_uses(
            uses("id", MACHINERY), uses("what working_days warn_before source_fr source_nl", Use(Purpose.PUBLICATION, Retention.EVER))
        )
    ),
    "partnerships.DeadlineNotice": Entry(fields=uses("id request due_on moment made_at", MACHINERY)),
    "partnerships.LibraryItem": Entry(
        links={"added_by": Link.ACTED, "agreed_by": Link.ACTED},
        fields=all_uses(
            uses("id key words", MACHINERY),
            uses("kind owner municipality request year languages licence scope agreed_on added_at", FIGURES),
            uses("title_fr title_nl summary_fr summary_nl coverage_fr coverage_nl", AGREEMENT_IN_WORDS),
            uses("agreed_by added_by", WHO),
        ),
    ),
    "partnerships.LibraryShare": Entry(fields=all_uses(uses("id", MACHINERY), uses("item municipality", FIGURES))),
    "partnerships.LibraryVersion": Entry(
        links={"added_by": Link.ACTED},
        fields=all_uses(uses("id item", MACHINERY), uses("number added_at", FIGURES), uses("added_by", WHO)),
    ),
    "partnerships.LibraryFile": Entry(
        fields=all_uses(
            uses("id key version scan scanned_at finding", MACHINERY),
            uses("file kind size sha256 language", FIGURES),
            uses("name", AGREEMENT_IN_WORDS),
        )
    ),
    "partnerships.LibraryFigure": Entry(
        fields=all_uses(
            uses("id item", MACHINERY),
            uses("indicator value source_on", FIGURES),
            uses("what_fr what_nl unit period area source", AGREEMENT_IN_WORDS),
        )
    ),
    "partnerships.Exchange": Entry(
        links={"by": Link.ACTED},
        fields=all_uses(
            uses("id", MACHINERY),
            uses("municipality request direction on item entered_at", FIGURES),
            uses("what conditions", AGREEMENT_IN_WORDS),
            uses("by", WHO),
        ),
    ),
    "partnerships.Rating": Entry(
        links={"given_by": Link.WROTE},
        fields=all_uses(uses("id request", MACHINERY), uses("score given_at", FIGURES), uses("given_by", WHO), uses("words", WORDS)),
    ),
    "partnerships.PartnerOrganisation": Entry(
        fields=all_uses(
            uses("id", MACHINERY),
            uses("name_fr name_nl does_fr does_nl themes languages website is_active", Use(Purpose.PUBLICATION, Retention.EVER)),
            uses("contact email phone", AGREEMENT_IN_WORDS),
        )
    ),
    "partnerships.PartnerOrganisation_themes": Entry(fields=uses("id partnerorganisation theme", MACHINERY)),
    "partnerships.Referral": Entry(
        links={"colleague": Link.ABOUT, "by": Link.ACTED},
        fields=all_uses(
            uses("id message ended_message ended_with_request", MACHINERY), uses("request partner colleague by made_at ended_at", WHO)
        ),
    ),
    "partnerships.RequestTie": Entry(
        links={"by": Link.ACTED}, fields=all_uses(uses("id", MACHINERY), uses("kind first second by made_at", WHO))
    ),
    "partnerships.ReferenceCounter": Entry(fields=uses("id municipality year last", Use(Purpose.OPERATION, Retention.EVER))),
    "partnerships.Message": Entry(
        links={"author": Link.WROTE, "behalf_of": Link.ACTED},
        fields=all_uses(uses("id request token", MACHINERY), uses("author behalf_of side language sent_at", ANSWERS), uses("body", WORDS)),
    ),
    "partnerships.DataRequestDetails": Entry(
        links={"request__asked_by": Link.WROTE},
        fields=all_uses(
            uses("request", MACHINERY),
            uses("why period_wanted data_format legal_basis", WORDS),
            uses("personal_data sharing", ANSWERS),
        ),
    ),
    "partnerships.Continuation": Entry(fields=uses("request of", MACHINERY)),
    "partnerships.Sighting": Entry(
        links={"person": Link.ABOUT}, is_removed=True, fields=all_uses(uses("id request", MACHINERY), uses("person side at", ANSWERS))
    ),
    "partnerships.SavedFilter": Entry(
        links={"owner": Link.ABOUT},
        is_removed=True,
        fields=all_uses(uses("id", MACHINERY), uses("owner name query saved_at", Use(Purpose.COOPERATION, Retention.CONTACT))),
    ),
    "partnerships.Consultation": Entry(
        links={"created_by": Link.ACTED},
        fields=all_uses(
            uses("id key uid sequence", MACHINERY),
            uses("state starts_at ends_at link seats themes roles portfolios municipalities", FIGURES),
            uses("created_at changed_at invited_at cancelled_at minutes_for_all published_at", FIGURES),
            uses("title_fr title_nl host_fr host_nl agenda_fr agenda_nl practical_fr practical_nl", AGREEMENT_IN_WORDS),
            uses("place reason_fr reason_nl minutes_fr minutes_nl", AGREEMENT_IN_WORDS),
            uses("created_by", WHO),
        ),
    ),
    "partnerships.Consultation_municipalities": Entry(fields=uses("id consultation municipality", FIGURES)),
    "partnerships.Consultation_themes": Entry(fields=uses("id consultation theme", FIGURES)),
    "partnerships.Invitation": Entry(
        links={"person": Link.ABOUT},
        fields=all_uses(
            uses("id consultation", MACHINERY),
            uses("municipality answer waiting answered_at answered_by attended invited_at withdrawn_at", FIGURES),
            uses("person", WHO),
            uses("substitute_name substitute_email", Use(Purpose.COOPERATION, Retention.PSEUDONYM, Erase.SCRUB)),
        ),
    ),
    "partnerships.ConsultationFile": Entry(
        links={"added_by": Link.ACTED},
        fields=all_uses(
            uses("id key file", MACHINERY),
            uses("consultation kind size sha256 added_at", FIGURES),
            uses("name", AGREEMENT_IN_WORDS),
            uses("added_by", WHO),
        ),
    ),
    "partnerships.ConsultationReminder": Entry(fields=uses("id consultation starts_at days_before made_at", MACHINERY)),
    "partnerships.ConsultationAction": Entry(
        links={"done_by": Link.ACTED},
        fields=all_uses(
            uses("id key told_of", MACHINERY),
            uses("consultation holder municipality due_on done_on", FIGURES),
            uses("body what_fr what_nl", AGREEMENT_IN_WORDS),
            uses("done_by", WHO),
        ),
    ),
    "partnerships.FeedToken": Entry(
        links={"person": Link.ABOUT},
        is_removed=True,
        fields=all_uses(uses("id digest", MACHINERY), uses("person kind made_at", Use(Purpose.COOPERATION, Retention.CONTACT))),
    ),
    "partnerships.Note": Entry(
        links={"author": Link.WROTE},
        fields=all_uses(uses("id request token", MACHINERY), uses("author written_at", ANSWERS), uses("body", WORDS)),
    ),
    "partnerships.Mention": Entry(
        links={"person": Link.ABOUT}, fields=all_uses(uses("id note message", MACHINERY), uses("person", ANSWERS))
    ),
    "partnerships.Question": Entry(
        links={
            "asked_by": Link.WROTE,
            "asked_for": Link.ACTED,
            "entered_by": Link.ACTED,
            "assignee": Link.ACTED,
            "reviewer": Link.ACTED,
            "drafted_by": Link.ACTED,
            "reviewed_by": Link.ACTED,
        },
        fields=all_uses(
            uses("id key token revision published_fr published_nl asked_words merged_into superseded_by", MACHINERY),
            uses("municipality state language themes is_urgent may_be_named asked_at answered_at published_at", FIGURES),
            uses("ended_at due_on check_on source_url", FIGURES),
            uses("asked_by asked_for entered_by assignee reviewer drafted_by reviewed_by", WHO),
            uses("title words urgent_reason reason", WORDS),
            uses("title_fr title_nl answer_fr answer_nl source_fr source_nl", AGREEMENT_IN_WORDS),
        ),
    ),
    "partnerships.Question_themes": Entry(fields=uses("id question theme", MACHINERY)),
    "partnerships.Body": Entry(
        fields=all_uses(
            uses("id key", MACHINERY),
            uses("kind name_fr name_nl language reply_within is_active", Use(Purpose.PUBLICATION, Retention.EVER)),
            uses("contact email", AGREEMENT_IN_WORDS),
        )
    ),
    "partnerships.Forwarding": Entry(
        links={"by": Link.ACTED},
        fields=all_uses(
            uses("id key question", MACHINERY),
            uses("body sent_at reply_by ended_at replied_at reply_source", FIGURES),
            uses("by", WHO),
            uses("note reply_fr reply_nl", AGREEMENT_IN_WORDS),
        ),
    ),
    "partnerships.QuestionRemark": Entry(
        links={"author": Link.WROTE},
        fields=all_uses(uses("id question", MACHINERY), uses("author written_at", ANSWERS), uses("body", WORDS)),
    ),
    "partnerships.QuestionNotice": Entry(fields=uses("id question forwarding moment day made_at", MACHINERY)),
    "partnerships.ThemeFollow": Entry(
        links={"person": Link.ABOUT},
        is_removed=True,
        fields=all_uses(uses("id", MACHINERY), uses("person theme since", Use(Purpose.INFORMATION, Retention.CONTACT))),
    ),
    # An erasure takes a name out of what a file is called; what stands in a file goes with its request.
    "partnerships.Attachment": Entry(
        links={"added_by": Link.WROTE, "removed_by": Link.ACTED},
        fields=all_uses(
            uses("id key series version is_current file preview preview_state scan scanned_at finding", MACHINERY),
            uses("request message note side kind size sha256 added_by added_at removed_by removed_at", ANSWERS),
            uses("name", WORDS),
        ),
    ),
    "partnerships.DraftUpload": Entry(
        links={"owner": Link.WROTE},
        fields=all_uses(uses("id key file", MACHINERY), uses("owner uploaded_at kind size sha256", IN_HAND), uses("name", NAME_IN_HAND)),
    ),
    # A trigger keeps events as they are, so their data never hold a name: a test reads what is written there.
    "partnerships.Event": Entry(
        links={"actor": Link.ACTED, "behalf_of": Link.ACTED},
        names_objects=True,
        fields=all_uses(uses("id", MACHINERY), uses("verb at actor behalf_of municipality content_type object_id data", EVENT)),
    ),
}
