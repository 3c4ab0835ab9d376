"""Finding questions: who may see which, by words in either language, and those that resemble one that is being asked."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField, TrigramWordSimilarity
from django.db import models
from django.utils import timezone

from municipalities.models import User
from municipalities.reference import sort_key
from municipalities.search import plain_value, plain_words

Columns = dict[str, tuple[str, ...]]
CONFIGURATIONS = {"fr": "french", "nl": "dutch"}
PUBLISHED: Columns = {"fr": ("published_fr",), "nl": ("published_nl",)}
ASKED: Columns = {"fr": ("asked_words",), "nl": ("asked_words",)}
MOST_SIMILAR = 6
MOST_WORDS = 40
SHORTEST = {"&": 2, "|": 4}
APOSTROPHES = re.compile("[\u2019']")


def _vector(language: str, *columns: str) -> models.Func:
    """Word stems of the columns in one language, accents or not; the database keeps them up itself."""
    joined: Any = models.F(columns[0])
    for column in columns[1:]:
        joined = models.Func(
            joined, models.F(column), template="%(expressions)s", arg_joiner=" || ' ' || ", output_field=models.TextField()
        )
    return models.Func(
        joined,
        template=f"to_tsvector('{CONFIGURATIONS[language]}'::regconfig, plain_words(%(expressions)s))",
        output_field=SearchVectorField(),
    )


def published_vector(language: str) -> models.Func:
    return _vector(language, f"title_{language}", f"answer_{language}")


def asked_vector() -> models.Case:
    """The asker's own words, by the language they wrote in."""
    in_dutch = models.When(language="nl", then=_vector("nl", "title", "words"))
    return models.Case(in_dutch, default=_vector("fr", "title", "words"), output_field=SearchVectorField())


def _query(words: str, language: str, joined_by: str) -> SearchQuery | None:
    """A query for the stems of the words in one language, accents or not: all of them (`&`) or any (`|`); None without words.

    Where any suffices short words are left out: the articles of one language are words of the other.
    """
    shortest = SHORTEST[joined_by]
    letters = "".join(sign if sign.isalnum() else " " for sign in sort_key(APOSTROPHES.sub(" ", words))).split()
    kept = list(dict.fromkeys(word for word in letters if len(word) >= shortest))[:MOST_WORDS]
    return SearchQuery(f" {joined_by} ".join(kept), config=CONFIGURATIONS[language], search_type="raw") if kept else None


def _found_in(columns: Columns, words: str, joined_by: str) -> models.Q:
    """Rows one of whose vectors answers the words, each asked in the stems of its language: any of them suffices."""
    found = models.Q(pk__in=[])
    for language, vectors in columns.items():
        if query := _query(words, language, joined_by):
            for vector in vectors:
                found |= models.Q(**{vector: query})
    return found


class QuestionQuerySet(models.QuerySet):
    """Reading questions; everything the portal shows begins with `visible_to`."""

    model: Any

    def own_to(self, user: User, on: dt.date | None = None) -> Self:
        """Those of which the person may know who asked what: staff with the right; others those of where they stand that day.

        Who was given only their own requests sees of a municipality only the questions they asked.
        """
        if user.is_staff:
            return self.filter() if user.has_perm("partnerships.view_question") else self.none()
        return self.filter(_of_own(user, on or timezone.localdate()))

    def visible_to(self, user: User, on: dt.date | None = None) -> Self:
        """Their own, and for whoever stands in one of the 19 what is published: of that, never who asked."""
        on = on or timezone.localdate()
        if user.is_staff:
            return self.own_to(user, on)
        if not user.municipality_ids_on(on):
            return self.none()
        return self.filter(_of_own(user, on) | models.Q(state="published"))

    def published(self) -> Self:
        return self.filter(state="published")

    def current(self) -> Self:
        """Published and not replaced by a newer answer."""
        return self.published().filter(superseded_by=None)

    def open(self) -> Self:
        return self.filter(state__in=self.model.OPEN)

    def unassigned(self) -> Self:
        return self.open().filter(assignee=None)

    def assigned_to(self, user: User) -> Self:
        return self.filter(assignee=user)

    def at_a_body(self) -> Self:
        return self.filter(state="forwarded")

    def in_review(self) -> Self:
        return self.filter(state="in_review")

    def overdue(self, on: dt.date) -> Self:
        """Not answered on the day promised, or a body has not replied by the day it was asked for."""
        late = models.Q(due_on__lt=on) | models.Q(state="forwarded", forwardings__ended_at=None, forwardings__reply_by__lt=on)
        return self.filter(pk__in=self.open().filter(late).order_by().values("pk"))

    def to_be_checked(self, on: dt.date) -> Self:
        return self.filter(state__in=self.model.WITH_ANSWER, superseded_by=None, check_on__lte=on)

    def with_people(self) -> Self:
        return self.select_related("municipality", "asked_by", "asked_for", "assignee").prefetch_related("themes")

    # --- By words -------------------------------------------------------------------------------

    def answering(self, words: str) -> Self:
        """Texts for all 19 that hold all of the words in French or in Dutch, accents and endings aside; or a title nearly so."""
        if not words.strip():
            return self.all()
        return self.filter(_found_in(PUBLISHED, words, "&") | _resembles(words, "title_fr", "title_nl"))

    def asking(self, words: str) -> Self:
        """The same, and what was asked in these words: for readers who may know that."""
        if not words.strip():
            return self.all()
        found = _found_in(PUBLISHED, words, "&") | _found_in(ASKED, words, "&")
        return self.filter(found | _resembles(words, "title", "title_fr", "title_nl"))

    def similar_for(self, user: User, *, title: str, words: str = "", themes: Iterable[Any] = (), but: int = 0) -> Self:
        """Published answers and the reader's own questions that resemble what is being asked, the nearest first.

        By words in both languages, and across them by a shared theme: an own question in the other language, and an answer
        that uses other words. What others asked counts by its text for all 19 alone.
        """
        own = models.Q(pk__in=self.model.objects.own_to(user).exclude(state__in=self.model.ENDED).order_by().values("pk"))
        for_all = models.Q(state="published", superseded_by=None)
        themed = self.model.themes.through.objects.filter(theme__in=[theme.pk for theme in themes]).values("question")
        shares = models.Q(pk__in=themed)
        in_answers = _found_in(PUBLISHED, title, "|") | _resembles(title, "title_fr", "title_nl")
        in_asked = _found_in(ASKED, title, "|") | _resembles(title, "title")
        near = self.filter((for_all & (in_answers | shares)) | (own & (in_asked | shares))).exclude(pk=but)
        ranked = near.annotate(nearness=_nearness(title, words, shares, own))
        return ranked.order_by("-nearness", "-asked_at", "-pk")[:MOST_SIMILAR]

    # --- Page by page ---------------------------------------------------------------------------

    def newest_first(self, by: str = "asked_at") -> Self:
        return self.order_by(f"-{by}", "-id")

    def older_than(self, row: Any, by: str = "asked_at") -> Self:
        """What comes after that row in the list, newest first: found by the index, however far down the list."""
        at = getattr(row, by)
        return self.filter(**{f"{by}__lte": at}).exclude(**{by: at, "id__gte": row.pk}).newest_first(by)

    def newer_than(self, row: Any, by: str = "asked_at") -> Self:
        at = getattr(row, by)
        return self.filter(**{f"{by}__gte": at}).exclude(**{by: at, "id__lte": row.pk}).order_by(by, "id")


def _of_own(user: User, on: dt.date) -> models.Q:
    whole, own = user.reach_on(on)
    return models.Q(municipality__in=whole) | models.Q(municipality__in=own, asked_by=user)


def _resembles(words: str, *columns: str) -> models.Q:
    """A title that holds nearly these words: one letter wrong, one too many. Answered by the trigram indexes of the titles."""
    plain = sort_key(words.strip())[:150]
    found = models.Q(pk__in=[])
    for column in columns:
        found |= models.Q(WordAlike(plain_words(column), models.Value(plain, output_field=models.TextField())))
    return found


class WordAlike(models.Func):
    """The operator `words <% title`, which a trigram index answers; its threshold is that of the database, 0.6."""

    template = "%(expressions)s"
    arg_joiner = " %%> "
    output_field = models.BooleanField()
    conditional = True


def _nearness(title: str, words: str, shares: models.Q, own: models.Q) -> Any:
    """How near, from stems, trigrams and themes; what was asked weighs only for who may know it."""
    weights: list[Any] = [_if(shares, models.Value(0.3))]
    for language in CONFIGURATIONS:
        if query := _query(f"{title} {words}", language, "|"):
            weights += [SearchRank(f"published_{language}", query), _if(own, SearchRank("asked_words", query))]
    plain = plain_value(title.strip()[:150])
    weights += [_word_likeness(plain, plain_words(f"title_{language}")) for language in CONFIGURATIONS]
    weights.append(_if(own, _word_likeness(plain, plain_words("title"))))
    return reduce(add, weights)


def _word_likeness(words: Any, column: Any) -> TrigramWordSimilarity:
    """The stubs know names of columns alone; PostgreSQL takes any expression."""
    return TrigramWordSimilarity(words, column)


def _if(condition: models.Q, weight: Any) -> models.Case:
    return models.Case(models.When(condition, then=weight), default=models.Value(0.0), output_field=models.FloatField())
