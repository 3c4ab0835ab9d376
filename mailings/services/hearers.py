"""Who hears of an event: the other party, never the one who acted (save whoever closes a request), and nobody of another municipality."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from mailings.audience import officials_of, reviewers, staff_with
from mailings.models import Addressee, CoverageNote, StandIn
from mailings.services.consultations import hearers_of_consultation
from mailings.services.coverage import hearers_of_coverage
from mailings.services.endings import hearers_of_agreement, overseers
from mailings.services.files import who_put_it
from mailings.services.people import hearers_of_delegation, hearers_of_person
from mailings.services.proofs import hearers_of_proof
from mailings.services.questions import hearers_of_question
from mailings.services.referrals import OF_REFERRALS, colleague_of, kept_of
from municipalities.delegations import Delegation
from municipalities.models import Mandate, Portfolio, User
from partnerships.models import (
    Agreement,
    Consultation,
    ConsultationAction,
    Event,
    Invitation,
    Message,
    Note,
    Question,
    ServiceRequest,
    SpocAssignment,
    SpocHandover,
)

Verb = Event.Verb

TO_ASKER = frozenset(
    {
        Verb.REQUEST_ACKNOWLEDGED,
        Verb.REQUEST_STARTED,
        Verb.REQUEST_ASKED,
        Verb.REQUEST_COMPLETED,
        Verb.REQUEST_DECLINED,
        Verb.ASSOCIATION_FOUNDED,
    }
)
TO_HANDLER = frozenset({Verb.REQUEST_SUBMITTED, Verb.REQUEST_ANSWERED, Verb.REQUEST_WITHDRAWN, Verb.REQUEST_REOPENED})
OF_DEADLINES = frozenset({Verb.DEADLINE_MOVED, Verb.DEADLINE_NEAR, Verb.DEADLINE_PASSED})
OF_THE_DESK = OF_DEADLINES | OF_REFERRALS | {Verb.REQUEST_MERGED}
TO_AGENCY = frozenset({Verb.REQUEST_ASSIGNED})
TO_OTHER_PARTY = frozenset({Verb.REQUEST_CLOSED, Verb.MESSAGE_SENT, Verb.ATTACHMENT_REPLACED, Verb.PLAN_PROPOSED, Verb.PLAN_AGREED})
TO_BOTH = frozenset({Verb.COMPENSATION_DAY_NEAR, Verb.MEASURE_DUE})  # the clock tells municipality and SPOC
TO_TEAM = frozenset({Verb.SPOC_HANDOVER_PLANNED, Verb.SPOC_HANDOVER_CANCELLED})
TO_EDITORS = frozenset({Verb.MAILING_APPROVED, Verb.MAILING_SENT_BACK, Verb.MAILING_HELD, Verb.MAILING_PAUSED, Verb.MAILING_STOPPED})
ECONOMIC = [Portfolio.TRADE, Portfolio.ECONOMY, Portfolio.SMALL_BUSINESS]
HANDLES = "partnerships.handle_servicerequest"


def hearers_of(event: Event, on: dt.date) -> list[User]:
    """The people to whom a mail goes because of this event, by the table above."""
    if isinstance(event.subject, Note | Message):
        heard = _mentioned(event, event.subject, on)
    elif isinstance(event.subject, ServiceRequest):
        heard = _of_request(event, event.subject, on)
    elif isinstance(event.subject, Question):
        heard = hearers_of_question(event, event.subject, on)
    elif isinstance(event.subject, SpocHandover):
        heard = _of_handover(event, event.subject, on)
    elif isinstance(event.subject, Agreement):
        heard = hearers_of_agreement(event, event.subject, on)
    elif isinstance(event.subject, Delegation):
        heard = hearers_of_delegation(event, event.subject)
    elif isinstance(event.subject, User | Addressee):
        heard = hearers_of_person(event, event.subject)
    elif isinstance(event.subject, Consultation | Invitation | ConsultationAction):
        heard = hearers_of_consultation(event, event.subject, on)
    else:
        heard = _of_own_app(event, on)
    asks_how_it_was = event.verb == Verb.REQUEST_CLOSED  # mostly closed by who asked, who is the one to be asked
    return [person for person in heard if asks_how_it_was or person.pk != event.actor_id]


def _of_own_app(event: Event, on: dt.date) -> list[User]:
    """Of what the mailings themselves keep: the note on coverage, a stand-in, a mailing."""
    if isinstance(event.subject, CoverageNote):
        return hearers_of_coverage(event)
    if isinstance(event.subject, StandIn):
        return [event.subject.person] if event.verb == Verb.STAND_IN_NAMED else []
    return _of_mailing(event, on)


def _mentioned(event: Event, words: Note | Message, on: dt.date) -> list[User]:
    """Colleagues who are mentioned, while they may see requests; of a note by itself nobody hears, of a virus in it who put it there."""
    if event.verb == Verb.ATTACHMENT_QUARANTINED:
        return [person for person in who_put_it(event, on) if person.is_staff]
    if event.verb != Verb.COLLEAGUE_MENTIONED:
        return []
    return list(staff_with("partnerships.view_servicerequest").filter(mentions__in=words.mentions.all()))


def _of_mailing(event: Event, on: dt.date) -> list[User]:
    if event.verb == Verb.MAILING_APPROVAL_ASKED:
        stand_ins = User.objects.filter(stand_ins__in=StandIn.objects.in_force(on)).order_by("pk").distinct()
        return [*reviewers(), *stand_ins] or list(staff_with("mailings.approve_mailing"))
    if event.verb == Verb.MAILING_URGENT_APPROVED:
        told = [*reviewers(), *staff_with("mailings.send_mailing"), *staff_with("mailings.approve_mailing")]
        return list({person.pk: person for person in told}.values())
    if event.verb == Verb.MAILING_HELD:
        told = [*staff_with("mailings.send_mailing"), *staff_with("partnerships.lead_team")]
        return list({person.pk: person for person in told}.values())
    if event.verb == Verb.MAILING_SENT:
        return hearers_of_proof(event)
    if event.verb in TO_EDITORS:
        return list(staff_with("mailings.send_mailing"))
    return []


def _of_handover(event: Event, handover: SpocHandover, on: dt.date) -> list[User]:
    """The officials in office of its municipalities hear of the new SPOC, each once; colleagues of what is planned or called off."""
    if event.verb == Verb.SPOC_INTRODUCED:
        return list(officials_of(event.data["municipalities"], on))
    if event.verb not in TO_TEAM:
        return []
    went = handover.legs.exclude(ended=None).values("ended__officer")
    concerned = Q(pk__in=[handover.to_id, handover.deputy_id or 0]) | Q(pk__in=went)
    return list(User.objects.staff().filter(concerned).order_by("pk"))


def _of_request(event: Event, request: ServiceRequest, on: dt.date) -> list[User]:
    if event.verb == Verb.ATTACHMENT_QUARANTINED:
        told = [*who_put_it(event, on), *(_staff(request, on) if request.reference else [])]
        return list({person.pk: person for person in told}.values())
    if not request.reference:
        return []  # never submitted: nobody outside the municipality knows of it
    if _is_told_elsewhere(event):
        return []
    if event.verb == Verb.REQUEST_ASSIGNED and request.assignee:
        named = list(staff_with(HANDLES).filter(pk=request.assignee.pk))
        return named or _staff(request, on)  # the words are meant for this one person, away or not
    if event.verb in OF_THE_DESK:
        return _of_desk(event, request, on)
    if event.verb == Verb.REQUEST_SUBMITTED and request.outside_agreement and not request.is_from_agency:
        return list({person.pk: person for person in [*_staff(request, on), *overseers()]}.values())
    if event.verb == Verb.FOLLOW_UP_DUE:
        return _front(request, on)
    if event.verb in TO_AGENCY or event.verb in (TO_ASKER if request.is_from_agency else TO_HANDLER):
        return _staff(request, on)
    if event.verb in TO_ASKER | TO_HANDLER:
        return _officials(request, on)
    return _of_either(event, request, on)


def _is_told_elsewhere(event: Event) -> bool:
    """The hand-over told of all its requests at once; an association that stood in the register is no news to its municipality."""
    return (event.verb == Verb.REQUEST_ASSIGNED and "handover" in event.data) or "was_known" in event.data


def _of_either(event: Event, request: ServiceRequest, on: dt.date) -> list[User]:
    """What the clock tells, both sides hear; what one side did, the other; of a closing also who asked: they are asked how it was."""
    if event.verb in TO_BOTH:
        return [*_officials(request, on), *_staff(request, on)]
    if event.verb == Verb.DOCUMENT_DELIVERED:
        return _officials(request, on)  # it is about their municipality, whoever asked
    if event.verb not in TO_OTHER_PARTY:
        return []
    if event.actor and event.actor.is_staff:
        return _officials(request, on)
    is_asked = event.verb == Verb.REQUEST_CLOSED and not request.is_from_agency
    return [*_staff(request, on), *(_officials(request, on) if is_asked else [])]


def _of_deadline(verb: str, request: ServiceRequest, on: dt.date) -> list[User]:
    """A moved one: the municipality. A near one: whoever handles the request. A passed one: they, and the lead or the asking SPOC."""
    if verb == Verb.DEADLINE_MOVED:
        return _officials(request, on)
    handling = _officials(request, on) if request.is_from_agency else _staff(request, on)
    above = _staff(request, on) if request.is_from_agency else overseers()
    return handling if verb == Verb.DEADLINE_NEAR else list({person.pk: person for person in [*handling, *above]}.values())


def _of_desk(event: Event, request: ServiceRequest, on: dt.date) -> list[User]:
    """Of a referral: who asked, and the colleague it is referred to. Of a merge: both askers, each once.

    A referral that ended with its request is no news beside that.
    """
    if event.data.get("with_request"):
        return []
    if event.verb in OF_DEADLINES:
        return _of_deadline(event.verb, request, on)
    if event.verb in OF_REFERRALS:
        return [*_officials(request, on), *colleague_of(event)]
    kept = kept_of(event)
    told = [*_officials(request, on), *_officials(kept, on)] if kept else []
    return list({person.pk: person for person in told}.values())


def _officials(request: ServiceRequest, on: dt.date) -> list[User]:
    """Whose request it is, and the colleagues who follow it."""
    followers = _in_office(request.followers.all(), request, on)
    return list({person.pk: person for person in [*_askers(request, on), *followers]}.values())


def _askers(request: ServiceRequest, on: dt.date) -> list[User]:
    """Who asked, while they stand in that municipality; then in whose name; then whoever else there had a hand in the request.

    What the agency asks, and nobody there has taken up yet, goes to who answers for trade and the economy, and to the officers.
    """
    for concerned in (request.asked_by_id, request.asked_for_id):
        if found := _in_office(User.objects.filter(pk=concerned), request, on):
            return found
    actors = Event.objects.about(request).order_by().exclude(actor=None).values("actor")
    found = _in_office(User.objects.filter(pk__in=actors), request, on)
    return found if found or not request.is_from_agency else _addressed(request, on)


def _addressed(request: ServiceRequest, on: dt.date) -> list[User]:
    """Aldermen for trade, the economy or small business, and municipal officers; where there is none of these, everybody in office."""
    held = Mandate.objects.in_force(on).filter(municipality=request.municipality_id)
    economic = Q(role=Mandate.Role.OFFICER) | Q(role=Mandate.Role.ALDERMAN, portfolios__overlap=ECONOMIC)
    concerned = User.objects.filter(Exists(held.filter(economic, user=OuterRef("pk"))))
    return _in_office(concerned, request, on) or _in_office(User.objects.all(), request, on)


def _in_office(people: QuerySet[User], request: ServiceRequest, on: dt.date) -> list[User]:
    """Those with a mandate of their own in the municipality that day, or one delegated to them for requests."""
    mandate = Mandate.objects.in_force(on).filter(user=OuterRef("pk"), municipality=request.municipality_id)
    covered = Q(scope=Delegation.Scope.REQUESTS) | Q(scope=Delegation.Scope.OWN, delegate=request.asked_by_id)
    delegated = Delegation.objects.in_force(on).filter(covered)
    if request.is_kept_from_delegates(on):
        delegated = delegated.filter(delegate=request.asked_by_id)
    delegation = delegated.filter(delegate=OuterRef("pk"), mandate__municipality=request.municipality_id)
    return list(people.filter(Exists(mandate) | Exists(delegation), is_active=True, is_staff=False).order_by("pk"))


def _front(request: ServiceRequest, on: dt.date) -> list[User]:
    """Whoever stands in front of the municipality that day: the request may be closed, and its officer gone to other work."""
    spocs = SpocAssignment.objects.for_municipalities([request.municipality_id], on)
    able = staff_with(HANDLES).in_bulk([spoc.officer_id for spoc in spocs])
    return [able[spoc.officer_id] for spoc in spocs if spoc.officer_id in able][:1] or _staff(request, on)


def _staff(request: ServiceRequest, on: dt.date) -> list[User]:
    """Who answers for it that day (while they are away, who stands in front); else SPOC, deputy, everybody who may take it up."""
    able = staff_with(HANDLES)
    contact = request.contact_on(on)
    spocs = SpocAssignment.objects.for_municipalities([request.municipality_id], on)
    keys = [*([contact.pk] if contact else []), *(spoc.officer_id for spoc in spocs)]
    by_key = able.in_bulk(keys)
    return [by_key[key] for key in keys if key in by_key][:1] or list(able)
