"""Settings under which mypy's plugin reads the models: no service is started, nothing is asked of the environment."""

import os

os.environ.setdefault("DEBUG", "1")

from config.settings import *  # noqa: F403
