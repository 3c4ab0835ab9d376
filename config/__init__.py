"""The composition root: settings, addresses, Celery, roles, home page and demo."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
