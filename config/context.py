"""What every page of the frame shows."""

from typing import Any

from django.http import HttpRequest


def portal_frame(request: HttpRequest) -> dict[str, Any]:
    return {}
