package io.vitrine.client;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Keeps pages from waiting for a server that does not answer. Safe for use by many threads. */
final class Breaker {
  /** How many failures in a row say that the server is gone rather than slow once. */
  static final int TRIPS = 5;

  /**
   * How often a call goes through to see: one visitor in 250 ms waits out the
   * deadline, and recovery is noticed as fast.
   */
  static final long PROBES_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final LongSupplier nanoTime;
  private int failures; // in a row
  private long probeAt;

  Breaker(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether to ask. */
  synchronized boolean allow() {
    if (failures < TRIPS) {
      return true;
    }
    long now = nanoTime.getAsLong();
    if (now - probeAt < 0) {
      return false;
    }
    probeAt = now + PROBES_NANOS;
    return true;
  }

  /** Notes that the server is there. */
  synchronized void answered() {
    failures = 0;
  }

  /** Notes that it did not answer. */
  synchronized void failed() {
    failures++;
    if (failures == TRIPS) {
      probeAt = nanoTime.getAsLong() + PROBES_NANOS;
    }
  }
}
