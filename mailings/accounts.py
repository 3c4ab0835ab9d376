"""How the log-in speaks: no sign-up, and mail through the delivery engine alone."""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from mailings.services import queue_login_code
from municipalities.models import User

logger = structlog.get_logger(__name__)
LOGIN_CODE = "account/email/login_code"


class PortalAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are entered by the team, and their mandate opens the door."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a login code for a known person; the log-in sends no other mail, and none past the queue."""
        person = User.objects.filter(email__iexact=email).first()
        if template_prefix != LOGIN_CODE or person is None:
            logger.warning("account_mail_not_sent", mail=template_prefix)
            return
        queue_login_code(person, code=context["code"])
