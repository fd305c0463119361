package io.vitrine.client;

import io.vitrine.v1.DecideResponse;
import io.vitrine.v1.PlacementResult;
import java.util.List;
import java.util.Optional;

/** What to show. It is usable whatever happened. */
public final class Page {
  private final DecideResponse response;
  private final VitrineException error; // null when Vitrine decided

  private Page(DecideResponse response, VitrineException error) {
    this.response = response;
    this.error = error;
  }

  static Page decided(DecideResponse response) {
    return new Page(response, null);
  }

  static Page fallback(DecideResponse own, VitrineException why) {
    return new Page(own, why);
  }

  /**
   * The whole answer, with one entry for each placement asked for.
   *
   * @return what Vitrine answered, or what was made of the caller's lists
   */
  public DecideResponse response() {
    return response;
  }

  /**
   * Whether Vitrine gave no answer, and the page was made of the caller's own lists.
   *
   * @return whether it is a fallback
   */
  public boolean fallback() {
    return error != null;
  }

  /**
   * Why the page is a fallback.
   *
   * @return the reason, or empty unless {@link #fallback}
   */
  public Optional<VitrineException> error() {
    return Optional.ofNullable(error);
  }

  /**
   * What to show in a placement.
   *
   * @param placement the placement's id
   * @return its items, the first first; none if it was not asked for or could not
   *     be filled
   */
  public List<Item> items(String placement) {
    for (PlacementResult result : response.getPlacementsList()) {
      if (Fallback.id(result.getPlacement()).equals(placement)) {
        return result.getItemsList().stream().map(Item::of).toList();
      }
    }
    return List.of();
  }

  /**
   * The items of a placement that are products.
   *
   * @param placement the placement's id
   * @return their ids, the first first
   */
  public List<String> products(String placement) {
    return items(placement).stream().map(Item::productId).filter(id -> !id.isEmpty()).toList();
  }
}
