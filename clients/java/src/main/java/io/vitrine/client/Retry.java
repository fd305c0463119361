package io.vitrine.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.DoubleSupplier;

/** What is tried again, and when. */
final class Retry {
  /**
   * Bound the pause between two attempts. The longest is also how late a server that came
   * back is noticed.
   */
  static final Duration MIN_PAUSE = Duration.ofMillis(100);

  static final Duration MAX_PAUSE = Duration.ofSeconds(5);

  /** Ends an attempt that hangs. A batch takes milliseconds. */
  static final Duration ATTEMPT = Duration.ofSeconds(10);

  private static final Set<Status.Code> REFUSALS =
      EnumSet.of(
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.ALREADY_EXISTS,
          Status.Code.PERMISSION_DENIED,
          Status.Code.UNAUTHENTICATED,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.OUT_OF_RANGE,
          Status.Code.UNIMPLEMENTED);

  private Retry() {}

  /**
   * Whether the server is there and said no, and would say no again. Every other failure
   * may pass.
   */
  static boolean refused(RuntimeException e) {
    return e instanceof StatusRuntimeException s && REFUSALS.contains(s.getStatus().getCode());
  }

  /**
   * The pause after so many failed attempts, from 0. It doubles, and its upper half
   * is at random, so that many clients do not come back in step.
   */
  static Duration pause(int attempt, DoubleSupplier random) {
    Duration whole = MAX_PAUSE;
    if (attempt < 6) { // 100 ms << 6 is beyond the longest
      Duration doubled = MIN_PAUSE.multipliedBy(1L << attempt);
      whole = doubled.compareTo(MAX_PAUSE) < 0 ? doubled : MAX_PAUSE;
    }
    long half = whole.toNanos() / 2;
    return Duration.ofNanos(half + (long) (half * random.getAsDouble()));
  }

  /** How long the server asks not to be tried again; zero where it does not say. */
  static Duration advice(RuntimeException e) {
    com.google.rpc.Status status = StatusProto.fromThrowable(e);
    if (status == null) {
      return Duration.ZERO;
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(RetryInfo.class)) {
        try {
          com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          return Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
        } catch (InvalidProtocolBufferException | ArithmeticException broken) {
          return Duration.ZERO; // no advice that can be followed
        }
      }
    }
    return Duration.ZERO;
  }
}
