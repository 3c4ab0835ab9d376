"""Files that people send: looked at by content, kept privately, given out by permission."""

from partnerships.uploads.checks import Checked, check_content, check_upload
from partnerships.uploads.kinds import ACCEPT
from partnerships.uploads.serving import serve_private
from partnerships.uploads.storing import private_path

__all__ = ["ACCEPT", "Checked", "check_content", "check_upload", "private_path", "serve_private"]
