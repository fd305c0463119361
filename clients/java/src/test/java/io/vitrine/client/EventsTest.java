package io.vitrine.client;

import static io.vitrine.v1.Purpose.PURPOSE_MEASUREMENT;
import static io.vitrine.v1.Purpose.PURPOSE_PERSONALIZATION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vitrine.v1.Event;
import io.vitrine.v1.EventType;
import io.vitrine.v1.Money;
import io.vitrine.v1.PurposeConsent;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventsTest {
  private static final Visitor VISITOR = Visitor.device("d1").person("c1");

  @Test
  void moneyIsExact() {
    assertEquals(money("EUR", 12, 500_000_000), Events.money("EUR", "12.50"));
    assertEquals(money("EUR", -12, -500_000_000), Events.money("EUR", "-12.5"));
    assertEquals(money("EUR", 0, -10_000_000), Events.money("EUR", "-0.01"));
    assertEquals(money("JPY", 1_000, 0), Events.money("JPY", "1E3"));
    assertThrows(ArithmeticException.class, () -> Events.money("EUR", "0.0000000001"));
  }

  private static Money money(String currency, long units, int nanos) {
    return Money.newBuilder().setCurrencyCode(currency).setUnits(units).setNanos(nanos).build();
  }

  @Test
  void consentAnswersForEveryPurpose() {
    Visitor visitor = VISITOR.granting(PURPOSE_PERSONALIZATION, PURPOSE_MEASUREMENT);
    List<PurposeConsent> answers = Events.homeViewed(visitor).getConsent().getPurposesList();
    assertEquals(
        List.of(true, false, true, false), answers.stream().map(PurposeConsent::getGranted).toList());
    assertTrue(
        Events.homeViewed(VISITOR.granting()).getConsent().getPurposesList().stream()
            .noneMatch(PurposeConsent::getGranted));
    assertFalse(Events.homeViewed(VISITOR).hasConsent(), "nobody asked: the site's policy says");
  }

  @Test
  void anEventSaysWhoDidWhat() {
    Event order =
        Events.orderCompleted(
            VISITOR, "o1", Events.money("EUR", "30"), Events.line("p1", 2, Events.money("EUR", "15")));
    assertEquals(EventType.EVENT_TYPE_ORDER_COMPLETED, order.getType());
    assertEquals("d1", order.getVisitor().getDeviceId());
    assertEquals("c1", order.getVisitor().getPersonId());
    assertEquals("o1", order.getOrder().getId());
    assertEquals(2, order.getItems(0).getQuantity());
    assertFalse(Events.homeViewed(Visitor.unknown()).hasVisitor());
    assertEquals(
        List.of("shoes/running"),
        Events.productListViewed(VISITOR, "shoes/running").getCategoriesList());
    assertEquals("red", Events.productsSearched(VISITOR, "red").getSearchQuery());
  }

  @Test
  void idsAreUniqueUuidsOfTheirTime() {
    Instant now = Instant.ofEpochMilli(1_700_000_000_123L);
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      UUID id = UUID.fromString(Ids.next(now));
      assertEquals(7, id.version());
      assertEquals(2, id.variant());
      assertEquals(now.toEpochMilli(), id.getMostSignificantBits() >>> 16);
      assertTrue(ids.add(id.toString()));
    }
  }
}
