package io.vitrine.client;

import io.vitrine.v1.Event;
import java.util.Optional;

/**
 * An event that will not be delivered.
 *
 * @param event the event with its id. One that was under way may have arrived all
 *     the same; sending it again under this id is safe for 24 hours
 * @param reason why, in a word
 * @param error why, in detail, where there is one: an {@link InvalidEventException}
 *     when the server found the event invalid
 */
public record Drop(Event event, Reason reason, Optional<VitrineException> error) {
  /** Why an event will not be delivered. */
  public enum Reason {
    /** As many events or bytes as may wait were waiting. */
    QUEUE_FULL,
    /** The event breaks a rule of the contract, or is larger than any within it. */
    INVALID,
    /**
     * The server refused the request as a whole, for a reason that time does not
     * mend: an unknown site, say.
     */
    REFUSED,
    /**
     * It could not be delivered for so long that Vitrine might not know it again,
     * and count it twice.
     */
    EXPIRED,
    /** The client was closed before. */
    CLOSED
  }
}
