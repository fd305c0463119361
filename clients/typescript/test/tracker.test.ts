import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { UndeliveredError, VitrineError } from "../src/errors.js";
import type { Drop } from "../src/index.js";
import { pause } from "../src/retry.js";
import { Tracker, type TrackerNeeds } from "../src/tracker.js";
import { type EventResult, EventResultSchema, EventSchema, EventStatus } from "../src/v1.js";
import { HandClock, settled } from "./clock.js";

/** A server of one's own making: each attempt is answered by hand. */
class Answers {
  /** The ids of each attempt. */
  readonly attempts: string[][] = [];
  /** Of the attempt under way. */
  answer: (status?: EventStatus) => Promise<void> = settled;
  fail: (error?: VitrineError) => Promise<void> = settled;

  readonly send: TrackerNeeds["send"] = (events, signal) => {
    const ids = events.map((event) => fromBinary(EventSchema, event).id);
    this.attempts.push(ids);
    return new Promise<EventResult[]>((resolve, reject) => {
      this.answer = (status = EventStatus.STORED) => {
        resolve(ids.map(() => create(EventResultSchema, { status })));
        return settled();
      };
      this.fail = (error = new VitrineError("UNAVAILABLE", "gone")) => {
        reject(error);
        return settled();
      };
      signal.addEventListener("abort", () => reject(new VitrineError("CANCELLED", "stopped")));
    });
  };
}

function setUp(limits = { events: 1000, bytes: 1 << 20 }) {
  const clock = new HandClock();
  const server = new Answers();
  const drops: string[] = [];
  const log: string[] = [];
  const tracker: Tracker = new Tracker({
    send: server.send,
    limits,
    onDrop: ({ event, reason }: Drop) => drops.push(`${event.id} ${reason}`),
    logger: { info: (line) => log.push(`info ${line}`), warn: (line) => log.push(`warn ${line}`) },
    clock,
    random: () => 1, // so that pauses are as long as they get
  });
  const add = (...ids: string[]) => ids.map((id) => tracker.add(encoded(id)));
  return { clock, server, drops, log, tracker, add };
}

function encoded(id: string, size = 0): Uint8Array {
  return toBinary(EventSchema, create(EventSchema, { id, searchQuery: "x".repeat(size) }));
}

test("what gathers while a batch is under way makes the next, in order", async () => {
  const { server, tracker, add } = setUp();
  add("1", "2");
  await settled();
  add("3");
  add("4");
  await server.answer();
  await server.answer();
  assert.deepEqual(server.attempts, [
    ["1", "2"],
    ["3", "4"],
  ]);
  assert.equal(tracker.stats().stored, 4);
  assert.equal(tracker.stats().queued, 0);
  assert.equal(tracker.stats().queuedBytes, 0);
});

test("a batch has at most 500 events and 1 MiB", async () => {
  const { server, tracker, add } = setUp({ events: 1000, bytes: 8 << 20 });
  add(...Array.from({ length: 501 }, (_, i) => String(i)));
  for (const id of ["a", "b", "c", "d", "e"]) tracker.add(encoded(id, 255 << 10)); // of which four fit
  await settled();
  await server.answer();
  await server.answer();
  await server.answer();
  assert.deepEqual(
    server.attempts.map((ids) => ids.length),
    [500, 5, 1],
  );
});

test("a failure is tried again with the same events, after 100 ms, doubling up to 5 s", async () => {
  const { server, tracker, clock, add } = setUp();
  add("1");
  await settled();
  const pauses: number[] = [];
  for (let i = 0; i < 8; i++) {
    await server.fail();
    pauses.push(clock.waiting[0]!);
    await clock.advance(clock.waiting[0]!);
  }
  assert.deepEqual(pauses, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  assert.equal(tracker.stats().retries, 8);
  await server.answer(EventStatus.DUPLICATE);
  assert.deepEqual(server.attempts, Array(9).fill(["1"]));
  assert.equal(tracker.stats().duplicates, 1);

  add("2");
  await settled();
  await server.fail();
  assert.deepEqual(clock.waiting, [100], "after a success it begins anew");
});

test("the upper half of a pause is random", () => {
  assert.equal(
    pause(0, () => 0),
    50,
  );
  assert.equal(
    pause(0, () => 1),
    100,
  );
  assert.equal(
    pause(100, () => 0),
    2500,
  );
  assert.equal(
    pause(100, () => 1),
    5000,
  );
});

test("advice of the server is waited out, whatever is flushed meanwhile", async () => {
  const { server, tracker, clock, add } = setUp();
  add("1");
  await settled();
  await server.fail(new VitrineError("RESOURCE_EXHAUSTED", "later", { retryAfterMs: 3000 }));
  const flushed = tracker.flush(60_000);
  await clock.advance(2999);
  assert.equal(server.attempts.length, 1);
  await clock.advance(1);
  assert.equal(server.attempts.length, 2);
  await server.answer();
  await flushed;
});

test("a flush cuts a pause short", async () => {
  const { server, tracker, add } = setUp();
  add("1");
  await settled();
  await server.fail();
  const flushed = tracker.flush(60_000);
  await settled();
  assert.equal(server.attempts.length, 2);
  await server.answer();
  await flushed;
});

test("a flush waits for what was tracked before, not for what comes after", async () => {
  const { server, tracker, add } = setUp();
  add("1");
  await settled();
  const flushed = tracker.flush(60_000);
  add("2");
  await server.answer();
  await flushed;
  assert.equal(tracker.stats().queued, 1);
});

test("a flush that is late says how many are left and why", async () => {
  const { server, tracker, clock, add } = setUp();
  add("1", "2");
  await settled();
  const late = assert.rejects(tracker.flush(1000), (error: UndeliveredError) => {
    assert.equal(error.left, 2);
    assert.match(error.message, /flush: 2 events left after 1000 ms: vitrine: gone/);
    return true;
  });
  await server.fail();
  await clock.advance(1000);
  await late;
});

test("a refusal drops the batch, and the next goes on", async () => {
  const { server, tracker, drops, add } = setUp();
  add("1", "2");
  await settled();
  add("3");
  await server.fail(new VitrineError("NOT_FOUND", "no such site"));
  await server.answer();
  assert.deepEqual(drops, ["1 REFUSED", "2 REFUSED"]);
  assert.deepEqual(tracker.stats().dropped, { REFUSED: 2 });
  assert.equal(tracker.stats().retries, 0);
  assert.equal(tracker.stats().stored, 1);
});

test("each event counts once, as what became of it", async () => {
  const { tracker, add, server, drops } = setUp();
  for (const status of [
    EventStatus.STORED,
    EventStatus.NO_CONSENT,
    EventStatus.INVALID,
    EventStatus.DUPLICATE,
  ]) {
    add(EventStatus[status]!);
    await settled();
    await server.answer(status);
  }
  const { tracked, stored, noConsent, duplicates, dropped } = tracker.stats();
  assert.deepEqual(
    { tracked, stored, noConsent, duplicates, dropped },
    { tracked: 4, stored: 1, noConsent: 1, duplicates: 1, dropped: { INVALID: 1 } },
  );
  assert.deepEqual(drops, ["INVALID INVALID"]);
});

test("a full queue drops the newest, by number", () => {
  const { add } = setUp({ events: 2, bytes: 1000 });
  assert.deepEqual(add("1", "2", "3"), [undefined, undefined, "QUEUE_FULL"]);
});

test("a full queue drops the newest, by bytes", () => {
  const { tracker } = setUp({ events: 100, bytes: 150 });
  assert.equal(tracker.add(encoded("1", 60)), undefined);
  assert.equal(tracker.add(encoded("2", 60)), undefined);
  assert.equal(tracker.add(encoded("3", 60)), "QUEUE_FULL");
});

test("what can't be delivered within 12 hours expires, and what is younger is not", async () => {
  const { server, tracker, clock, drops, add } = setUp();
  add("old");
  await settled();
  await server.fail(new VitrineError("UNAVAILABLE", "down", { retryAfterMs: 12 * 60 * 60 * 1000 + 1 }));
  await clock.advance(1000);
  add("young");
  await clock.advance(12 * 60 * 60 * 1000 - 999);
  await server.answer();
  assert.deepEqual(server.attempts, [["old"], ["young"]]);
  assert.deepEqual(drops, ["old EXPIRED"]);
  assert.deepEqual(tracker.stats().dropped, { EXPIRED: 1 });
  assert.equal(tracker.stats().stored, 1);
});

test("close delivers, and takes nothing after", async () => {
  const { server, tracker, add } = setUp();
  add("1");
  await settled();
  const closed = tracker.close(1000);
  assert.deepEqual(add("2"), ["CLOSED"]);
  await server.answer();
  await closed;
  assert.equal(tracker.stats().stored, 1);
});

test("close gives back what it could not deliver, oldest first, and leaves nothing waiting", async () => {
  const { server, tracker, clock, drops, add } = setUp();
  add("1", "2");
  await settled();
  await server.fail();
  add("3");
  const closed = assert.rejects(tracker.close(1000), (error: UndeliveredError) => {
    assert.deepEqual(
      error.events.map((event) => event.id),
      ["1", "2", "3"],
    );
    assert.equal(error.left, 3);
    return true;
  });
  await settled(); // an attempt is under way, which gets no answer
  await clock.advance(1000);
  await closed;
  assert.deepEqual(drops, ["1 CLOSED", "2 CLOSED", "3 CLOSED"]);
  assert.equal(tracker.stats().queued, 0);
  assert.deepEqual(clock.waiting, []);
});

test("close ends a pause that the server asked for at its own deadline", async () => {
  const { server, tracker, clock, add } = setUp();
  add("1");
  await settled();
  await server.fail(new VitrineError("UNAVAILABLE", "full", { retryAfterMs: 60_000 }));
  const closed = assert.rejects(tracker.close(1000), UndeliveredError);
  await clock.advance(1000);
  await closed;
  assert.equal(server.attempts.length, 1);
  assert.deepEqual(clock.waiting, []);
});

test("the log has one line when delivery begins to fail, and one when it works again", async () => {
  const { server, clock, log, add } = setUp();
  add("1");
  await settled();
  await server.fail();
  await clock.advance(100);
  await server.fail();
  await clock.advance(200);
  await server.answer();
  assert.deepEqual(log, [
    "warn vitrine: 1 events can't be delivered, will retry: vitrine: gone",
    "info vitrine: events are delivered again, 0 are left",
  ]);
});

test("an onDrop that throws or tracks does no harm", async () => {
  const clock = new HandClock();
  const server = new Answers();
  const log: string[] = [];
  const tracker: Tracker = new Tracker({
    send: server.send,
    limits: { events: 10, bytes: 1000 },
    onDrop: () => {
      tracker.add(encoded("again"));
      throw new Error("oh");
    },
    logger: { info: () => {}, warn: (line) => log.push(line) },
    clock,
    random: () => 1,
  });
  tracker.add(encoded("1"));
  await settled();
  await server.fail(new VitrineError("NOT_FOUND", "no such site"));
  await server.answer();
  assert.deepEqual(server.attempts, [["1"], ["again"]]);
  assert.deepEqual(log, ["vitrine: onDrop has thrown: Error: oh"]);
});
