package io.vitrine.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryTest {
  @Test
  void thePauseDoublesFrom100MillisecondsTo5SecondsItsUpperHalfAtRandom() {
    long[] milliseconds = {100, 200, 400, 800, 1600, 3200, 5000, 5000};
    for (int attempt = 0; attempt < milliseconds.length; attempt++) {
      assertEquals(milliseconds[attempt] / 2, Retry.pause(attempt, () -> 0).toMillis());
      assertEquals(milliseconds[attempt] * 3 / 4, Retry.pause(attempt, () -> 0.5).toMillis());
      assertEquals(milliseconds[attempt], Retry.pause(attempt, () -> 1).toMillis());
    }
    assertEquals(5000, Retry.pause(Integer.MAX_VALUE, () -> 1).toMillis());
  }

  @Test
  void theServersAdviceIsRead() {
    RetryInfo advice =
        RetryInfo.newBuilder()
            .setRetryDelay(com.google.protobuf.Duration.newBuilder().setNanos(700_000_000))
            .build();
    com.google.rpc.Status status =
        com.google.rpc.Status.newBuilder()
            .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
            .addDetails(Any.pack(advice))
            .build();
    assertEquals(Duration.ofMillis(700), Retry.advice(StatusProto.toStatusRuntimeException(status)));
    assertEquals(Duration.ZERO, Retry.advice(Status.UNAVAILABLE.asRuntimeException()));
    assertEquals(Duration.ZERO, Retry.advice(new IllegalStateException()));
  }

  @Test
  void aRefusalIsNotTriedAgain() {
    assertTrue(Retry.refused(Status.NOT_FOUND.asRuntimeException()));
    assertTrue(Retry.refused(Status.UNAUTHENTICATED.asRuntimeException()));
    for (Status passing :
        new Status[] {
          Status.UNAVAILABLE, Status.DEADLINE_EXCEEDED, Status.RESOURCE_EXHAUSTED,
          Status.INTERNAL, Status.UNKNOWN, Status.ABORTED, Status.CANCELLED, Status.DATA_LOSS
        }) {
      assertFalse(Retry.refused(passing.asRuntimeException()), passing.toString());
    }
    assertFalse(Retry.refused(new IllegalStateException()));
  }
}
