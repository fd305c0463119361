"""What Client and AsyncClient share: everything but waiting."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass

import grpc

from . import v1
from .breaker import Breaker
from .errors import VitrineError
from .events import Visitor, identified
from .outbox import Drop, Outbox, Stats, Wait, pause, size_error
from .page import Page, fallback_page, placement_id
from .transport import SEND_TIMEOUT, TLS, failure


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to reach Vitrine and what to bear. Only the site is needed."""

    site: str
    api_key: str = ""
    tls: TLS | None = None
    insecure: bool = False
    decide_timeout: float = 0.05
    max_queued_events: int = 10_000
    max_queued_bytes: int = 8 << 20
    on_drop: Callable[[Drop], None] | None = None
    logger: logging.Logger | None = None

    def __post_init__(self) -> None:
        name = self.site if "/" in self.site else "sites/" + self.site
        if not name.startswith("sites/") or name == "sites/":
            raise ValueError(f"site {self.site!r}: an id or sites/{{site}} is needed")
        object.__setattr__(self, "site", name)

    def __repr__(self) -> str:
        return f"Options(site={self.site!r})"  # the key is no matter for logs


@dataclass(frozen=True)
class Attempt:
    """Step of track_now: send the event once, within so many seconds."""

    request: v1.TrackEventRequest
    timeout: float


class Core:
    def __init__(self, options: Options, on_change: Callable[[], None] = lambda: None) -> None:
        self.options = options
        self.breaker = Breaker()
        self.outbox = Outbox(
            options.max_queued_events,
            options.max_queued_bytes,
            options.on_drop,
            options.logger,
            on_change=on_change,
        )
        self.closed = False
        self._lock = threading.Lock()
        self._pages = self._fallbacks = 0

    # Deciding

    def request_for(self, visitor: Visitor, placement: str) -> v1.DecideRequest:
        return v1.DecideRequest(
            visitor=visitor.key,
            consent=visitor.consent,
            placements=[v1.PlacementRequest(placement=placement)],
        )

    def admit(self, request: v1.DecideRequest) -> v1.DecideRequest:
        """The request with its site. Raises where the server is not to be asked."""
        if self.closed:
            raise VitrineError("CLOSED")
        if not request.site:
            own = v1.DecideRequest()
            own.CopyFrom(request)
            own.site = self.options.site
            request = own
        if not self.breaker.allow(time.monotonic()):
            raise VitrineError("NOT_ASKED", "the last calls failed")
        return request

    def page(self, response: v1.DecideResponse) -> Page:
        self.breaker.answered()
        with self._lock:
            self._pages += 1
        return Page(response)

    def fell_back(self, request: v1.DecideRequest, fallbacks: Mapping[str, Sequence[str]], error: Exception) -> Page:
        why = failure(error)
        if isinstance(error, grpc.RpcError):  # else it was not asked, which says nothing of the server
            if why.refused:
                self.breaker.answered()
            else:
                self.breaker.failed(time.monotonic())
        with self._lock:
            self._pages += 1
            self._fallbacks += 1
        try:
            response = fallback_page(request, fallbacks)
        except Exception:  # lists of something else than ids: an empty page is still a page
            response = v1.DecideResponse()
            for want in getattr(request, "placements", ()):
                response.placements.add(placement=placement_id(want.placement))
        return Page(response, True, why)

    # Tracking

    def now_steps(
        self, event: v1.Event, timeout: float | None
    ) -> Generator[Attempt | Wait, v1.TrackEventResponse | VitrineError | None, v1.EventStatus.ValueType]:
        """The steps of track_now, which retries under the same id until its time is up."""
        if self.closed:
            raise VitrineError("CLOSED")
        clock = self.outbox.clock
        end = None if timeout is None else clock() + timeout
        own = identified(event)
        if too_large := size_error(own.SerializeToString()):
            raise too_large
        request = v1.TrackEventRequest(site=self.options.site, event=own)
        failures = 0
        while True:
            left = SEND_TIMEOUT if end is None else min(SEND_TIMEOUT, end - clock())
            outcome = yield Attempt(request, max(left, 0.0))
            if isinstance(outcome, v1.TrackEventResponse):
                return outcome.status
            assert isinstance(outcome, VitrineError)
            if outcome.refused:
                raise outcome
            if self.closed:
                raise VitrineError("CLOSED", str(outcome))
            again = clock() + max(pause(failures, self.outbox._draw), outcome.retry_after)
            failures += 1
            if end is not None and again >= end:
                yield Wait(until=end)
                raise VitrineError("DEADLINE_EXCEEDED", f"event {own.id!r}, after {outcome}")
            yield Wait(until=again)

    def stats(self) -> Stats:
        with self._lock:
            pages, fallbacks = self._pages, self._fallbacks
        return self.outbox.stats(pages, fallbacks)
