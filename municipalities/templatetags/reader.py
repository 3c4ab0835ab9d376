"""Template filters for the reader's language."""

from django import template

register = template.Library()
