"""Addresses of the archive, the cabinet's review, and the signed links in mails."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from mailings import views
from mailings.webhooks import mail_webhook


class LanguageConverter(StringConverter):
    """The languages a mail can be chosen in."""

    regex = "fr|nl"


class CorrespondenceConverter(StringConverter):
    """The languages a mail can be written in."""

    regex = "fr|nl|both"


register_converter(LanguageConverter, "mail_language")
register_converter(CorrespondenceConverter, "correspondence")

urlpatterns = [
    path("webhooks/mail/", mail_webhook, name="mail_webhook"),
    path("mailings/", views.mailings, name="mailings"),
    path("mailings/<uuid:key>/", views.mailing, name="mailing"),
    path("measures/", views.measures, name="measures"),
    path("measures/<uuid:key>/", views.measure, name="measure"),
    path("review/", views.reviews, name="reviews"),
    path("review/<uuid:key>/", views.review, name="review"),
    path("review/<uuid:key>/preview/<correspondence:language>/", views.mailing_preview, name="mailing_preview"),
    path("review/stand-in/", views.stand_in_new, name="review_stand_in"),
    path("review/stand-in/name/", views.stand_in_name, name="review_stand_in_name"),
    path("review/stand-in/<int:pk>/end/", views.stand_in_end, name="review_stand_in_end"),
    path("review/<uuid:key>/remarks/", views.review_comment, name="review_comment"),
    path("review/<uuid:key>/remarks/<int:pk>/settle/", views.review_comment_settle, name="review_comment_settle"),
    path("review/<uuid:key>/verdicts/<int:pk>/", views.review_verdict, name="review_verdict"),
    path("review/<uuid:key>/proof.pdf", views.review_proof, name="review_proof"),
    path("review/<uuid:key>/approve/", views.review_approve, name="review_approve"),
    path("review/<uuid:key>/send-back/", views.review_send_back, name="review_send_back"),
    path("m/<str:token>/", views.web_version, name="web_version"),
    path("preferences/mails/", views.my_mail_choices, name="my_mail_choices"),
    path("m/<str:token>/preferences/", views.mail_choices, name="mail_choices"),
    path("m/<str:token>/unsubscribe/", views.unsubscribe, name="unsubscribe"),
    path("m/<str:token>/satisfaction/", views.rating, name="rating"),
    path("m/<str:token>/invitation/", views.invitation_answer, name="invitation_answer"),
    path("m/<str:token>/language/<mail_language:language>/", views.choose_language, name="choose_language"),
]
