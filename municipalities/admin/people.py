"""Officials with their mandates, and the agency's staff with their roles."""

import datetime as dt
from functools import partialmethod
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, PortalInline, YesFilter
from municipalities.admin.bulk import BulkActs
from municipalities.admin.forms import SpeakingForm
from municipalities.admin.periods import PeriodForm, overlapping
from municipalities.delegations import Delegation
from municipalities.models import Mandate, Official, Portfolio, StaffMember, User
from municipalities.templatetags.reader import day

# Kept of the model itself, shown on the pages of its proxies.
for _proxy in (Official, StaffMember):
    _proxy._meta.simple_history_manager_attribute = "history"  # type: ignore[union-attr]

ENDS_SOON = dt.timedelta(days=92)  # three months, whichever

ROLE_LABELS = {
    "spoc": _("Contact person (SPOC)"),
    "lead": _("Team lead"),
    "editor": _("Editor of mailings"),
    "administrator": _("Administrator"),
    "cabinet": _("Reviewer at the cabinet"),
}


# --- Officials ----------------------------------------------------------------------------------


class MandateForm(PeriodForm):
    """A mandate from its first to its last day, both included; the person's form watches over who saved meanwhile."""

    seen = None  # type: ignore[assignment]

    beside: ClassVar = {
        "mandate_period_has_start": "starts_on",
        "mandate_one_mayor_per_day": "role",
        "mandate_once_per_person_and_role": "starts_on",
    }

    class Meta:
        model = Mandate
        fields = ("municipality", "role", "portfolios")


class MandateFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Two rows typed at once are compared with each other too: the database would refuse the second without a word."""
        super().clean()
        seen: list[Mandate] = []
        for form in self.forms:
            mandate = form.instance
            if form in self.deleted_forms or (not form.has_changed() and not mandate.pk) or form.errors or not mandate.period:
                continue
            if any(_same_mandate(mandate, other) for other in seen):
                form.add_error("starts_on", _("This person already holds this mandate on some of these days."))
            seen.append(mandate)
        if any(form.errors for form in self.forms):
            raise ValidationError(_("Please look at the mandates marked below."))


def _same_mandate(one: Mandate, other: Mandate) -> bool:
    same = one.municipality_id == other.municipality_id and one.role == other.role
    return same and overlapping(one.period, other.period)


class MandateInline(PortalInline):
    model = Mandate
    form = MandateForm
    formset = MandateFormSet
    fk_name = "user"
    template = "admin/mandates_inline.html"
    fields = ("municipality", "role", "starts_on", "ends_on", "portfolios")
    can_delete = False

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A hole on the first page leads here with municipality and role filled in."""
        formset = super().get_formset(request, obj, **kwargs)
        proposed: dict[str, Any] = {name: request.GET[name] for name in ("municipality", "role") if name in request.GET}
        if "portfolios" in request.GET:
            proposed["portfolios"] = request.GET.getlist("portfolios")
        if obj is None and proposed and request.method == "GET":
            return type("ProposedMandateFormSet", (formset,), {"__init__": partialmethod(formset.__init__, initial=[proposed])})
        return formset

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("municipality", "user").order_by("-period", "pk")


class InOfficeFilter(YesFilter):
    title = _("in office")
    parameter_name = "in_office"
    label = _("in office today")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_office(timezone.localdate()) if self.value() else queryset


class EndsSoonFilter(YesFilter):
    title = _("end")
    parameter_name = "ends_soon"
    label = _("ends within 3 months")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.ending(timezone.localdate(), within=ENDS_SOON) if self.value() else queryset


class PortfolioFilter(admin.SimpleListFilter):
    title = _("portfolio")
    parameter_name = "portfolio"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(Portfolio.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        held = Mandate.objects.in_force(timezone.localdate()).filter(user=models.OuterRef("pk"), portfolios__contains=[self.value()])
        return queryset.filter(models.Exists(held))


class MandateRoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(Mandate.Role.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.filter(models.Exists(Mandate.objects.filter(user=models.OuterRef("pk"), role=self.value())))


class OfMunicipalityFilter(MunicipalityFilter):
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        held = Mandate.objects.filter(user=models.OuterRef("pk"), municipality__code=self.value())
        return queryset.filter(models.Exists(held))


class PersonForm(SpeakingForm):
    beside: ClassVar = {"user_email_unique": "email"}

    def histories(self) -> list[Any]:
        """A person with their mandates: one page, one state."""
        own = super().histories()
        return [*own, Mandate.history.filter(user_id=self.instance.pk)] if own else []


class PersonAdmin(BulkActs, PortalAdmin):
    """A person under one of their hats; what is saved is the one User, whose history this is."""

    form = PersonForm
    search_fields = ("last_name", "first_name", "email")
    search_help_text = _("Name, e-mail address or municipality")
    ordering = ("last_name", "first_name", "pk")
    readonly_fields: ClassVar[Any] = ("date_joined", "last_login")

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """History listens to User alone, and a proxy would be saved past it; new people have no password."""
        if not change:
            obj.set_unusable_password()
        obj.email = obj.email.lower()
        obj.__class__ = User
        super().save_model(request, obj, form, change)
        obj.__class__ = self.model

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term) if search_term.strip() else queryset), False

    def people_listed(self, rows: Any) -> list[int]:
        return [person.pk for person in rows]

    def histories(self, obj: User) -> list[Any]:
        return [User.history.filter(id=obj.pk), Mandate.history.filter(user_id=obj.pk)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody gives a name again to somebody who was erased."""
        return super().has_change_permission(request, obj) and not (obj is not None and obj.is_erased)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People are never deleted here: what they wrote stays under their name; a mandate's last day ends access."""
        return False

    @admin.display(description=_("name"))
    def name_column(self, obj: User) -> str:
        return obj.full_name if obj.is_erased else f"{obj.last_name}, {obj.first_name}"


@admin.register(Official)
class OfficialAdmin(PersonAdmin):
    imports = "officials"
    readonly_fields = ("date_joined", "last_login", "delegations_field")
    inlines = (MandateInline,)
    list_display = ("name_column", "mandates_column", "email", "phone", "language_column")
    list_filter: ClassVar[Any] = (InOfficeFilter, EndsSoonFilter, MandateRoleFilter, PortfolioFilter, OfMunicipalityFilter)
    search_help_text = _("Name, e-mail address, municipality, postcode, street or portfolio")
    exports = (
        (_("last name"), lambda row: row.last_name),
        (_("first name"), lambda row: row.first_name),
        (_("e-mail address"), lambda row: row.email),
        (_("telephone"), lambda row: row.phone),
        (_("language"), lambda row: row.get_correspondence_language_display()),
        (_("mandates"), lambda row: "; ".join(_mandate_words(mandate, timezone.localdate()) for mandate in row.mandates.all())),
    )
    fieldsets = (
        (None, {"fields": (("first_name", "last_name"), ("email", "phone"), ("job_title_fr", "job_title_nl"))}),
        (_("Languages"), {"fields": (("correspondence_language", "interface_language"), "form_of_address")}),
        (_("Access"), {"fields": ("is_active", "delegations_field", ("date_joined", "last_login"))}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """People who hold, held or will hold a mandate, or were entered to hold one: everybody outside staff and cabinet."""
        mandates = Mandate.objects.select_related("municipality").order_by("-period", "pk")
        has_mandate = models.Exists(Mandate.objects.filter(user=models.OuterRef("pk")))
        people = super().get_queryset(request).filter(models.Q(is_staff=False, is_cabinet_reviewer=False) | has_mandate)
        return people.prefetch_related(models.Prefetch("mandates", queryset=mandates))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever is staff too is changed by those who manage staff alone: log-in codes go to the address."""
        if obj is not None and obj.is_staff and not request.user.has_perm("municipalities.change_staffmember"):
            return False
        return super().has_change_permission(request, obj)

    @admin.display(description=_("delegations"))
    def delegations_field(self, obj: User) -> str:
        """Given and held, each with its state today; the way to the page on which the team ends one."""
        both = Delegation.objects.given_by(obj) | Delegation.objects.filter(delegate=obj.pk)
        today = timezone.localdate()
        rows = (
            (reverse("admin:municipalities_delegation_change", args=[one.pk]), one, one.get_scope_display(), one.state_on(today).label)
            for one in both.newest_first()
        )
        return format_html_join("", '<div><a href="{}">{}</a> · {} · {}</div>', rows) or "–"

    def people_in(self, rows: Any) -> Any:
        return User.objects.filter(pk__in=rows.order_by().values("pk"))

    @admin.display(description=_("mandates"))
    def mandates_column(self, obj: User) -> str:
        """Those of today; for somebody out of office the last one, with its last day."""
        today = timezone.localdate()
        held = list(obj.mandates.all())
        now = [mandate for mandate in held if _covers(mandate, today)]
        return format_html_join("", "<div>{}</div>", ((_mandate_words(m, today),) for m in now or held[:1])) or "–"

    @admin.display(description=_("language"))
    def language_column(self, obj: User) -> str:
        return obj.get_correspondence_language_display()


def _covers(mandate: Mandate, on: dt.date) -> bool:
    return bool(mandate.starts_on and mandate.starts_on <= on and (mandate.ends_on is None or on <= mandate.ends_on))


def _mandate_words(mandate: Mandate, today: dt.date) -> str:
    words = {
        "role": mandate.get_role_display(),
        "municipality": mandate.municipality,
        "last": day(mandate.ends_on),
        "first": day(mandate.starts_on),
    }
    if mandate.ends_on and mandate.ends_on < today:
        return str(_("%(role)s, %(municipality)s (until %(last)s)") % words)
    if mandate.starts_on and mandate.starts_on > today:
        return str(_("%(role)s, %(municipality)s (from %(first)s)") % words)
    return str(_("%(role)s, %(municipality)s") % words)


# --- Staff --------------------------------------------------------------------------------------


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, group: Group) -> str:
        return str(ROLE_LABELS.get(group.name, group.name))


class StaffMemberForm(PersonForm):
    groups = RolesField(
        queryset=Group.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("Roles"),
        help_text=_("What each role may do is fixed by the portal."),
    )

    def clean(self) -> dict[str, Any]:
        """A reviewer at the cabinet is no member of the agency's staff: they see the review page and nothing else."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_staff") and cleaned.get("is_cabinet_reviewer"):
            self.add_error("is_cabinet_reviewer", _("Choose one of the two: agency staff, or reviewer at the cabinet."))
        if not cleaned.get("is_staff") and not cleaned.get("is_cabinet_reviewer"):
            self.add_error("is_staff", _("Choose one of the two: agency staff, or reviewer at the cabinet."))
        return cleaned


class StaffRoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(ROLE_LABELS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(StaffMember)
class StaffMemberAdmin(PersonAdmin):
    form = StaffMemberForm
    search_help_text = _("Name or e-mail address")
    list_display = ("name_column", "roles_column", "email", "is_active", "last_login")
    list_filter = (StaffRoleFilter, "is_active")
    fieldsets = (
        (None, {"fields": (("first_name", "last_name"), ("email", "phone"), ("job_title_fr", "job_title_nl"))}),
        (_("Languages"), {"fields": (("correspondence_language", "interface_language"),)}),
        (_("Access"), {"fields": ("is_staff", "is_cabinet_reviewer", "groups", "is_active", ("date_joined", "last_login"))}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        people = super().get_queryset(request).filter(models.Q(is_staff=True) | models.Q(is_cabinet_reviewer=True))
        return people.prefetch_related("groups")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"is_staff": True} | super().get_changeform_initial_data(request)

    @admin.display(description=_("roles"))
    def roles_column(self, obj: User) -> str:
        return ", ".join(sorted(str(ROLE_LABELS.get(group.name, group.name)) for group in obj.groups.all())) or "–"
