"""The colour beside the word for the state of a mail."""

from mailings.models import Delivery

TONES = {
    Delivery.State.SENT: "good",
    Delivery.State.FAILED: "bad",
    Delivery.State.UNKNOWN: "warn",
    Delivery.State.SENDING: "info",
}
