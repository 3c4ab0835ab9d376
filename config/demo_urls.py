"""Addresses of the demo; they exist only when DEBUG and DEMO are both on."""

from django.urls import path

from config import demo_views

urlpatterns = [
    path("", demo_views.demo, name="demo"),
    path("enter/", demo_views.demo_enter, name="demo_enter"),
    path("inbox/", demo_views.demo_inbox, name="demo_inbox"),
    path("inbox.json", demo_views.demo_inbox_json, name="demo_inbox_json"),
    path("inbox/<slug:name>/", demo_views.demo_mail, name="demo_mail"),
    path("inbox/<slug:name>/html/", demo_views.demo_mail_html, name="demo_mail_html"),
    path("inbox/<slug:name>/source/", demo_views.demo_mail_source, name="demo_mail_source"),
]
