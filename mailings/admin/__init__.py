"""Measures, mailings, sendings and mails in the administration, and the hand-over whose mail is shown first; one noun a file."""

from mailings.admin.addresses import AddressStateAdmin, NoAddressFilter
from mailings.admin.consultations import ConsultationActionAdmin, ConsultationAdmin
from mailings.admin.deliveries import DeliveryAdmin, RunAdmin
from mailings.admin.handovers import SpocHandoverAdmin
from mailings.admin.mailings import MailingAdmin
from mailings.admin.measures import MeasureAdmin

__all__ = [
    "AddressStateAdmin",
    "ConsultationActionAdmin",
    "ConsultationAdmin",
    "DeliveryAdmin",
    "MailingAdmin",
    "MeasureAdmin",
    "NoAddressFilter",
    "RunAdmin",
    "SpocHandoverAdmin",
]
