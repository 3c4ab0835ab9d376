"""The cache, which may be away: pages and the log-in go on without it."""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = structlog.get_logger(__name__)
AWAY = (RedisConnectionError, RedisTimeoutError, OSError)
FORGIVEN = ("add", "get", "set", "touch", "delete", "get_many", "set_many", "delete_many", "has_key", "incr", "clear")


class ForgivingRedisCache(RedisCache):
    """Redis while it answers, this process's own memory while it does not.

    Sessions live in the database too and rate limits go on counting per process, so losing the
    cache costs speed and some strictness, never a page (ARCHITECTURE: 'with Valkey away').
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("while-away", {"KEY_PREFIX": params.get("KEY_PREFIX", "")})


def _forgiving(name: str) -> Callable[..., Any]:
    def call(self: ForgivingRedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(ForgivingRedisCache, self), name)(*args, **kwargs)
        except AWAY:
            logger.warning("cache_away", operation=name)
            return getattr(self._memory, name)(*args, **kwargs)

    return call


for _name in FORGIVEN:
    setattr(ForgivingRedisCache, _name, _forgiving(_name))
