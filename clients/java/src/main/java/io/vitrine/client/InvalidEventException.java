package io.vitrine.client;

import io.vitrine.v1.FieldViolation;
import java.util.List;
import java.util.stream.Collectors;

/** What the server found wrong with an event. */
public final class InvalidEventException extends VitrineException {
  private static final long serialVersionUID = 1;

  private final transient List<FieldViolation> violations;

  InvalidEventException(List<FieldViolation> violations) {
    super("INVALID_ARGUMENT", "invalid event: " + sentence(violations), null);
    this.violations = List.copyOf(violations);
  }

  private static String sentence(List<FieldViolation> violations) {
    return violations.stream()
        .map(v -> v.getField() + ": " + v.getDescription())
        .collect(Collectors.joining("; "));
  }

  /**
   * Everything that was wrong, field by field.
   *
   * @return the violations
   */
  public List<FieldViolation> violations() {
    return violations;
  }
}
