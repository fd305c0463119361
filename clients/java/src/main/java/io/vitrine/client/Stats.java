package io.vitrine.client;

import java.util.Map;

/**
 * What became of events and pages since the client was made.
 *
 * @param tracked events handed to {@code track}. Each is still queued, or counted
 *     once among {@code stored}, {@code duplicates}, {@code noConsent} and {@code
 *     dropped}
 * @param queued events that wait to be delivered, those under way included
 * @param queuedBytes their encoded size
 * @param stored events that are durable
 * @param duplicates events stored before: by an attempt whose answer was lost, or
 *     because the caller gave two events one id
 * @param noConsent events that were delivered and, for want of consent, not kept
 * @param dropped events that will not be delivered, by reason
 * @param retries attempts that were repeated
 * @param pages decisions asked for
 * @param fallbacks those that were filled from the caller's lists
 */
public record Stats(
    long tracked,
    long queued,
    long queuedBytes,
    long stored,
    long duplicates,
    long noConsent,
    Map<Drop.Reason, Long> dropped,
    long retries,
    long pages,
    long fallbacks) {}
