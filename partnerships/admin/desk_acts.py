"""The acts that bind a request to others: referring it, merging it with its twin, linking it."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.admin.request_acts import ACTS as PLAIN_ACTS
from partnerships.admin.request_acts import Act, WordsForm, people_who_handle_requests
from partnerships.models import PartnerOrganisation, Referral, ServiceRequest
from partnerships.permissions import Action
from partnerships.services.referrals import end_referral, refer_request
from partnerships.services.ties import link_requests, merge_request, unlink_requests


class ReferForm(WordsForm):
    """To whom: a partner organisation or a colleague, in one list under two headings."""

    to = forms.ChoiceField(label=_("Refer to"))
    field_order = ("to", "words", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = [(f"partner-{partner.pk}", str(partner)) for partner in PartnerOrganisation.objects.active().sorted_for_reader()]
        colleagues = [(f"colleague-{person.pk}", person.full_name) for person in people_who_handle_requests()]
        choices = [("", "–"), (_("Partner organisations"), partners), (_("Colleagues"), colleagues)]
        cast("forms.ChoiceField", self.fields["to"]).choices = choices
        self.initial.pop("to", None)

    def clean_to(self) -> PartnerOrganisation | User:
        kind, _dash, key = self.cleaned_data["to"].partition("-")
        found = PartnerOrganisation.objects.filter(pk=key) if kind == "partner" else User.objects.filter(pk=key)
        target = found.first()
        if target is None:
            raise ValidationError(_("Please choose somebody from the list."))
        return target


class EndReferralForm(WordsForm):
    """How it ended, for one of the referrals of this request."""

    referral = forms.ModelChoiceField(queryset=Referral.objects.none(), label=_("Referral"), empty_label=None)
    field_order = ("referral", "words", "language")

    def offer_from(self, request: ServiceRequest) -> None:
        cast("forms.ModelChoiceField", self.fields["referral"]).queryset = Referral.objects.of(request)


class OtherRequestForm(forms.Form):
    """Another request by its number; those of the same municipality that are open are offered while one types."""

    needs_words = False

    other = forms.CharField(label=_("Number of the other request"), max_length=16, help_text=_("For example IXL-2026-0007"))

    def offer_from(self, request: ServiceRequest) -> None:
        self.about = request

    def clean_other(self) -> ServiceRequest:
        reference = self.cleaned_data["other"].strip().upper()
        found = ServiceRequest.objects.filter(reference=reference).select_related("municipality").first()
        if found is None:
            raise ValidationError(_("There is no request with this number."))
        return found


def _end_referral(_request: ServiceRequest, by: User, data: dict[str, Any]) -> Referral:
    return end_referral(data["referral"], by=by, outcome=data["words"], language=data["language"], token=data["token"])


DESK_ACTS: dict[Action, Act] = {
    act.action: act
    for act in (
        Act(
            Action.REFER,
            _("Refer"),
            _("To a partner organisation or a colleague. The municipality reads to whom, and your words; the request stays assigned."),
            _("The request is referred, and the municipality is told."),
            ReferForm,
            lambda request, by, data: refer_request(
                request, by=by, to=data["to"], note=data["words"], language=data["language"], token=data["token"]
            ),
        ),
        Act(
            Action.END_REFERRAL,
            _("End the referral"),
            _("The municipality reads what came of it."),
            _("The referral has ended, and the municipality is told."),
            EndReferralForm,
            _end_referral,
            is_beside=True,
        ),
        Act(
            Action.LINK,
            _("Link with another request"),
            _("Both go their own way; the team sees each from the other, a municipality only its own."),
            _("The two requests are linked."),
            OtherRequestForm,
            lambda request, by, data: link_requests(request, by=by, other=data["other"]),
        ),
        Act(
            Action.UNLINK,
            _("Remove the link"),
            _("The two requests stay as they are."),
            _("The link is removed."),
            OtherRequestForm,
            lambda request, by, data: unlink_requests(request, by=by, other=data["other"]),
            is_beside=True,
        ),
        Act(
            Action.MERGE,
            _("Merge into its twin"),
            _("This request is closed and goes on under the other number; both askers are told. This cannot be undone."),
            _("The request is merged, and the askers are told."),
            OtherRequestForm,
            lambda request, by, data: merge_request(request, by=by, into=data["other"]),
            "danger",
        ),
    )
}
ACTS: dict[Action, Act] = PLAIN_ACTS | DESK_ACTS
