"""Which acts the lists of officials and of municipalities offer on several rows; here, because their services record events."""

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.admin.bulk import BulkAct
from municipalities.admin.people import OfficialAdmin
from municipalities.admin.periods import day_field
from municipalities.models import User
from partnerships.admin.municipalities import MunicipalityAdmin
from partnerships.admin.request_acts import PersonField, people_who_handle_requests
from partnerships.models import SpocAssignment
from partnerships.permissions import LEAD_TEAM
from partnerships.services.assignments import assign_officer
from partnerships.services.mandates import end_mandates, write_in_both_languages


class LastDayForm(forms.Form):
    last_day = day_field(label=_("Last day"), help_text=_("This day is still included."))


class OfficerForm(forms.Form):
    officer = PersonField(label=_("Member of staff"), queryset=User.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=SpocAssignment.Role.choices, initial=SpocAssignment.Role.DEPUTY)
    starts_on = day_field(label=_("First day"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["officer"].queryset = people_who_handle_requests()  # type: ignore[attr-defined]


OfficialAdmin.bulk_acts = (
    BulkAct(
        "end_mandates",
        _("End mandates on a day"),
        _("Every mandate these people hold on that day ends with it: access and mailings stop by themselves, what they wrote stays."),
        "municipalities.change_mandate",
        end_mandates,
        LastDayForm,
    ),
    BulkAct(
        "both_languages",
        _("Write in both languages"),
        _("These people get their mails in French and in Dutch until they choose one language themselves."),
        "municipalities.change_official",
        write_in_both_languages,
    ),
)
MunicipalityAdmin.bulk_acts = (
    BulkAct(
        "assign_officer",
        _("Name a SPOC or a deputy"),
        _("For municipalities where nobody has the role from that day on. A change of SPOC is a hand-over, which moves open work too."),
        LEAD_TEAM,
        assign_officer,
        OfficerForm,
    ),
)
