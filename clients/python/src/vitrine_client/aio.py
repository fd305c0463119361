"""The client for asyncio."""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio

from . import v1
from .core import Attempt, Core, Options
from .errors import NotFlushedError, UndeliveredError, VitrineError
from .events import Visitor, identified
from .outbox import Drop, Outcome, Send, Stats, Wait
from .page import Page, placement_id
from .transport import CHANNEL_OPTIONS, SEND_TIMEOUT, TLS, TRACK_EVENTS, authorization, failure, track_events_body

if TYPE_CHECKING:
    from typing_extensions import Self


class AsyncClient:
    """Talks to one Vitrine about one site, from the tasks of one event loop, in which it
    must be made; `track` may be called from other threads, too.

    It is what Client is, but for waiting: its options are the same. Nobody can await at
    the end of a process: `close` it, or use it as `async with`. After a fork the child
    needs one of its own.
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
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
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
        self._target = target
        self._waiters: set[asyncio.Future[None]] = set()
        self._core = Core(self._options, self._notify)
        self._channel = self._dial()
        self._keyed: grpc.aio.Channel | None = None
        self._decide = v1.DecisionServiceStub(self._channel).Decide
        self._track_event = v1.EventServiceStub(self._channel).TrackEvent
        self._track_events: Callable[..., Any] = self._channel.unary_unary(
            TRACK_EVENTS, response_deserializer=v1.TrackEventsResponse.FromString
        )
        self._channel.get_state(try_to_connect=True)
        self._task = self._loop.create_task(self._deliver(), name="vitrine-track")

    def _dial(self, interceptors: Sequence[grpc.aio.ClientInterceptor] = ()) -> grpc.aio.Channel:
        if self._options.insecure:
            return grpc.aio.insecure_channel(self._target, CHANNEL_OPTIONS, interceptors=interceptors)
        credentials = (self._options.tls or TLS()).credentials()
        return grpc.aio.secure_channel(self._target, credentials, CHANNEL_OPTIONS, interceptors=interceptors)

    @property
    def channel(self) -> grpc.aio.Channel:
        """For the stubs in `vitrine_client.v1`, with the API key. `close` closes it."""
        if not self._metadata:
            return self._channel
        if self._keyed is None:
            self._keyed = self._dial([kind(self._metadata) for kind in _INTERCEPTORS])
        return self._keyed

    # Deciding

    async def decide(self, visitor: Visitor, placement: str, fallback: Sequence[str] = ()) -> Page:
        """See Client.decide. Raises nothing but CancelledError."""
        try:
            request = self._core.request_for(visitor, placement)
        except Exception as e:
            return self._core.fell_back(v1.DecideRequest(), {}, e)
        return await self.decide_page(request, {placement_id(placement): fallback})

    async def decide_page(
        self, request: v1.DecideRequest, fallbacks: Mapping[str, Sequence[str]] | None = None
    ) -> Page:
        """See Client.decide_page. Raises nothing but CancelledError."""
        core = self._core
        try:
            admitted = core.admit(request)
            answer = await self._decide(admitted, timeout=self._options.decide_timeout, metadata=self._metadata)
        except Exception as e:
            return core.fell_back(request, fallbacks or {}, e)
        return core.page(answer)

    # Tracking

    def track(self, event: v1.Event) -> None:
        """See Client.track: it returns at once, and there is nothing to await."""
        self._core.outbox.add(identified(event))

    async def track_now(self, event: v1.Event, timeout: float | None = None) -> v1.EventStatus.ValueType:
        """See Client.track_now."""
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
                    outcome = await self._track_event(step.request, timeout=step.timeout, metadata=self._metadata)
                except Exception as e:
                    outcome = failure(e)
            elif step.until is not None:
                await asyncio.sleep(max(0.0, step.until - self._core.outbox.clock()))

    async def flush(self, timeout: float | None = None) -> None:
        """See Client.flush."""
        if left := await self._drain(timeout):
            raise NotFlushedError(left, self._core.outbox.last_error)

    async def _drain(self, timeout: float | None) -> int:
        outbox = self._core.outbox
        target = outbox.hurry()
        end = None if timeout is None else outbox.clock() + timeout
        while outbox.left(target):
            left = None if end is None else end - outbox.clock()
            if left is not None and left <= 0:
                break
            await self._changed(left)
        return outbox.left(target)

    def stats(self) -> Stats:
        """What became of events and pages so far."""
        return self._core.stats()

    def _notify(self) -> None:
        if threading.get_ident() == self._loop_thread:
            self._wake()
        else:
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def _changed(self, timeout: float | None) -> None:
        """Waits until the outbox has changed. Nothing may be awaited between looking at the
        outbox and this."""
        waiter = self._loop.create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait([waiter], timeout=timeout)
        finally:
            self._waiters.discard(waiter)

    async def _deliver(self) -> None:
        outbox = self._core.outbox
        steps = outbox.delivery()
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration:
                return
            outcome = await self._send(step) if isinstance(step, Send) else None
            while isinstance(step, Wait):
                with outbox.changed:
                    due = outbox.due(step)
                if due == 0:
                    break
                await self._changed(due)

    async def _send(self, step: Send) -> Outcome:
        try:
            body = track_events_body(self._options.site, step.events)
            answer: v1.TrackEventsResponse = await self._track_events(
                body, timeout=SEND_TIMEOUT, metadata=self._metadata
            )
            return answer.results
        except Exception as e:
            return failure(e)

    # The end

    async def close(self, timeout: float | None = 10.0) -> None:
        """See Client.close."""
        core = self._core
        if core.closed:
            return
        core.closed = True
        core.outbox.close()
        try:
            await self._drain(timeout)
        finally:
            core.outbox.stop()
            self._task.cancel()
            await asyncio.wait([self._task])
            await self._channel.close()
            if self._keyed is not None:
                await self._keyed.close()
            error = core.outbox.last_error
            undelivered = core.outbox.abandon()
        if undelivered:
            raise UndeliveredError(undelivered, error)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self.close()
        except UndeliveredError:
            if error is None:  # else what ended the block is what its caller is to see
                raise

    def __del__(self) -> None:
        core = getattr(self, "_core", None)
        if core is not None and not core.closed:
            warnings.warn("AsyncClient was not closed", ResourceWarning, source=self, stacklevel=2)


class _WithMetadata:
    def __init__(self, metadata: tuple[tuple[str, str], ...]) -> None:
        self._metadata = metadata

    async def _call(self, continuation: Any, details: Any, request: Any) -> Any:
        metadata = grpc.aio.Metadata(*(details.metadata or ()), *self._metadata)
        return await continuation(details._replace(metadata=metadata), request)


# gRPC files an interceptor under one kind of call, even where it is all four; the types of
# the four differ.
class _UnaryUnary(_WithMetadata, grpc.aio.UnaryUnaryClientInterceptor):
    intercept_unary_unary = _WithMetadata._call  # type: ignore[assignment]


class _UnaryStream(_WithMetadata, grpc.aio.UnaryStreamClientInterceptor):
    intercept_unary_stream = _WithMetadata._call  # type: ignore[assignment]


class _StreamUnary(_WithMetadata, grpc.aio.StreamUnaryClientInterceptor):
    intercept_stream_unary = _WithMetadata._call  # type: ignore[assignment]


class _StreamStream(_WithMetadata, grpc.aio.StreamStreamClientInterceptor):
    intercept_stream_stream = _WithMetadata._call  # type: ignore[assignment]


_INTERCEPTORS = (_UnaryUnary, _UnaryStream, _StreamUnary, _StreamStream)
