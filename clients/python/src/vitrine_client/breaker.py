"""Keeps pages from waiting for a server that does not answer."""

from __future__ import annotations

import threading

#: So many failures in a row say that the server is gone rather than slow once.
TRIPS = 5
#: A call goes through in so many seconds, to see: one visitor in that time waits out
#: the deadline, and recovery is noticed as fast.
PROBES = 0.25


class Breaker:
    """Safe for use by several threads. `now` is of a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0  # in a row
        self._probe_at = 0.0

    def allow(self, now: float) -> bool:
        """Whether to ask."""
        with self._lock:
            if self._failures < TRIPS:
                return True
            if now < self._probe_at:
                return False
            self._probe_at = now + PROBES
            return True

    def answered(self) -> None:
        """The server is there."""
        with self._lock:
            self._failures = 0

    def failed(self, now: float) -> None:
        """It did not answer."""
        with self._lock:
            self._failures += 1
            if self._failures == TRIPS:
                self._probe_at = now + PROBES
