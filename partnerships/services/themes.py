"""Following themes: a choice of one's own, undone by the same button; twice is once."""

from municipalities.models import User
from partnerships.models import Theme, ThemeFollow


def follow_theme(theme: Theme, *, by: User) -> ThemeFollow:
    follow, _is_new = ThemeFollow.objects.get_or_create(theme=theme, person=by)
    return follow


def unfollow_theme(theme: Theme, *, by: User) -> None:
    ThemeFollow.objects.filter(theme=theme, person=by).delete()
