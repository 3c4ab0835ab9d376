"""Questions of the municipalities to the Region: as they were asked, where they were sent, and the answer in both languages."""

import datetime as dt
import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from municipalities.delegations import signed
from municipalities.languages import Bilingual, ContentLanguage
from municipalities.models import Municipality, User
from municipalities.search import plain_words
from partnerships.models.question_queries import QuestionQuerySet, asked_vector, published_vector
from partnerships.models.themes import Theme

ENDED = ["withdrawn", "declined", "merged"]
WITH_ANSWER = ["answered", "published"]


class Question(models.Model):
    """A question to the Region, from asked to published; `state` moves only through `partnerships.services.questions`.

    What was asked is the asker's, in their language. What the 19 read is written by the team in both languages, and says
    nothing of who asked unless they agreed.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("state of a question", "Asked")
        IN_PROGRESS = "in_progress", pgettext_lazy("state of a question", "In progress")
        FORWARDED = "forwarded", pgettext_lazy("state of a question", "Forwarded")
        REPLIED = "replied", pgettext_lazy("state of a question", "The body has replied")
        DRAFTED = "drafted", pgettext_lazy("state of a question", "Answer drafted")
        IN_REVIEW = "in_review", pgettext_lazy("state of a question", "Answer in review")
        ANSWERED = "answered", pgettext_lazy("state of a question", "Answered")
        PUBLISHED = "published", pgettext_lazy("state of a question", "Published")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of a question", "Withdrawn")
        DECLINED = "declined", pgettext_lazy("state of a question", "Declined")
        MERGED = "merged", pgettext_lazy("state of a question", "Merged")

    OPEN: ClassVar = frozenset({State.ASKED, State.IN_PROGRESS, State.FORWARDED, State.REPLIED, State.DRAFTED, State.IN_REVIEW})
    WITH_ANSWER: ClassVar = frozenset({State.ANSWERED, State.PUBLISHED})
    ENDED: ClassVar = frozenset({State.WITHDRAWN, State.DECLINED, State.MERGED})
    HELD_BY_STAFF: ClassVar = OPEN - {State.FORWARDED}

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text=_("One per form shown: a second click makes no second question.")
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    municipality = models.ForeignKey(Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(User, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="questions_asked")
    asked_for = models.ForeignKey(
        User, verbose_name=_("in the name of"), on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    entered_by = models.ForeignKey(
        User,
        verbose_name=_("entered by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("The colleague who entered it for the official; empty when the official asked in the portal."),
    )
    assignee = models.ForeignKey(
        User, verbose_name=_("assigned to"), on_delete=models.PROTECT, null=True, blank=True, related_name="questions_assigned"
    )
    reviewer = models.ForeignKey(
        User, verbose_name=_("to be reviewed by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    state = models.CharField(_("state"), max_length=15, choices=State.choices, default=State.ASKED, editable=False)
    language = models.CharField(_("language of the question"), max_length=2, choices=ContentLanguage.choices)
    title = models.CharField(_("your question in one line"), max_length=150)
    words = models.TextField(_("what you would like to know, and why"), validators=[MaxLengthValidator(5000)])
    themes = models.ManyToManyField(Theme, verbose_name=_("themes"), blank=True, related_name="questions")
    is_urgent = models.BooleanField(_("urgent"), default=False)
    urgent_reason = models.CharField(_("why it is urgent"), max_length=300, blank=True)
    may_be_named = models.BooleanField(
        _("our municipality may be named when the answer is published"),
        default=False,
        help_text=_("Your own name is never given. Without this, the other municipalities do not learn who asked."),
    )

    title_fr = models.CharField(_("question for all 19, in French"), max_length=200, blank=True)
    title_nl = models.CharField(_("question for all 19, in Dutch"), max_length=200, blank=True)
    answer_fr = models.TextField(_("answer in French"), blank=True, validators=[MaxLengthValidator(10000)])
    answer_nl = models.TextField(_("answer in Dutch"), blank=True, validators=[MaxLengthValidator(10000)])
    source_fr = models.CharField(
        _("source, in French"), max_length=200, blank=True, help_text=_("Who says so: the order, the circular, the administration.")
    )
    source_nl = models.CharField(_("source, in Dutch"), max_length=200, blank=True)
    source_url = models.URLField(_("link to the source"), max_length=500, blank=True)
    drafted_by = models.ForeignKey(
        User, verbose_name=_("answer written by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reviewed_by = models.ForeignKey(
        User, verbose_name=_("answer reviewed by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    asked_at = models.DateTimeField(_("asked on"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published on"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("answer promised by"), editable=False)
    check_on = models.DateField(_("to be checked again on"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False, help_text=_("Why it was declined or withdrawn."))
    merged_into = models.ForeignKey(
        "self", verbose_name=_("goes on in"), on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    superseded_by = models.ForeignKey(
        "self", verbose_name=_("replaced by"), on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes", editable=False
    )
    published_fr = models.GeneratedField(expression=published_vector("fr"), output_field=SearchVectorField(), db_persist=True)
    published_nl = models.GeneratedField(expression=published_vector("nl"), output_field=SearchVectorField(), db_persist=True)
    asked_words = models.GeneratedField(expression=asked_vector(), output_field=SearchVectorField(), db_persist=True)

    history = HistoricalRecords(excluded_fields=["token", "published_fr", "published_nl", "asked_words"])
    objects = QuestionQuerySet.as_manager()
    public_title = Bilingual("title")
    answer = Bilingual("answer")
    source = Bilingual("source")

    class Meta:
        verbose_name = _("question to the Region")
        verbose_name_plural = _("questions to the Region")
        ordering: ClassVar = ["-asked_at", "-id"]
        permissions: ClassVar = [
            ("handle_question", "Can handle questions to the Region"),
            ("view_question_figures", "Can see what the municipalities ask, as figures"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["municipality", "-asked_at", "-id"], name="question_of_municipality"),
            models.Index(fields=["-asked_at", "-id"], name="question_newest"),
            models.Index(fields=["-published_at", "-id"], name="question_published", condition=models.Q(state="published")),
            models.Index(fields=["state", "due_on"], name="question_working", condition=~models.Q(state__in=[*WITH_ANSWER, *ENDED])),
            models.Index(fields=["check_on"], name="question_to_check", condition=models.Q(state__in=WITH_ANSWER)),
            models.Index(fields=["ended_at"], name="question_ended", condition=models.Q(ended_at__isnull=False)),
            GinIndex(fields=["published_fr"], name="question_published_fr_words"),
            GinIndex(fields=["published_nl"], name="question_published_nl_words"),
            GinIndex(fields=["asked_words"], name="question_asked_words"),
            GinIndex(OpClass(plain_words("title"), name="gin_trgm_ops"), name="question_title_words"),
            GinIndex(OpClass(plain_words("title_fr"), name="gin_trgm_ops"), name="question_title_fr_words"),
            GinIndex(OpClass(plain_words("title_nl"), name="gin_trgm_ops"), name="question_title_nl_words"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="question_state_known",
                condition=models.Q(
                    state__in=[
                        *("asked", "in_progress", "forwarded", "replied", "drafted", "in_review"),
                        *WITH_ANSWER,
                        *ENDED,
                    ]
                ),
            ),
            models.CheckConstraint(
                name="question_urgent_with_reason",
                condition=models.Q(is_urgent=False) | ~models.Q(urgent_reason=""),
                violation_error_message=_("Say in a few words why it is urgent."),
            ),
            models.CheckConstraint(name="question_declined_with_reason", condition=~models.Q(state="declined") | ~models.Q(reason="")),
            models.CheckConstraint(
                name="question_merged_says_where",
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(name="question_not_merged_into_itself", condition=~models.Q(merged_into=models.F("id"))),
            models.CheckConstraint(name="question_not_replaced_by_itself", condition=~models.Q(superseded_by=models.F("id"))),
            models.CheckConstraint(
                name="question_answered_in_both_languages",
                condition=~models.Q(state__in=["in_review", *WITH_ANSWER])
                | ~(
                    models.Q(title_fr="")
                    | models.Q(title_nl="")
                    | models.Q(answer_fr="")
                    | models.Q(answer_nl="")
                    | models.Q(source_fr="")
                    | models.Q(source_nl="")
                ),
                violation_error_message=_("Question, answer and source are needed in both languages."),
            ),
            models.CheckConstraint(
                name="question_reviewed_by_a_second_person",
                condition=~models.Q(state__in=WITH_ANSWER)
                | (models.Q(reviewed_by__isnull=False, drafted_by__isnull=False) & ~models.Q(reviewed_by=models.F("drafted_by"))),
            ),
            models.CheckConstraint(
                name="question_answered_has_time",
                condition=~models.Q(state__in=WITH_ANSWER) | models.Q(answered_at__isnull=False, check_on__isnull=False),
            ),
            models.CheckConstraint(
                name="question_published_has_time",
                condition=models.Q(state="published", published_at__isnull=False)
                | (~models.Q(state="published") & models.Q(published_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="question_ended_has_time",
                condition=models.Q(state__in=ENDED, ended_at__isnull=False)
                | (~models.Q(state__in=ENDED) & models.Q(ended_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("question", args=[self.key])

    @property
    def who(self) -> str:
        return signed(self.asked_by, self.asked_for)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def has_answer(self) -> bool:
        return self.state in self.WITH_ANSWER

    def is_overdue(self, on: dt.date) -> bool:
        """Promised for a day that has passed, and not answered yet."""
        return self.is_open and self.due_on < on

    def is_to_be_checked(self, on: dt.date) -> bool:
        """The answer is so old that somebody should say whether it still holds."""
        return self.has_answer and self.superseded_by_id is None and self.check_on is not None and self.check_on <= on
