"""Addresses of people's own pages."""

from django.urls import path

from municipalities import views

urlpatterns = [path("preferences/", views.preferences, name="preferences")]
