"""What pages behind the log-in are given."""

from django.http import HttpRequest

from municipalities.models import User


class PersonRequest(HttpRequest):
    """A request by somebody who is logged in: LoginRequiredMiddleware lets nobody else as far as a view."""

    user: User
