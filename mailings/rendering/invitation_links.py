"""The signed link with which one person answers one invitation, without logging in."""

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

from mailings.rendering.links import BadToken
from partnerships.models import Invitation


@dataclass(frozen=True)
class InvitationTarget:
    """What the link was written for: an invitation and its person, and the second in which they were invited."""

    invitation: int
    person: int
    invited: int


def _signer() -> Signer:
    return Signer(salt="mailings.invitations", sep=".")


def invitation_token(invitation: Invitation) -> str:
    """Lets the holder of this mail answer for themselves. Taken off and invited anew, a person gets another link."""
    return _signer().sign(f"{invitation.pk}-{invitation.person_id}-{int(invitation.invited_at.timestamp())}")


def read_invitation_token(token: str) -> InvitationTarget:
    """What a token stands for; raises BadToken for anything this portal did not sign."""
    try:
        invitation, person, invited = _signer().unsign(token).split("-")
    except BadSignature as wrong:
        raise BadToken from wrong
    return InvitationTarget(int(invitation), int(person), int(invited))
