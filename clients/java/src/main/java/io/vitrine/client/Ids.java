package io.vitrine.client;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/** Makes ids of events: UUIDs of version 7 (RFC 9562, 5.7), which sort by time. */
final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  static String next(Instant now) {
    long high = now.toEpochMilli() << 16 | 0x7000 | RANDOM.nextInt(1 << 12);
    long low = 0x8000_0000_0000_0000L | RANDOM.nextLong() >>> 2;
    return new UUID(high, low).toString();
  }
}
