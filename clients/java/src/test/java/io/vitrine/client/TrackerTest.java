package io.vitrine.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.vitrine.v1.Event;
import io.vitrine.v1.EventResult;
import io.vitrine.v1.EventStatus;
import io.vitrine.v1.FieldViolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

/** The queue by hand: the clock, chance and the server are the test's. */
class TrackerTest {
  private final HandClock clock = new HandClock();
  private final List<Drop> drops = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final List<Integer> batches = new ArrayList<>();
  private RuntimeException failure; // of every attempt, while not null

  private Tracker tracker(int maxEvents, long maxBytes) {
    return new Tracker(this::send, maxEvents, maxBytes, drops::add, new Log(), clock, () -> 1);
  }

  /** Answers by the event's id: "bad" is invalid, "twice" a duplicate, "none" without consent. */
  private List<EventResult> send(List<Event> events) {
    if (failure != null) {
      throw failure;
    }
    batches.add(events.size());
    return events.stream().map(TrackerTest::result).toList();
  }

  private static EventResult result(Event event) {
    EventResult.Builder result = EventResult.newBuilder();
    return switch (event.getId()) {
      case "bad" ->
          result
              .setStatus(EventStatus.EVENT_STATUS_INVALID)
              .addViolations(
                  FieldViolation.newBuilder().setField("type").setDescription("not stated"))
              .build();
      case "twice" -> result.setStatus(EventStatus.EVENT_STATUS_DUPLICATE).build();
      case "none" -> result.setStatus(EventStatus.EVENT_STATUS_NO_CONSENT).build();
      default -> result.setStatus(EventStatus.EVENT_STATUS_STORED).build();
    };
  }

  private static Event event(String id) {
    return Event.newBuilder().setId(id).build();
  }

  private static void add(Tracker tracker, int n) {
    for (int i = 0; i < n; i++) {
      tracker.add(event("e" + i));
    }
  }

  private static long counted(Stats s) {
    return s.queued()
        + s.stored()
        + s.duplicates()
        + s.noConsent()
        + s.dropped().values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void aBatchHasAtMost500EventsAnd1MiB() {
    Tracker tracker = tracker(10_000, 8 << 20);
    add(tracker, 1_200);
    for (int i = 0; i < 3; i++) {
      assertEquals(Tracker.Pause.NONE, tracker.attempt());
    }
    assertEquals(List.of(500, 500, 200), batches);
    batches.clear();
    for (int i = 0; i < 6; i++) { // five of some 200 KiB fit into one MiB
      tracker.add(Event.newBuilder().setId("e").setSearchQuery("x".repeat(200 << 10)).build());
    }
    tracker.attempt();
    tracker.attempt();
    assertEquals(List.of(5, 1), batches);
  }

  @Test
  void everyEventIsCountedOnce() {
    Tracker tracker = tracker(6, 8 << 20);
    for (String id : List.of("a", "bad", "twice", "none", "b", "c", "too many")) {
      tracker.add(event(id));
    }
    assertEquals(7, counted(tracker.stats(0, 0)));
    tracker.attempt();
    Stats stats = tracker.stats(0, 0);
    assertEquals(7, stats.tracked());
    assertEquals(7, counted(stats));
    assertEquals(3, stats.stored());
    assertEquals(1, stats.duplicates());
    assertEquals(1, stats.noConsent());
    assertEquals(Map.of(Drop.Reason.QUEUE_FULL, 1L, Drop.Reason.INVALID, 1L), stats.dropped());
    assertEquals(0, stats.queuedBytes());
    assertEquals("too many", drops.get(0).event().getId());
    assertEquals("bad", drops.get(1).event().getId());
    InvalidEventException why =
        assertInstanceOf(InvalidEventException.class, drops.get(1).error().orElseThrow());
    assertEquals("type", why.violations().get(0).getField());
    assertEquals("invalid event: type: not stated", why.getMessage());
  }

  @Test
  void bytesAreBoundedToo() {
    Event event = event("one");
    Tracker tracker = tracker(10, 2L * event.getSerializedSize());
    tracker.add(event);
    tracker.add(event);
    tracker.add(event);
    assertEquals(2, tracker.stats(0, 0).queued());
    assertEquals(Drop.Reason.QUEUE_FULL, drops.get(0).reason());
    tracker.attempt();
    tracker.add(event);
    assertEquals(1, drops.size(), "there is room again");
  }

  @Test
  void aFailureThatMayPassIsTriedAgainAfterAGrowingPause() {
    Tracker tracker = tracker(10, 8 << 20);
    add(tracker, 2);
    failure = Status.UNAVAILABLE.asRuntimeException();
    for (long milliseconds : new long[] {100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
      assertEquals(milliseconds, tracker.attempt().own().toMillis());
    }
    assertEquals(8, tracker.stats(0, 0).retries());
    assertEquals(2, tracker.stats(0, 0).queued());
    failure = null;
    assertEquals(Tracker.Pause.NONE, tracker.attempt());
    assertEquals(2, tracker.stats(0, 0).stored());
    assertEquals(
        List.of(
            "WARNING vitrine: events can't be delivered, will retry: 2 queued",
            "INFO vitrine: events are delivered again: 0 queued"),
        log);

    failure = Status.UNAVAILABLE.asRuntimeException();
    add(tracker, 1);
    assertEquals(100, tracker.attempt().own().toMillis(), "from the beginning");
  }

  @Test
  void theServersAdviceIsKept() {
    Tracker tracker = tracker(10, 8 << 20);
    add(tracker, 1);
    RetryInfo advice =
        RetryInfo.newBuilder()
            .setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(7))
            .build();
    failure =
        StatusProto.toStatusRuntimeException(
            com.google.rpc.Status.newBuilder()
                .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
                .addDetails(Any.pack(advice))
                .build());
    assertEquals(
        new Tracker.Pause(Duration.ofMillis(100), Duration.ofSeconds(7)), tracker.attempt());
  }

  @Test
  void aRefusalDropsTheBatch() {
    Tracker tracker = tracker(10, 8 << 20);
    add(tracker, 2);
    failure = Status.NOT_FOUND.withDescription("sites/demo").asRuntimeException();
    assertEquals(Tracker.Pause.NONE, tracker.attempt());
    assertEquals(Map.of(Drop.Reason.REFUSED, 2L), tracker.stats(0, 0).dropped());
    assertEquals("NOT_FOUND", drops.get(0).error().orElseThrow().code());
    assertEquals(0, tracker.stats(0, 0).queued());
  }

  @Test
  void anAnswerOfTheWrongLengthIsNone() {
    Tracker tracker =
        new Tracker(events -> List.of(), 10, 8 << 20, drops::add, null, clock, () -> 1);
    add(tracker, 1);
    assertEquals(100, tracker.attempt().own().toMillis());
    assertEquals(1, tracker.stats(0, 0).queued());
  }

  @Test
  void after12HoursAnEventMightCountTwiceAndIsDropped() {
    Tracker tracker = tracker(10, 8 << 20);
    tracker.add(event("old"));
    failure = Status.UNAVAILABLE.asRuntimeException();
    tracker.attempt();
    clock.advance(Duration.ofHours(12));
    tracker.add(event("young"));
    failure = null;
    clock.advance(Duration.ofNanos(1));
    tracker.attempt();
    assertEquals(List.of(), batches);
    assertEquals("old", drops.get(0).event().getId());
    assertEquals(Drop.Reason.EXPIRED, drops.get(0).reason());
    assertEquals("UNAVAILABLE", drops.get(0).error().orElseThrow().code());
    tracker.attempt();
    assertEquals(1, tracker.stats(0, 0).stored());
  }

  @Test
  void whatIsLeftAtTheEndIsHandedBackInOrder() {
    Tracker tracker = tracker(1_000, 8 << 20);
    add(tracker, 700);
    tracker.close();
    tracker.add(event("late"));
    List<Event> left = tracker.abandon();
    assertEquals(700, left.size());
    assertEquals("e699", left.get(699).getId());
    assertEquals(Map.of(Drop.Reason.CLOSED, 701L), tracker.stats(0, 0).dropped());
    assertEquals("late", drops.get(0).event().getId());
    assertSame(left.get(0), drops.get(1).event());
  }

  @Test
  void onDropMayTrackAndMayFail() {
    List<Tracker> self = new ArrayList<>();
    Tracker tracker =
        new Tracker(
            this::send,
            1,
            8 << 20,
            drop -> {
              drops.add(drop);
              self.get(0).add(event("again"));
              throw new IllegalStateException("a fault of the caller's");
            },
            new Log(),
            clock,
            () -> 1);
    self.add(tracker);
    tracker.add(event("bad"));
    tracker.attempt();
    assertEquals(1, drops.size());
    assertEquals(List.of("ERROR vitrine: onDrop failed"), log);
    tracker.attempt();
    assertEquals(1, tracker.stats(0, 0).stored(), "again");
    assertTrue(log.size() == 1);
  }

  private final class Log implements System.Logger {
    @Override
    public String getName() {
      return "test";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      log.add(level + " " + message);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... params) {
      log.add(level + " " + format);
    }
  }
}
