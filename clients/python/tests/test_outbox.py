"""The rules of delivery, step by step, on a clock that the tests turn."""

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine_client import Drop, DropReason, VitrineError, v1
from vitrine_client.outbox import MAX_AGE, Outbox, Send, Stats, Wait, pause

UNAVAILABLE = VitrineError("UNAVAILABLE", "gone")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """An outbox, what it dropped, and the steps of its delivery."""

    def __init__(self, max_events: int = 10_000, max_bytes: int = 8 << 20, logger: logging.Logger | None = None):
        self.clock, self.drops = Clock(), []
        self.outbox = Outbox(max_events, max_bytes, self.drops.append, logger, self.clock, draw=lambda: 0.5)
        self.steps = self.outbox.delivery()

    def add(self, *ids: str, **fields: object) -> None:
        for id in ids:
            self.outbox.add(v1.Event(id=id, type=v1.EVENT_TYPE_HOME_VIEWED, **fields))

    def step(self, outcome: object = None) -> Send | Wait:
        return self.steps.send(outcome)


def ids(step: Send | Wait) -> list[str]:
    assert isinstance(step, Send)
    return [v1.Event.FromString(e).id for e in step.events]


def results(*statuses: int) -> list[v1.EventResult]:
    return [v1.EventResult(index=i, status=s) for i, s in enumerate(statuses)]


STORED = v1.EVENT_STATUS_STORED


def test_what_gathers_while_a_batch_is_under_way_makes_the_next():
    b = Bench()
    assert b.step() == Wait()
    b.add("a")
    assert ids(b.step()) == ["a"]
    b.add("b", "c")
    assert ids(b.step(results(STORED))) == ["b", "c"]
    assert b.step(results(STORED, STORED)) == Wait()
    assert b.outbox.stats() == Stats(tracked=3, stored=3)


def test_a_batch_has_500_events_at_most():
    b = Bench()
    b.add(*(f"e{i}" for i in range(501)))
    assert len(ids(b.step())) == 500
    assert ids(b.step(results(*[STORED] * 500))) == ["e500"]


def test_a_batch_has_a_mebibyte_at_most():
    b = Bench()
    for i in range(6):
        b.add(f"e{i}", search_query="x" * 200_000)
    assert ids(b.step()) == ["e0", "e1", "e2", "e3", "e4"]  # of 0.2 MB each


def test_a_failure_that_may_pass_is_tried_again_after_a_pause_that_doubles():
    b = Bench()
    b.add("a")
    pauses = []
    assert ids(b.step()) == ["a"]
    for _ in range(8):
        wait = b.step(UNAVAILABLE)
        assert isinstance(wait, Wait)
        pauses.append(round(wait.until - b.clock.now, 4))
        assert ids(b.step()) == ["a"]
    # Three quarters, as chance says 0.5, of 0.1, 0.2, 0.4 ... 5 seconds.
    assert pauses == [0.075, 0.15, 0.3, 0.6, 1.2, 2.4, 3.75, 3.75]
    assert b.step(results(STORED)) == Wait()
    assert b.outbox.stats() == Stats(tracked=1, stored=1, retries=8)


def test_pauses_have_their_upper_half_at_random():
    assert [pause(0, lambda: 0.0), pause(0, lambda: 1.0)] == [0.05, 0.1]
    assert [pause(1000, lambda: 0.0), pause(1000, lambda: 1.0)] == [2.5, 5.0]


def test_advice_of_the_server_is_kept():
    b = Bench()
    b.add("a")
    b.step()
    wait = b.step(VitrineError("RESOURCE_EXHAUSTED", retry_after=2.0))
    assert wait == Wait(until=b.clock.now + 2, advised=b.clock.now + 2)
    b.outbox.hurry()
    with b.outbox.changed:
        assert b.outbox.due(wait) == 2.0  # a flush does not cut it short
        b.clock.now += 2
        assert b.outbox.due(wait) == 0


def test_a_flush_cuts_a_pause_short():
    b = Bench()
    b.add("a")
    b.step()
    wait = b.step(UNAVAILABLE)
    with b.outbox.changed:
        assert b.outbox.due(wait) == pytest.approx(0.075)
        b.outbox.hurry()
        assert b.outbox.due(wait) == 0


@pytest.mark.parametrize(
    "code", ["INVALID_ARGUMENT", "NOT_FOUND", "UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED"]
)
def test_a_refusal_drops_the_batch(code: str):
    b = Bench()
    b.add("a", "b")
    b.step()
    assert b.step(VitrineError(code)) == Wait()
    assert [(d.event.id, d.reason, d.error.code) for d in b.drops] == [
        ("a", DropReason.REFUSED, code),
        ("b", DropReason.REFUSED, code),
    ]


def test_an_invalid_event_is_dropped_alone_with_its_violations():
    b = Bench()
    b.add("a", "b", "c", "d")
    b.step()
    answers = results(STORED, v1.EVENT_STATUS_INVALID, v1.EVENT_STATUS_DUPLICATE, v1.EVENT_STATUS_NO_CONSENT)
    answers[1].violations.add(field="visitor", description="is needed")
    b.step(answers)
    [drop] = b.drops
    assert (drop.event.id, drop.reason, str(drop.error)) == (
        "b",
        DropReason.INVALID,
        "INVALID_ARGUMENT: visitor: is needed",
    )
    assert drop.error.violations[0].field == "visitor"
    assert b.outbox.stats() == Stats(tracked=4, stored=1, duplicates=1, no_consent=1, dropped={DropReason.INVALID: 1})


def test_answers_that_make_no_sense():
    b = Bench()
    b.add("a")
    b.step()
    wait = b.step([])  # no result for one event: taken for a failure
    assert isinstance(wait, Wait)
    assert wait.until
    b.step()
    b.step(results(v1.EVENT_STATUS_UNSPECIFIED))  # not counted as stored
    assert [d.reason for d in b.drops] == [DropReason.REFUSED]


def test_a_full_queue_drops_the_newest():
    b = Bench(max_events=2)
    b.add("a", "b", "c")
    assert [(d.event.id, d.reason) for d in b.drops] == [("c", DropReason.QUEUE_FULL)]
    assert b.outbox.stats() == Stats(tracked=3, queued=2, queued_bytes=10, dropped={DropReason.QUEUE_FULL: 1})


def test_a_queue_full_of_bytes_drops_the_newest():
    b = Bench(max_bytes=10)  # an event with an id of one letter and a type has 5
    b.add("a", "b", "c")
    assert [(d.event.id, d.reason) for d in b.drops] == [("c", DropReason.QUEUE_FULL)]


def test_an_event_too_large_is_invalid():
    b = Bench()
    b.add("a", search_query="x" * (256 << 10))
    assert [(d.event.id, d.reason) for d in b.drops] == [("a", DropReason.INVALID)]


def test_what_could_count_twice_expires():
    b = Bench()
    b.add("old")
    b.step()
    b.step(UNAVAILABLE)
    b.clock.now += MAX_AGE - 60
    b.add("young")
    b.clock.now += 120
    assert ids(b.step()) == ["young"]
    [drop] = b.drops
    assert (drop.event.id, drop.reason, drop.error) == ("old", DropReason.EXPIRED, UNAVAILABLE)


def test_after_close_events_are_dropped_and_what_is_left_is_told():
    b = Bench()
    b.add("a")
    b.step()
    b.step(UNAVAILABLE)
    b.outbox.close()
    b.add("late")
    b.outbox.stop()
    with pytest.raises(StopIteration):
        b.step()
    assert [e.id for e in b.outbox.abandon()] == ["a"]
    assert [(d.event.id, d.reason) for d in b.drops] == [("late", DropReason.CLOSED), ("a", DropReason.CLOSED)]
    assert b.outbox.stats().queued == 0


def test_on_drop_may_fail_and_may_track():
    def on_drop(drop: Drop) -> None:
        if drop.event.id == "c":
            outbox.add(v1.Event(id="from on_drop"))
            raise ValueError("on_drop is broken")

    outbox = Outbox(2, 100, on_drop)
    for id in ("a", "b", "c"):
        outbox.add(v1.Event(id=id))
    assert outbox.stats().dropped == {DropReason.QUEUE_FULL: 2}


def test_the_log_has_the_turns_and_nothing_about_visitors(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "shop")
    b = Bench(logger=logging.getLogger("shop"))
    b.add("a", visitor=v1.VisitorKey(device_id="cookie-1"))
    b.step()
    for _ in range(3):
        b.step(UNAVAILABLE)
        b.step()
    b.step(results(STORED))
    assert caplog.messages == [
        "vitrine: events can't be delivered, will retry: 1 queued: UNAVAILABLE: gone",
        "vitrine: events are delivered again: 0 queued",
    ]


outcomes = st.sampled_from(["stored", "invalid", "unavailable", "lost", "refused", "garbled"])


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(1, 30), outcomes), max_size=60), st.integers(5, 50))
def test_every_event_is_accounted_for(script: list[int | str], room: int):
    """However the server behaves, every event is settled once, and the counters say so."""
    b = Bench(max_events=room)
    stored: set[str] = set()
    tracked = 0
    step = b.step()

    def deliver(how: str) -> Send | Wait:
        if isinstance(step, Wait):
            b.clock.now += 10
            return b.step()
        if how in ("stored", "lost", "invalid"):
            answers = []
            for i, id in enumerate(ids(step)):
                bad = how == "invalid" and i % 2 == 0 and id not in stored
                kind = v1.EVENT_STATUS_INVALID if bad else v1.EVENT_STATUS_DUPLICATE if id in stored else STORED
                answers += results(kind)
                if not bad:
                    stored.add(id)
            return b.step(answers if how != "lost" else UNAVAILABLE)
        return b.step({"unavailable": UNAVAILABLE, "refused": VitrineError("NOT_FOUND"), "garbled": []}[how])

    for action in script:
        if isinstance(action, int):
            b.add(*(f"e{tracked + i}" for i in range(action)))
            tracked += action
        else:
            step = deliver(action)
    while b.outbox.stats().queued:
        step = deliver("stored")

    s = b.outbox.stats()
    assert s.tracked == tracked
    assert s.stored + s.duplicates + sum(s.dropped.values()) == tracked
    dropped = [d.event.id for d in b.drops]
    assert len(set(dropped)) == len(dropped)
    assert set(dropped) | stored == {f"e{i}" for i in range(tracked)}
    assert all(d.reason is DropReason.REFUSED for d in b.drops if d.event.id in stored)  # its answer was lost
