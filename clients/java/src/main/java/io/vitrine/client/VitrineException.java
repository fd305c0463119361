package io.vitrine.client;

import io.grpc.StatusRuntimeException;

/** A call that Vitrine did not answer, or answered with a refusal. */
public class VitrineException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** {@link #code} of a page that fell back at once, because the last calls in a row failed. */
  public static final String NOT_ASKED = "NOT_ASKED";

  /** {@link #code} of every call after {@link Vitrine#close()}. */
  public static final String CLOSED = "CLOSED";

  /** What {@link #code()} answers. */
  private final String code;

  VitrineException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  static VitrineException of(String operation, RuntimeException cause) {
    String code =
        cause instanceof StatusRuntimeException e ? e.getStatus().getCode().name() : "UNKNOWN";
    return new VitrineException(code, operation + ": " + cause.getMessage(), cause);
  }

  static VitrineException closed(String operation) {
    return new VitrineException(CLOSED, operation + ": the client is closed", null);
  }

  /**
   * Why, in a word: the name of a gRPC status such as {@code UNAVAILABLE}, {@link
   * #NOT_ASKED} or {@link #CLOSED}. The cause has the details.
   *
   * @return the code
   */
  public String code() {
    return code;
  }
}
