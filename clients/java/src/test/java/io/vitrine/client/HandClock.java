package io.vitrine.client;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A clock that a test moves by hand. */
final class HandClock implements LongSupplier {
  private long nanos = Long.MAX_VALUE - 1_000; // System.nanoTime may overflow, so this one does

  void advance(Duration by) {
    nanos += by.toNanos();
  }

  @Override
  public long getAsLong() {
    return nanos;
  }
}
