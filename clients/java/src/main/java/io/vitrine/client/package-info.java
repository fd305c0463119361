/**
 * The Java client of Vitrine, for a shop's backend: it asks what to show and
 * tells what visitors do. Neither ever makes a page wait for long, and neither
 * breaks it.
 *
 * <pre>{@code
 * try (Vitrine shop = Vitrine.builder("localhost:7654").site("demo").insecure().build()) {
 *   Visitor visitor = Visitor.device(cookie).granting(PURPOSE_PERSONALIZATION, PURPOSE_MEASUREMENT);
 *   shop.track(Events.productViewed(visitor, "trail-runner-42"));
 *   Page page = shop.decide(visitor, "home", bestsellers);
 *   for (Item item : page.items("home")) {
 *     render(item.productId(), item.reason());
 *   }
 * }
 * }</pre>
 *
 * <h2>Deciding</h2>
 *
 * {@link io.vitrine.client.Vitrine#decide decide} answers within 50 ms, or what
 * {@link io.vitrine.client.Vitrine.Builder#decideTimeout decideTimeout} says. When
 * Vitrine does not answer by then, refuses, or is not there, the page consists of
 * the caller's own fallback products; {@link io.vitrine.client.Page#fallback} says
 * so and {@link io.vitrine.client.Page#error} says why. After five failures in a
 * row calls fall back at once, without asking, but for one in 250 ms that tries
 * again.
 *
 * <h2>Tracking</h2>
 *
 * {@link io.vitrine.client.Vitrine#track track} returns at once and delivers in
 * the background, in the order of the calls: what has gathered while one batch was
 * under way makes the next, so an event leaves at once when traffic is low and
 * costs little when it is high. What fails for a passing reason is sent again
 * under the same ids, which Vitrine counts once. Waiting events are bounded in
 * number and bytes; one that can't be kept, or that Vitrine refuses, is handed to
 * {@link io.vitrine.client.Vitrine.Builder#onDrop onDrop} with the reason, and
 * counted in {@link io.vitrine.client.Stats}. Nothing is lost silently, as long as
 * the client is closed before the program ends.
 *
 * <p>A decision is sure to have an event in it once the event is acknowledged: call
 * {@link io.vitrine.client.Vitrine#trackNow trackNow}, or
 * {@link io.vitrine.client.Vitrine#flush flush}, where that matters.
 *
 * <h2>Consent</h2>
 *
 * Events and decisions carry the visitor's consent. Without it Vitrine stores
 * nothing of the event, which is not an error, and decides by the page alone.
 *
 * <p>Everything else that Vitrine offers is reached through the generated classes of
 * package {@code io.vitrine.v1} over
 * {@link io.vitrine.client.Vitrine#channel channel}.
 */
package io.vitrine.client;
