"""A mail provider by EMAIL_URL: its options by their plain names, and no start in production without the secret of its reports."""

import os
import subprocess
import sys

import pytest

from config.service_urls import mail_settings_for


@pytest.mark.parametrize("name", ["API_KEY", "MAILGUN_API_KEY"])
def test_options_reach_anymail_under_the_name_it_looks_for(name: str) -> None:
    told = mail_settings_for(f"anymail+mailgun://?{name}=k")
    assert (told["MAIL_PROVIDER"], told["ANYMAIL"]) == ("mailgun", {"MAILGUN_API_KEY": "k"})


@pytest.mark.parametrize(("secret", "starts"), [("", False), ("no-password", False), ("provider:long-secret", True)], ids=str)
def test_no_start_without_a_secret_for_the_reports(secret: str, starts: bool) -> None:
    env = os.environ | {
        "DEBUG": "0",
        "DEMO": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "x1y2z3" * 10,
        "ALLOWED_HOSTS": "portal.example.org",
        "BASE_URL": "https://portal.example.org",
        "DATABASE_URL": "postgres://u:p@127.0.0.1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "anymail+mailgun://?API_KEY=k",
        "MAIL_WEBHOOK_SECRET": secret,
    }
    ran = subprocess.run([sys.executable, "-c", "import config.settings"], env=env, capture_output=True, text=True, check=False)
    assert (ran.returncode == 0) is starts, ran.stderr[-400:]
    assert starts or "MAIL_WEBHOOK_SECRET" in ran.stderr
