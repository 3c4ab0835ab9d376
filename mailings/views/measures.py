"""Government measures in the portal: a list with filters, and a page for each in the reader's language."""

import datetime as dt
import uuid

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mailings.forms import MeasureFilterForm
from mailings.models import Measure
from municipalities.http import PersonRequest

PAGE_SIZE = 20


@require_safe
def measures(request: PersonRequest) -> HttpResponse:
    """Newest first, narrowed by level, audience, day and words; the next page follows the last measure of this one."""
    form = MeasureFilterForm(request.GET)
    form.is_valid()
    visible = Measure.objects.visible_to(request.user)
    after = visible.filter(key=form.cleaned_data["after"]).first() if form.cleaned_data.get("after") else None
    found = visible.narrowed(**form.narrowing()).after(after)
    rows = list(found.select_related("superseded_by")[: PAGE_SIZE + 1])
    context = {
        "form": form,
        "rows": rows[:PAGE_SIZE],
        "next": _address(request.GET, rows[PAGE_SIZE - 1].key) if len(rows) > PAGE_SIZE else "",
        "is_narrowed": any(form.narrowing().values()),
        "is_further": after is not None,
        "today": timezone.localdate(),
    }
    return render(request, "mailings/measures.html", context, status=422 if form.errors else 200)


def _address(asked: QueryDict, key: uuid.UUID) -> str:
    onward = asked.copy()
    onward["after"] = str(key)
    return f"?{onward.urlencode()}"


@require_safe
def measure(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """What was decided, for whom and how long, what replaced it and what it replaced."""
    visible = Measure.objects.visible_to(request.user)
    found = get_object_or_404(visible.select_related("superseded_by"), key=key)
    context = {"measure": found, "replaced": visible.filter(superseded_by=found), "is_over": _is_over(found, timezone.localdate())}
    return render(request, "mailings/measure.html", context)


def _is_over(found: Measure, on: dt.date) -> bool:
    return bool(found.valid_until and found.valid_until < on)
