"""The client for threads."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

import grpc

from . import v1
from .core import Attempt, Core, Options
from .errors import NotFlushedError, UndeliveredError, VitrineError
from .events import Visitor, identified
from .outbox import Drop, Outcome, Send, Stats, Wait
from .page import Page, placement_id
from .transport import CHANNEL_OPTIONS, SEND_TIMEOUT, TLS, TRACK_EVENTS, authorization, failure, track_events_body

if TYPE_CHECKING:
    from typing_extensions import Self

#: Seconds that the end of the process may be delayed by events that wait.
_AT_EXIT = 2.0


class Client:
    """Talks to one Vitrine about one site, from whatever thread; a program needs one.

    It connects in the background: a server that is not there yet is no error. `close`
    delivers what is queued and releases it, and so does the end of a `with` block, or
    of the process, for 2 seconds at most.

    After a fork the child has a connection and a queue of its own, and counts from zero;
    what the parent had queued is delivered by the parent.

    :param target: host and port, such as "localhost:7654" or "dns:///vitrine.internal:7654".
    :param site: the shop, by id ("demo") or name ("sites/demo").
    :param api_key: sent with every call; keep it in the environment or a file.
    :param tls: authorities and a certificate of one's own; the system's roots when None.
    :param insecure: plain text, the key included: on one machine or network.
    :param decide_timeout: the longest that a page waits, in seconds.
    :param max_queued_events: events that wait to be delivered, those under way included.
    :param max_queued_bytes: their encoded size.
    :param on_drop: told of every event that will not be delivered, and why. It should be
        quick, and may track, but not flush or close.
    :param logger: told when delivery begins to fail and when it works again; nothing
        about visitors.
    """

    def __init__(
        self,
        target: str,
        *,
        site: str,
        api_key: str = "",
        tls: TLS | None = None,
        insecure: bool = False,
        decide_timeout: float = 0.05,
        max_queued_events: int = 10_000,
        max_queued_bytes: int = 8 << 20,
        on_drop: Callable[[Drop], None] | None = None,
        logger: logging.Logger | None = None,
    ) -> None:
        self._target = target
        self._options = Options(
            site=site,
            api_key=api_key,
            tls=tls,
            insecure=insecure,
            decide_timeout=decide_timeout,
            max_queued_events=max_queued_events,
            max_queued_bytes=max_queued_bytes,
            on_drop=on_drop,
            logger=logger,
        )
        self._metadata = authorization(api_key)
        self._start()
        _clients.add(self)

    def _start(self) -> None:
        self._core = Core(self._options)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        if self._options.insecure:
            self._channel = grpc.insecure_channel(self._target, CHANNEL_OPTIONS)
        else:
            credentials = (self._options.tls or TLS()).credentials()
            self._channel = grpc.secure_channel(self._target, credentials, CHANNEL_OPTIONS)
        self._decide = v1.DecisionServiceStub(self._channel).Decide
        self._track_event = v1.EventServiceStub(self._channel).TrackEvent
        self._track_events: Callable[..., v1.TrackEventsResponse] = self._channel.unary_unary(
            TRACK_EVENTS, response_deserializer=v1.TrackEventsResponse.FromString
        )
        _connect(self._channel)

    @property
    def channel(self) -> grpc.Channel:
        """For the stubs in `vitrine_client.v1`, with the API key. `close` closes it."""
        return grpc.intercept_channel(self._channel, _WithMetadata(self._metadata)) if self._metadata else self._channel

    # Deciding

    def decide(self, visitor: Visitor, placement: str, fallback: Sequence[str] = ()) -> Page:
        """Fills one placement for a visitor, or, when Vitrine gives no answer in time, with
        the fallback products. Never raises."""
        try:
            request = self._core.request_for(visitor, placement)
        except Exception as e:
            return self._core.fell_back(v1.DecideRequest(), {}, e)
        return self.decide_page(request, {placement_id(placement): fallback})

    def decide_page(self, request: v1.DecideRequest, fallbacks: Mapping[str, Sequence[str]] | None = None) -> Page:
        """Fills a whole page as the request says; the client's site stands in for an empty one.

        When Vitrine gives no answer in time, the page is made of the fallbacks, products by
        placement: cut to the count asked for, without what the request excludes and what
        stands on the page already. Never raises.
        """
        core = self._core
        try:
            admitted = core.admit(request)
            answer = self._decide(admitted, timeout=self._options.decide_timeout, metadata=self._metadata)
        except Exception as e:
            return core.fell_back(request, fallbacks or {}, e)
        return core.page(answer)

    # Tracking

    def track(self, event: v1.Event) -> None:
        """Takes an event and returns at once. It is delivered in the background, or handed to
        on_drop. An id and the time are assigned if missing. The event remains the caller's."""
        self._core.outbox.add(identified(event))
        if self._thread is None:
            self._run()

    def track_now(self, event: v1.Event, timeout: float | None = None) -> v1.EventStatus.ValueType:
        """Delivers one event and waits until it is durable, retrying under the same id for
        `timeout` seconds. Returns STORED, DUPLICATE or NO_CONSENT. Raises VitrineError; the
        event may have arrived then or not. Does not wait for events tracked before."""
        steps = self._core.now_steps(event, timeout)
        outcome: v1.TrackEventResponse | VitrineError | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                status: v1.EventStatus.ValueType = end.value
                return status
            outcome = None
            if isinstance(step, Attempt):
                try:
                    outcome = self._track_event(step.request, timeout=step.timeout, metadata=self._metadata)
                except Exception as e:
                    outcome = failure(e)
            elif step.until is not None:
                time.sleep(max(0.0, step.until - self._core.outbox.clock()))

    def flush(self, timeout: float | None = None) -> None:
        """Waits until every event tracked so far is delivered or dropped. Raises
        NotFlushedError when some are left after `timeout` seconds; they are tried on. Cuts a
        pause between two attempts short."""
        if left := self._drain(timeout):
            raise NotFlushedError(left, self._core.outbox.last_error)

    def _drain(self, timeout: float | None) -> int:
        outbox = self._core.outbox
        target = outbox.hurry()
        with outbox.changed:
            outbox.changed.wait_for(lambda: outbox.left(target) == 0, timeout)
            return outbox.left(target)

    def stats(self) -> Stats:
        """What became of events and pages so far."""
        return self._core.stats()

    def _run(self) -> None:
        with self._starting:
            if self._thread is None and not self._core.closed:
                thread = threading.Thread(target=self._deliver, name="vitrine-track", daemon=True)
                thread.start()
                self._thread = thread

    def _deliver(self) -> None:
        outbox = self._core.outbox
        steps = outbox.delivery()
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration:
                return
            outcome = self._send(step) if isinstance(step, Send) else None
            if isinstance(step, Wait):
                with outbox.changed:
                    while (due := outbox.due(step)) != 0:
                        outbox.changed.wait(due)

    def _send(self, step: Send) -> Outcome:
        try:
            body = track_events_body(self._options.site, step.events)
            return self._track_events(body, timeout=SEND_TIMEOUT, metadata=self._metadata).results
        except Exception as e:
            return failure(e)

    # The end

    def close(self, timeout: float | None = 10.0) -> None:
        """Delivers what is queued, for `timeout` seconds at most, and releases the client.
        What it could not deliver goes to on_drop and into the UndeliveredError that it
        raises. A second call does nothing."""
        core = self._core
        with self._starting:
            if core.closed:
                return
            core.closed = True
        core.outbox.close()
        self._drain(timeout)
        core.outbox.stop()
        self._channel.close()  # ends a call under way
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        error = core.outbox.last_error
        if undelivered := core.outbox.abandon():
            raise UndeliveredError(undelivered, error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.close()
        except UndeliveredError:
            if error is None:  # else what ended the block is what its caller is to see
                raise

    def _after_fork(self) -> None:
        # The inherited connection is the parent's: it is neither used nor closed here.
        self._inherited = self._channel, self._core
        closed = self._core.closed
        self._start()
        if closed:
            self._core.closed = True
            self._core.outbox.close()
            self._channel.close()


def _connect(channel: grpc.Channel) -> None:
    """So that the first page need not wait for the handshake."""
    # The public `subscribe` polls in a thread that dies with a traceback when the channel is
    # closed meanwhile. Where a later gRPC has this no more, the first call connects.
    with contextlib.suppress(AttributeError):
        channel._channel.check_connectivity_state(True)  # type: ignore[attr-defined]


class _WithMetadata(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    def __init__(self, metadata: tuple[tuple[str, str], ...]) -> None:
        self._metadata = metadata

    def _call(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(_Details(details, self._metadata), request)

    # The same for all four, whose types differ.
    intercept_unary_unary = intercept_unary_stream = _call  # type: ignore[assignment]
    intercept_stream_unary = intercept_stream_stream = _call  # type: ignore[assignment]


class _Details(grpc.ClientCallDetails):
    def __init__(self, of: Any, metadata: tuple[tuple[str, str], ...]) -> None:
        self.method, self.timeout, self.credentials = of.method, of.timeout, of.credentials
        self.wait_for_ready, self.compression = of.wait_for_ready, of.compression
        self.metadata = (*(of.metadata or ()), *metadata)


_clients: weakref.WeakSet[Client] = weakref.WeakSet()


def _after_fork() -> None:
    for client in list(_clients):
        client._after_fork()


def _at_exit() -> None:
    for client in list(_clients):
        try:
            client.close(_AT_EXIT)
        except UndeliveredError as e:
            if client._options.logger:
                client._options.logger.warning("vitrine: at exit: %s", e)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
