"""What SpamAssassin says of a mailing without asking the network: at most one point, in every language."""

import shutil
import subprocess

import pytest

from mailings import services
from mailings.models import Delivery
from mailings.rendering import build_messages
from tests.factories import MailingFactory, MeasureFactory, MunicipalityFactory, RequestFactory, SpocAssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db
MOST = 1.0
SPAMASSASSIN = shutil.which("spamassassin")
# Said of every mail that no server has received yet: these come with the first hop.
OF_THE_JOURNEY = {"NO_RECEIVED", "NO_RELAYS"}


def _verdict(message: bytes) -> tuple[float, str]:
    """The score and the report, by local rules alone."""
    command = [str(SPAMASSASSIN), "--test-mode", "--local", "--nocreate-prefs"]
    report = subprocess.run(command, input=message, capture_output=True, check=True, timeout=120).stdout.decode(errors="replace")
    points = [line.split() for line in report.splitlines() if line[:4].strip().lstrip("-").replace(".", "").isdigit()]
    scores = [(float(words[0]), words[1]) for words in points if len(words) > 1 and words[1].isupper()]
    assert scores, report
    return sum(score for score, rule in scores if rule not in OF_THE_JOURNEY), report


@pytest.mark.skipif(not SPAMASSASSIN, reason="the score is NOT looked at: apt-get install spamassassin")
@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_a_mailing_scores_at_most_one_point(language: str) -> None:
    place = MunicipalityFactory()
    mayor = UserFactory(mayor=place, correspondence_language=language, email="mayor@commune.example.org")
    SpocAssignmentFactory(municipality=place)
    RequestFactory(municipality=place, asked_by=mayor, submitted=True)
    run = services.plan_run(MailingFactory(approved=True, items=MeasureFactory.create_batch(3)), by=None)
    mail = Delivery.objects.get(run=run, recipient=mayor)
    score, report = _verdict(build_messages([mail])[mail.pk].message().as_bytes())
    assert score <= MOST, report
