package io.vitrine.client;

import io.vitrine.v1.Event;
import java.util.List;

/** Events were left when the client was closed. */
public final class UndeliveredException extends VitrineException {
  private static final long serialVersionUID = 1;

  private final transient List<Event> events;

  UndeliveredException(List<Event> events, VitrineException cause) {
    super(
        cause == null ? "DEADLINE_EXCEEDED" : cause.code(),
        "close: " + events.size() + " events not delivered"
            + (cause == null ? "" : ": " + cause.getMessage()),
        cause);
    this.events = List.copyOf(events);
  }

  /**
   * The events left, oldest first, with their ids. {@code onDrop} had them, too.
   *
   * @return the events
   */
  public List<Event> events() {
    return events;
  }
}
