"""Events that wait to be delivered, and the order of what is done with them.

No thread, no clock of its own, no network: what delivers asks `Outbox.delivery` for the
next step and tells it what came of it. Client does so in a thread, AsyncClient in a task.
"""

from __future__ import annotations

import enum
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from . import v1
from .errors import VitrineError

#: Half of what the contract allows in a request; larger ones gain little and are
#: acknowledged later.
BATCH_EVENTS = 500
#: Keeps a request well below the 4 MiB that a gRPC server takes by default.
BATCH_BYTES = 1 << 20
#: Above what the contract's own limits add up to for one event; one event too large
#: would keep a whole batch from passing.
MAX_EVENT_BYTES = 256 << 10
#: Seconds between two attempts. The longest is also how late a server that came back is
#: noticed.
MIN_PAUSE, MAX_PAUSE = 0.1, 5.0
#: Seconds; half of the server's dedupe window of 24 hours: an event that is sent again
#: after longer than the window could count twice.
MAX_AGE = 12 * 3600.0


class DropReason(str, enum.Enum):
    """Why an event will not be delivered."""

    #: As many events or bytes as the options allow were waiting.
    QUEUE_FULL = "QUEUE_FULL"
    #: It breaks a rule of the contract; Drop.error has the violations.
    INVALID = "INVALID"
    #: The server refused the request as a whole, for a reason that time does not mend.
    REFUSED = "REFUSED"
    #: It could not be delivered for so long that it might count twice.
    EXPIRED = "EXPIRED"
    #: The client was closed before.
    CLOSED = "CLOSED"


@dataclass(frozen=True)
class Drop:
    """An event that will not be delivered."""

    #: With its id. One that was under way may have arrived all the same; sending it again
    #: under this id is safe for 24 hours.
    event: v1.Event
    reason: DropReason
    error: VitrineError | None = None


@dataclass(frozen=True)
class Stats:
    """What became of events and pages so far.

    Each tracked event is still queued, or counted once among stored, duplicates,
    no_consent and dropped.
    """

    tracked: int = 0
    queued: int = 0
    queued_bytes: int = 0
    stored: int = 0
    duplicates: int = 0
    no_consent: int = 0
    dropped: dict[DropReason, int] = field(default_factory=dict)
    retries: int = 0
    pages: int = 0
    fallbacks: int = 0


@dataclass(frozen=True)
class Send:
    """Step: send these encoded events as one batch; the outcome is what came of it."""

    events: Sequence[bytes]


@dataclass(frozen=True)
class Wait:
    """Step: wait until there is something to do (None), or until that time of the clock.
    A flush cuts it short, but not before `advised`, which is the server's wish."""

    until: float | None = None
    advised: float = 0.0


#: What came of a Send, and nothing of a Wait.
Outcome = Sequence[v1.EventResult] | VitrineError | None


def pause(attempt: int, draw: Callable[[], float]) -> float:
    """Grows from MIN_PAUSE to MAX_PAUSE, its upper half at random, so that many clients
    do not come back in step. `draw` gives numbers from 0 to 1."""
    longest = min(MIN_PAUSE * (1 << min(attempt, 10)), MAX_PAUSE)
    return longest / 2 + draw() * longest / 2


@dataclass(frozen=True)
class _Waiting:
    encoded: bytes  # the bound on bytes is then exact, and the caller's changes change nothing
    since: float

    @property
    def event(self) -> v1.Event:
        return v1.Event.FromString(self.encoded)


class Outbox:
    """A bounded queue, delivered from its head. An event leaves it when it is settled:
    delivered or dropped. Safe for use by several threads."""

    def __init__(
        self,
        max_events: int,
        max_bytes: int,
        on_drop: Callable[[Drop], None] | None = None,
        logger: logging.Logger | None = None,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[], float] = random.random,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._max_events, self._max_bytes = max_events, max_bytes
        self._on_drop, self._logger = on_drop, logger
        self.clock, self._draw, self._on_change = clock, draw, on_change
        #: Notified when there is something to do, and when events were settled.
        self.changed = threading.Condition()
        self._queue: deque[_Waiting] = deque()
        self._bytes = 0
        self._accepted = 0  # events ever queued
        self._settled = 0  # events that left the queue again
        self._hurry = False
        self._closed = False
        self._stopped = False
        self.last_error: VitrineError | None = None  # of the attempt before
        self._counts = {"tracked": 0, "stored": 0, "duplicates": 0, "no_consent": 0, "retries": 0}
        self._dropped: dict[DropReason, int] = {}

    # In

    def add(self, event: v1.Event) -> None:
        """Queues an event that has an id, or drops it."""
        try:
            encoded = event.SerializeToString()
        except Exception as e:  # what can't be encoded would keep a whole batch from being sent
            self._refuse(event, DropReason.INVALID, VitrineError("INVALID_ARGUMENT", str(e)))
            return
        if too_large := size_error(encoded):
            self._refuse(event, DropReason.INVALID, too_large)
            return
        with self.changed:
            if self._closed:
                reason = DropReason.CLOSED
            elif len(self._queue) >= self._max_events or self._bytes + len(encoded) > self._max_bytes:
                reason = DropReason.QUEUE_FULL
            else:
                first = not self._queue
                self._queue.append(_Waiting(encoded, self.clock()))
                self._bytes += len(encoded)
                self._accepted += 1
                self._counts["tracked"] += 1
                if not first:
                    return
                self.changed.notify_all()
                reason = None
        if reason is None:
            self._on_change()
        else:
            self._refuse(event, reason, VitrineError("CLOSED") if reason is DropReason.CLOSED else None)

    def _refuse(self, event: v1.Event, reason: DropReason, error: VitrineError | None) -> None:
        with self.changed:
            self._counts["tracked"] += 1
            self._dropped[reason] = self._dropped.get(reason, 0) + 1
        self._report([Drop(event, reason, error)])

    def _report(self, drops: Sequence[Drop]) -> None:
        """Must be called without the lock: on_drop may track."""
        if self._on_drop is None:
            return
        for drop in drops:
            try:
                self._on_drop(drop)
            except Exception:
                if self._logger:
                    self._logger.exception("vitrine: on_drop failed")

    # Out

    def delivery(self) -> Generator[Send | Wait, Outcome, None]:
        """The steps that deliver, until `stop`."""
        failures = 0
        while not self._stopped:
            batch = self._head()
            if not batch:
                yield Wait()
                continue
            if self._expire(batch):
                continue
            outcome = yield Send([w.encoded for w in batch])
            if outcome is not None and not isinstance(outcome, VitrineError) and len(outcome) != len(batch):
                outcome = VitrineError("INTERNAL", f"{len(outcome)} results for {len(batch)} events")
            if isinstance(outcome, VitrineError) and not outcome.refused:
                self._note(outcome)
                now = self.clock()
                yield Wait(
                    until=now + max(pause(failures, self._draw), outcome.retry_after),
                    advised=now + outcome.retry_after,
                )
                failures += 1
                continue
            if isinstance(outcome, VitrineError):
                self._drop_head(batch, DropReason.REFUSED, outcome)
            else:
                self._settle_results(batch, outcome or ())
            self._note(None)
            failures = 0

    def due(self, wait: Wait) -> float | None:
        """Seconds that a wait still takes, 0 when it is over, None when nobody knows. To be
        called with `changed` held."""
        if self._stopped:
            return 0
        if wait.until is None:
            return 0 if self._queue else None
        until = wait.until
        if self._hurry:
            until = min(until, wait.advised)
        left = until - self.clock()
        if left > 0:
            return left
        self._hurry = False
        return 0

    def _head(self) -> list[_Waiting]:
        """The next batch, which stays in the queue until it is settled."""
        batch: list[_Waiting] = []
        size = 0
        with self.changed:
            for w in islice(self._queue, BATCH_EVENTS):
                size += len(w.encoded)
                if batch and size > BATCH_BYTES:
                    break
                batch.append(w)
        return batch

    def _expire(self, batch: list[_Waiting]) -> bool:
        oldest = self.clock() - MAX_AGE
        expired = [w for w in batch if w.since < oldest]  # a queue's oldest are its first
        if expired:
            self._drop_head(expired, DropReason.EXPIRED, self.last_error)
        return bool(expired)

    def _drop_head(self, batch: list[_Waiting], reason: DropReason, error: VitrineError | None) -> None:
        self._settle(len(batch), {}, [Drop(w.event, reason, error) for w in batch])

    def _settle_results(self, batch: list[_Waiting], results: Sequence[v1.EventResult]) -> None:
        names = {
            v1.EVENT_STATUS_STORED: "stored",
            v1.EVENT_STATUS_DUPLICATE: "duplicates",
            v1.EVENT_STATUS_NO_CONSENT: "no_consent",
        }
        counts: dict[str, int] = {}
        drops = []
        for w, result in zip(batch, results, strict=True):
            if name := names.get(result.status):
                counts[name] = counts.get(name, 0) + 1
            elif result.status == v1.EVENT_STATUS_INVALID:
                said = "; ".join(f"{v.field}: {v.description}" for v in result.violations)
                error = VitrineError("INVALID_ARGUMENT", said, result.violations)
                drops.append(Drop(w.event, DropReason.INVALID, error))
            else:
                drops.append(
                    Drop(w.event, DropReason.REFUSED, VitrineError("INTERNAL", f"answered with {result.status}"))
                )
        self._settle(len(batch), counts, drops)

    def _settle(self, n: int, counts: dict[str, int], drops: Sequence[Drop]) -> None:
        """Takes n events off the head."""
        with self.changed:
            for name, count in counts.items():
                self._counts[name] += count
            for drop in drops:
                self._dropped[drop.reason] = self._dropped.get(drop.reason, 0) + 1
            for _ in range(n):
                self._bytes -= len(self._queue.popleft().encoded)
        # Only after on_drop has had them do flush and close count them as settled.
        self._report(drops)
        with self.changed:
            self._settled += n
            self.changed.notify_all()
        self._on_change()

    def _note(self, error: VitrineError | None) -> None:
        """Logs the turns for worse and better."""
        with self.changed:
            before, queued = self.last_error, len(self._queue)
            self.last_error = error
            if error:
                self._counts["retries"] += 1
        if self._logger is None:
            return
        if error and not before:
            self._logger.warning("vitrine: events can't be delivered, will retry: %d queued: %s", queued, error)
        elif before and not error:
            self._logger.info("vitrine: events are delivered again: %d queued", queued)

    # The end

    def hurry(self) -> int:
        """Cuts a pause short; the number is for `left`."""
        with self.changed:
            self._hurry = self._accepted > self._settled
            self.changed.notify_all()
            target = self._accepted
        self._on_change()
        return target

    def left(self, target: int) -> int:
        """How many of the events that `hurry` was called for are not settled yet."""
        return max(0, target - self._settled)

    def close(self) -> None:
        """Takes no more events."""
        with self.changed:
            self._closed = True

    def stop(self) -> None:
        """Ends the delivery at its next step."""
        with self.changed:
            self._stopped = True
            self.changed.notify_all()
        self._on_change()

    def abandon(self) -> list[v1.Event]:
        """Drops what is left, after the delivery has ended."""
        left: list[v1.Event] = []
        error = self.last_error
        while batch := self._head():
            left += [w.event for w in batch]
            self._drop_head(batch, DropReason.CLOSED, error)
        return left

    def stats(self, pages: int = 0, fallbacks: int = 0) -> Stats:
        """The counters as of now."""
        with self.changed:
            return Stats(
                queued=len(self._queue),
                queued_bytes=self._bytes,
                dropped=dict(self._dropped),
                pages=pages,
                fallbacks=fallbacks,
                **self._counts,
            )


def size_error(encoded: bytes) -> VitrineError | None:
    """What is wrong with an event larger than any within the contract."""
    if len(encoded) <= MAX_EVENT_BYTES:
        return None
    return VitrineError("INVALID_ARGUMENT", f"the event has {len(encoded)} bytes, more than {MAX_EVENT_BYTES}")
