package io.vitrine.client;

import io.vitrine.v1.DecidedItem;

/**
 * One thing to show.
 *
 * @param productId the shop's id of it; empty for a creative
 * @param reason a sentence fit for the visitor: why this, of all; empty for a
 *     fallback
 * @param attributionToken belongs into the events that follow from showing it:
 *     {@link Events#itemClicked} carries it along
 * @param decided the item with all its reasons, score and propensity, or a creative
 */
public record Item(
    String productId, String reason, String attributionToken, DecidedItem decided) {
  static Item of(DecidedItem decided) {
    return new Item(
        decided.getProduct().getProductId(),
        decided.getReasonsCount() == 0 ? "" : decided.getReasons(0).getText(),
        decided.getAttributionToken(),
        decided);
  }
}
