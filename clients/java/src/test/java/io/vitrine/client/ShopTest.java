package io.vitrine.client;

import static io.vitrine.v1.Purpose.PURPOSE_MEASUREMENT;
import static io.vitrine.v1.Purpose.PURPOSE_PERSONALIZATION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vitrine.v1.DecideRequest;
import io.vitrine.v1.DecisionMode;
import io.vitrine.v1.Event;
import io.vitrine.v1.EventStatus;
import io.vitrine.v1.EventType;
import io.vitrine.v1.FieldViolation;
import io.vitrine.v1.PlacementRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against the real server, over a socket. */
class ShopTest {
  private static final Duration LONG = Duration.ofMinutes(1); // for what comes about by itself
  private static final List<String> BESTSELLERS = List.of("p1", "p2");

  @TempDir static Path data;
  private static Server server;

  @BeforeAll
  static void start() throws Exception {
    server = Server.start(data.resolve("shop")).withShop();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Visitor visitor(String id) {
    return Visitor.device(id).granting(PURPOSE_PERSONALIZATION, PURPOSE_MEASUREMENT);
  }

  @Test
  void aPageIsDecidedByWhatTheVisitorDid() throws Exception {
    try (Vitrine shop = server.client().build()) {
      Visitor visitor = visitor("looks at p4");
      assertEquals(
          EventStatus.EVENT_STATUS_STORED, shop.trackNow(Events.productViewed(visitor, "p4"), LONG));
      Page page = shop.decide(visitor, "home", BESTSELLERS);
      assertFalse(page.fallback());
      assertTrue(page.error().isEmpty());
      Item first = page.items("home").get(0);
      assertEquals(DecisionMode.DECISION_MODE_PROFILE, page.response().getMode());
      assertTrue(
          page.items("home").stream()
              .flatMap(item -> item.decided().getReasonsList().stream())
              .anyMatch(reason -> reason.getProductId().equals("p4")),
          () -> "nothing of p4 in " + page.response());
      assertFalse(first.reason().isEmpty());
      assertFalse(first.attributionToken().isEmpty());

      shop.track(Events.itemClicked(visitor, first));
      assertEquals(0, shop.flush(LONG));
      Stats stats = shop.stats();
      assertEquals(1, stats.stored());
      assertEquals(1, stats.pages());
      assertEquals(0, stats.fallbacks());
    }
  }

  @Test
  void withoutWaitingToo() {
    try (Vitrine shop = server.client().build()) {
      List<CompletableFuture<Page>> pages = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        pages.add(shop.decideAsync(visitor("async " + i), "home", BESTSELLERS));
      }
      for (CompletableFuture<Page> page : pages) {
        assertFalse(page.join().fallback());
        assertFalse(page.join().items("home").isEmpty());
      }
      Page refused = shop.decideAsync(visitor("async"), "nowhere", BESTSELLERS).join();
      assertEquals("NOT_FOUND", refused.error().orElseThrow().code());
    }
  }

  @Test
  void aRefusalFallsBackAndSaysWhy() {
    try (Vitrine shop = server.client().build()) {
      for (int i = 0; i < 10; i++) { // more than five: a refusal is an answer
        Page page = shop.decide(visitor("refused"), "nowhere", BESTSELLERS);
        assertEquals(BESTSELLERS, page.products("nowhere"));
        assertEquals("NOT_FOUND", page.error().orElseThrow().code());
      }
      assertFalse(shop.decide(visitor("refused"), "home", BESTSELLERS).fallback());
      assertEquals(10, shop.stats().fallbacks());
    }
  }

  @Test
  void decidingNeverThrows() {
    try (Vitrine shop = server.client().build()) {
      assertTrue(shop.decide(null, null, null).fallback());
      assertTrue(shop.decidePage(null, null).fallback());
      assertTrue(shop.decidePageAsync(null, null).join().fallback());
      assertFalse(shop.decide(Visitor.unknown(), "home", null).fallback());
    }
  }

  @Test
  void whoGivesUpSaysNothingOfTheServer() {
    try (Vitrine shop = server.client().build()) {
      for (int i = 0; i < 10; i++) {
        Thread.currentThread().interrupt();
        Page page = shop.decide(visitor("gone"), "home", BESTSELLERS);
        assertTrue(Thread.interrupted(), "the mark stays");
        assertEquals("CANCELLED", page.error().orElseThrow().code());
        shop.decideAsync(visitor("gone"), "home", BESTSELLERS).cancel(true);
      }
      assertFalse(shop.decide(visitor("gone"), "home", BESTSELLERS).fallback());
    }
  }

  @Test
  void whereNobodyListensPagesFallBackAndSoonDontAsk() throws Exception {
    Server gone = Server.start(data.resolve("gone"));
    gone.kill();
    try (Vitrine shop = gone.client().build()) {
      List<String> codes = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Page page = shop.decide(visitor("v"), "home", BESTSELLERS);
        assertEquals(BESTSELLERS, page.products("home"));
        codes.add(page.error().orElseThrow().code());
      }
      assertEquals(Collections.nCopies(5, "UNAVAILABLE"), codes.subList(0, 5));
      assertEquals(
          BESTSELLERS, shop.decideAsync(visitor("v"), "home", BESTSELLERS).join().products("home"));
    }
  }

  @Test
  void aPageWaitsNoLongerThanItsTimeout() {
    try (Vitrine shop = server.client().decideTimeout(Duration.ofNanos(1)).build()) {
      Page page = shop.decide(visitor("slow"), "home", BESTSELLERS);
      assertEquals("DEADLINE_EXCEEDED", page.error().orElseThrow().code());
      assertEquals(BESTSELLERS, page.products("home"));
    }
  }

  @Test
  void anEventWhoseAnswerIsLostCountsOnce() throws Exception {
    Faults faults = new Faults();
    try (Vitrine shop = server.client().configure(b -> b.intercept(faults)).build()) {
      faults.requestsToLose.set(1);
      faults.answersToLose.set(1);
      shop.track(Events.homeViewed(visitor("once")));
      assertEquals(0, shop.flush(LONG));
      Stats stats = shop.stats();
      assertEquals(3, faults.calls.get());
      assertEquals(2, stats.retries());
      assertEquals(0, stats.stored());
      assertEquals(1, stats.duplicates(), "the second attempt arrived");

      faults.requestsToLose.set(1);
      faults.answersToLose.set(1);
      assertEquals(
          EventStatus.EVENT_STATUS_DUPLICATE,
          shop.trackNow(Events.homeViewed(visitor("once")), LONG));
      assertEquals(6, faults.calls.get());
    }
  }

  @Test
  void aBadEventIsDroppedAlone() throws Exception {
    List<Drop> drops = Collections.synchronizedList(new ArrayList<>());
    try (Vitrine shop = server.client().onDrop(drops::add).build()) {
      shop.track(Events.productViewed(visitor("v"), "p1"));
      shop.track(Event.newBuilder().setId("bad").build());
      shop.track(
          Events.homeViewed(visitor("v")).toBuilder()
              .setId("large")
              .setSearchQuery("x".repeat(300_000))
              .build());
      shop.track(Events.productViewed(visitor("v").granting(), "p1"));
      assertEquals(0, shop.flush(LONG));
      Stats stats = shop.stats();
      assertEquals(1, stats.stored());
      assertEquals(1, stats.noConsent());
      assertEquals(Map.of(Drop.Reason.INVALID, 2L), stats.dropped());
      assertEquals(
          List.of("bad", "large"), drops.stream().map(d -> d.event().getId()).sorted().toList());
      for (Drop drop : drops) {
        if (drop.error().orElseThrow() instanceof InvalidEventException e) {
          assertTrue(
              e.violations().stream()
                  .map(FieldViolation::getField)
                  .toList()
                  .containsAll(List.of("type", "visitor")),
              e.getMessage());
        }
      }
      VitrineException refused =
          assertThrows(
              VitrineException.class, () -> shop.trackNow(Event.getDefaultInstance(), LONG));
      assertEquals("INVALID_ARGUMENT", refused.code());
    }
  }

  @Test
  void manyThreadsTrackAndNothingIsLost() throws Exception {
    Vitrine shop = server.client().build();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Visitor visitor = visitor("thread " + i);
      threads.add(
          new Thread(
              () -> {
                for (int n = 0; n < 250; n++) {
                  shop.track(Events.productViewed(visitor, "p" + (n % 9 + 1)));
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    shop.close(LONG);
    Stats stats = shop.stats();
    assertEquals(2_000, stats.tracked());
    assertEquals(2_000, stats.stored());
    assertEquals(0, stats.queued());
  }

  @Test
  void eventsOutliveARestartOfTheServer() throws Exception {
    Path folder = data.resolve("restart");
    Server before = Server.start(folder).withShop();
    try (Vitrine shop = before.client().build()) {
      shop.track(Events.productViewed(visitor("v"), "p1"));
      assertEquals(0, shop.flush(LONG));
      before.kill();
      shop.track(Events.productViewed(visitor("v"), "p2"));
      shop.track(Events.productViewed(visitor("v"), "p3"));
      try (Server after = Server.start(folder, before.address(), "--auth", "none")) {
        assertEquals(before.address(), after.address());
        assertEquals(0, shop.flush(LONG));
        assertEquals(3, shop.stats().stored() + shop.stats().duplicates());
        Page page = shop.decide(visitor("v"), "home", BESTSELLERS);
        assertFalse(page.fallback(), () -> page.error().toString());
      }
    }
  }

  @Test
  void whatCantBeDeliveredAtTheEndIsHandedBack() throws Exception {
    Server gone = Server.start(data.resolve("end"));
    gone.kill();
    List<Drop> drops = Collections.synchronizedList(new ArrayList<>());
    Vitrine shop = gone.client().onDrop(drops::add).build();
    shop.track(Events.homeViewed(visitor("v")));
    UndeliveredException left =
        assertThrows(UndeliveredException.class, () -> shop.close(Duration.ofMillis(1)));
    assertEquals(1, left.events().size());
    assertEquals(Drop.Reason.CLOSED, drops.get(0).reason());
    shop.close(); // a second time does nothing

    shop.track(Events.homeViewed(visitor("v")));
    assertEquals(Map.of(Drop.Reason.CLOSED, 2L), shop.stats().dropped());
    Page page = shop.decide(visitor("v"), "home", BESTSELLERS);
    assertEquals(VitrineException.CLOSED, page.error().orElseThrow().code());
    assertEquals(BESTSELLERS, page.products("home"));
    VitrineException closed =
        assertThrows(
            VitrineException.class, () -> shop.trackNow(Events.homeViewed(visitor("v")), LONG));
    assertEquals(VitrineException.CLOSED, closed.code());
  }

  @Test
  void trackNowGivesUpInTime() throws Exception {
    Server gone = Server.start(data.resolve("now"));
    gone.kill();
    try (Vitrine shop = gone.client().build()) {
      VitrineException e =
          assertThrows(
              VitrineException.class,
              () -> shop.trackNow(Events.homeViewed(visitor("v")), Duration.ofMillis(1)));
      assertEquals("DEADLINE_EXCEEDED", e.code());
    }
  }

  @Test
  void aWholePageIsFilledAsTheRequestSays() {
    try (Vitrine shop = server.client().build()) {
      Page page =
          shop.decidePage(
              DecideRequest.newBuilder()
                  .addPlacements(
                      PlacementRequest.newBuilder()
                          .setPlacement("sites/demo/placements/home")
                          .setCount(2)
                          .addExcludeIds("p1"))
                  .addSessionEvents(
                      Event.newBuilder()
                          .setType(EventType.EVENT_TYPE_PRODUCT_VIEWED)
                          .addItems(Events.line("p6", 1)))
                  .build(),
              Map.of());
      assertFalse(page.fallback(), () -> page.error().toString());
      assertEquals(2, page.products("home").size());
      assertFalse(page.products("home").contains("p1"));
      assertEquals(DecisionMode.DECISION_MODE_SESSION, page.response().getMode());
    }
  }

  @Test
  void aClientNeedsASite() {
    for (String site : List.of("", "sites/", "sites/a/b", "a/b")) {
      assertThrows(
          IllegalArgumentException.class, () -> Vitrine.builder("localhost:1").site(site).build());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> Vitrine.builder("localhost:1").decideTimeout(Duration.ZERO));
    assertThrows(
        IllegalArgumentException.class, () -> Vitrine.builder("localhost:1").maxQueuedEvents(0));
  }
}
