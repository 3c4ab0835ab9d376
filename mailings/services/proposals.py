"""What a draft proposes: the news that every noun offers, each piece once, and the list of what is not in a mailing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from mailings.models import Mailing, MailingItem, Measure, Proposal
from mailings.news import MEASURE, news_of
from partnerships.news import NewsItem, NewsProvider, Section

LATE_COMMITS = dt.timedelta(minutes=10)  # what was stamped before the last draft and became visible after it
FETCHED_BACK_WITHIN = dt.timedelta(days=90)
ORDER = list(Section)


def _providers() -> list[NewsProvider]:
    return [import_string(name) for name in settings.CONTENT_PROVIDERS]


def news_between(since: dt.datetime, until: dt.datetime) -> list[NewsItem]:
    """What all providers offer for that time, each piece once, by section and there in the order of its provider."""
    found: dict[tuple[str, str], NewsItem] = {}
    for provider in _providers():
        for news in provider(since, until):
            found.setdefault((news.kind, news.key), news)
    return sorted(found.values(), key=lambda news: ORDER.index(news.section))


def propose_items(mailing: Mailing, *, since: dt.datetime) -> None:
    """Put into a new draft what came in since then and no weekly mailing has had or been proposed."""
    offered = [news for news in news_between(since - LATE_COMMITS, mailing.created_at) if not _is_known(news, mailing)]
    measures = _measures_of(offered)
    for position, news in enumerate(offered, start=1):
        item_from_news(news, mailing=mailing, position=position, measure=measures.get(news.key)).save()
    Proposal.objects.bulk_create(Proposal(kind=news.kind, key=news.key, mailing=mailing) for news in offered)


def _is_known(news: NewsItem, mailing: Mailing) -> bool:
    named = Q(news_kind=news.kind, news_key=news.key)
    if news.kind == MEASURE:
        named |= Q(measure__key=news.key)
    had = MailingItem.objects.filter(named, mailing__kind=Mailing.Kind.WEEKLY).exclude(mailing=mailing)
    return Proposal.objects.filter(kind=news.kind, key=news.key).exists() or had.exists()


def _measures_of(offered: Iterable[NewsItem]) -> dict[str, Measure]:
    keys = [news.key for news in offered if news.kind == MEASURE]
    return {str(measure.key): measure for measure in Measure.objects.filter(key__in=keys)}


def item_from_news(news: NewsItem, *, mailing: Mailing, position: int, measure: Measure | None = None) -> MailingItem:
    """An unsaved item with the words of the news in both languages; the editor's own from there on."""
    return MailingItem(
        mailing=mailing,
        position=position,
        section=news.section,
        measure=measure,
        news_kind=news.kind,
        news_key=news.key,
        title_fr=news.title_fr,
        title_nl=news.title_nl,
        body_fr=news.body_fr,
        body_nl=news.body_nl,
        source_url=news.source_url,
        path=news.path,
    )


def item_from_measure(measure: Measure, *, mailing: Mailing, position: int) -> MailingItem:
    """An unsaved item with the measure's words in both languages."""
    return item_from_news(news_of(measure), mailing=mailing, position=position, measure=measure)


# --- What is not in a mailing -------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A piece of news that is not in the mailing: new since its draft, taken out of it, or in another one."""

    news: NewsItem
    mailing: Mailing
    is_new: bool
    was_taken_out: bool
    others: tuple[Mailing, ...]

    @cached_property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.news.kind}:{self.news.key}"

    @property
    def title(self) -> str:
        """Both titles: the editor chooses for readers of both."""
        return f"{self.news.title_fr} / {self.news.title_nl}"


def offers_for(mailing: Mailing, now: dt.datetime) -> list[Offer]:
    """The news of the last three months that the mailing has not, newest first; what came in since its draft comes before the rest."""
    inside = {(kind, key) for kind, key in mailing.items.values_list("news_kind", "news_key")}
    news = [one for one in news_between(now - FETCHED_BACK_WITHIN, now) if (one.kind, one.key) not in inside]
    kinds, keys = {one.kind for one in news}, {one.key for one in news}
    proposed = {(p.kind, p.key): p.mailing_id for p in Proposal.objects.filter(kind__in=kinds, key__in=keys)}
    placed: dict[tuple[str, str], list[Mailing]] = {}
    for item in MailingItem.objects.filter(news_kind__in=kinds, news_key__in=keys).select_related("mailing").order_by("mailing", "pk"):
        placed.setdefault((item.news_kind, item.news_key), []).append(item.mailing)
    offers = [_offer(one, mailing, proposed, placed) for one in news]
    offers.sort(key=lambda offer: offer.news.happened_on, reverse=True)
    return sorted(offers, key=lambda offer: not offer.is_new)


def _offer(news: NewsItem, mailing: Mailing, proposed: dict[tuple[str, str], int], placed: dict[tuple[str, str], list[Mailing]]) -> Offer:
    name = (news.kind, news.key)
    others = tuple(placed.get(name, ()))
    return Offer(news, mailing, name not in proposed and not others, proposed.get(name) == mailing.pk, others)


def fetch_offers(mailing: Mailing, values: Iterable[str], now: dt.datetime, *, position: int) -> list[MailingItem]:
    """Unsaved items of the offers that a form named, in the order of the list; what is no longer offered is left out."""
    wanted = set(values)
    chosen = [offer.news for offer in offers_for(mailing, now) if offer.value in wanted]
    measures = _measures_of(chosen)
    return [
        item_from_news(news, mailing=mailing, position=number, measure=measures.get(news.key))
        for number, news in enumerate(chosen, start=position)
    ]
