"""What measures offer to the mailing."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from mailings.models import Measure
from partnerships.news import NewsItem, Section

MEASURE = "measure"


def published_measures(since: dt.datetime, until: dt.datetime) -> Iterator[NewsItem]:
    """Measures published in that time that no other has replaced."""
    found = Measure.objects.filter(published_at__gt=since, published_at__lte=until, superseded_by__isnull=True)
    for measure in found.order_by("-valid_from", "-pk"):
        yield news_of(measure)


def news_of(measure: Measure) -> NewsItem:
    return NewsItem(
        kind=MEASURE,
        key=str(measure.key),
        section=Section.MEASURES,
        title_fr=measure.title_fr,
        title_nl=measure.title_nl,
        body_fr=measure.summary_fr,
        body_nl=measure.summary_nl,
        source_url=measure.source_url,
        happened_on=measure.valid_from,
        path=reverse("measure", args=[measure.key]),
    )
