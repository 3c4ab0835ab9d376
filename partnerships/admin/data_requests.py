"""What the agency asks of a municipality: its form, a draft until it is submitted, on the page of requests."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from municipalities.admin.base import person_of
from municipalities.models import Municipality
from partnerships.forms.steps import DATA_REQUEST, StepForm
from partnerships.models import Kind, ServiceRequest, SpocAssignment
from partnerships.permissions import HANDLE_REQUESTS, Action, can
from partnerships.services.drafts import StaleRevision, draft_request, edit_request
from partnerships.services.needed import missing_to_submit
from partnerships.services.requests import ActionNotAllowed, submit_request

either: Any = require_http_methods(["GET", "HEAD", "POST"])  # its own type knows no bound method


class WhomForm(forms.Form):
    municipality = forms.ModelChoiceField(label=_("Municipality"), queryset=Municipality.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = Municipality.objects.defer("outline").sorted_for_reader()  # type: ignore[attr-defined]


def _own_first(request: HttpRequest) -> int | None:
    """A municipality whose SPOC or deputy the person is today, to start with."""
    mine = SpocAssignment.objects.in_force(timezone.localdate()).filter(officer=person_of(request)).order_by("-role", "pk")
    return mine.values_list("municipality", flat=True).first()


class DataRequestPages:
    """The pages on which staff write what they ask; part of the administration of requests, and of nothing else."""

    admin_site: Any
    opts: Any

    def data_request_urls(self) -> list[URLPattern]:
        views = {
            "ask/": (self.new_view, "ask_new"),
            "ask/submit/": (self.new_submit_view, "ask_new_submit"),
            "<int:pk>/edit/": (self.edit_view, "edit"),
            "<int:pk>/edit/submit/": (self.edit_submit_view, "submit"),
        }
        return [
            path(route, self.admin_site.admin_view(either(view)), name=f"partnerships_servicerequest_{name}")
            for route, (view, name) in views.items()
        ]

    def _may_ask(self, request: HttpRequest) -> None:
        if not request.user.has_perm(HANDLE_REQUESTS):
            raise PermissionDenied

    def _visible_or_404(self, request: HttpRequest, object_id: Any) -> ServiceRequest:
        raise NotImplementedError

    # --- A new one ------------------------------------------------------------------------------

    def new_view(self, request: HttpRequest, *, submit: bool = False) -> HttpResponse:
        """The form; posted, it is kept as a draft. The same form twice makes one."""
        self._may_ask(request)
        blank = ServiceRequest(kind=Kind.AUDIT, direction=ServiceRequest.Direction.TO_MUNICIPALITY)
        if request.method != "POST":
            initial = {"municipality": request.GET.get("municipality") or _own_first(request)}
            return self._form_page(request, StepForm(blank, DATA_REQUEST, user=person_of(request)), whom=WhomForm(initial=initial))
        whom, form = WhomForm(request.POST), StepForm(blank, DATA_REQUEST, request.POST, request.FILES, person_of(request))
        if not all([whom.is_valid(), form.is_valid()]):
            return self._form_page(request, form, whom=whom)
        draft = draft_request(
            by=person_of(request),
            municipality=whom.cleaned_data["municipality"],
            kind=blank.kind,
            direction=blank.direction,
            token=form.token,
            step=DATA_REQUEST.key,
            parts=form.parts,
        )
        return self._go_on(request, draft, submit=submit)

    def new_submit_view(self, request: HttpRequest) -> HttpResponse:
        return self.new_view(request, submit=True)

    # --- A draft --------------------------------------------------------------------------------

    def edit_view(self, request: HttpRequest, pk: int, *, submit: bool = False) -> HttpResponse:
        """Change a draft of the agency; `?missing` says beside the fields what a submission still needs."""
        draft = self._visible_or_404(request, pk)
        self._may_ask(request)
        user = person_of(request)
        if not can(user, Action.EDIT, draft):
            return self._moved_on(request, draft)
        if request.method != "POST":
            form = StepForm(draft, DATA_REQUEST, user=user)
            if "missing" in request.GET:
                form.mark(missing_to_submit(draft))
            return self._form_page(request, form)
        form = StepForm(draft, DATA_REQUEST, request.POST, request.FILES, user)
        if not form.is_valid():
            return self._form_page(request, form)
        try:
            saved = edit_request(draft, by=user, revision=form.revision, step=DATA_REQUEST.key, parts=form.parts)
        except StaleRevision as stale:
            differences = form.differences(stale.request)
            form.revision, form.request = stale.request.revision, stale.request
            return self._form_page(request, form, differences=differences, status=409)
        except ActionNotAllowed as refusal:
            return self._moved_on(request, refusal.request)
        return self._go_on(request, saved, submit=submit)

    def edit_submit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.edit_view(request, pk, submit=True)

    # --- Going on -------------------------------------------------------------------------------

    def _go_on(self, request: HttpRequest, draft: ServiceRequest, *, submit: bool) -> HttpResponse:
        if not submit:
            messages.success(request, _("The draft is saved. Your team sees it; the municipality does not."))
            return redirect(_page_url(draft))
        try:
            submitted = submit_request(draft, by=person_of(request))
        except ValidationError:
            messages.warning(request, _("The draft is saved. What is marked is still needed before it goes to the municipality."))
            return redirect(f"{reverse('admin:partnerships_servicerequest_edit', args=[draft.pk])}?missing")
        except ActionNotAllowed as refusal:
            return self._moved_on(request, refusal.request)
        messages.success(
            request, _("The request went to the municipality under number %(reference)s.") % {"reference": submitted.reference}
        )
        return redirect(_page_url(submitted))

    def _moved_on(self, request: HttpRequest, draft: ServiceRequest) -> HttpResponse:
        messages.warning(request, _("This is no draft any more. Here is how it stands now."))
        return redirect(_page_url(draft))

    def _form_page(
        self, request: HttpRequest, form: StepForm, *, whom: WhomForm | None = None, differences: Any = None, status: int = 200
    ) -> HttpResponse:
        name = "ask_new" if whom else "edit"
        arguments = [] if whom else [form.request.pk]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ask a municipality for data or a study"),
            "opts": self.opts,
            "form": form,
            "whom": whom,
            "object": None if whom else form.request,
            "differences": differences or [],
            "is_stale": differences is not None,
            "save_url": reverse(f"admin:partnerships_servicerequest_{name}", args=arguments),
        }
        return TemplateResponse(request, "admin/partnerships/servicerequest/data_request.html", context, status=status)


def _page_url(obj: ServiceRequest) -> str:
    return reverse("admin:partnerships_servicerequest_change", args=[obj.pk])
