package io.vitrine.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private final HandClock clock = new HandClock();
  private final Breaker breaker = new Breaker(clock);

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertTrue(breaker.allow());
      breaker.failed();
    }
  }

  @Test
  void afterFiveFailuresInARowOneCallIn250MillisecondsGoesThrough() {
    fail(5);
    assertFalse(breaker.allow());
    clock.advance(Duration.ofMillis(249));
    assertFalse(breaker.allow());
    clock.advance(Duration.ofMillis(1));
    assertTrue(breaker.allow());
    assertFalse(breaker.allow(), "one call, not all");
    clock.advance(Duration.ofMillis(250));
    assertTrue(breaker.allow(), "the next, though the one before has not come back");
  }

  @Test
  void anAnswerLetsAllThrough() {
    fail(5);
    clock.advance(Duration.ofMillis(250));
    assertTrue(breaker.allow());
    breaker.answered();
    fail(4);
    assertTrue(breaker.allow());
  }

  @Test
  void fourFailuresAreNotFive() {
    fail(4);
    breaker.answered();
    fail(4);
    assertTrue(breaker.allow());
  }
}
