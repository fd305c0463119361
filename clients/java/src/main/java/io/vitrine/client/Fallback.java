package io.vitrine.client;

import io.vitrine.v1.DecideRequest;
import io.vitrine.v1.DecideResponse;
import io.vitrine.v1.DecidedItem;
import io.vitrine.v1.DecidedProduct;
import io.vitrine.v1.PlacementRequest;
import io.vitrine.v1.PlacementResult;
import io.vitrine.v1.Reason;
import io.vitrine.v1.ReasonKind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A page made of the caller's own lists, by the rules of the request. */
final class Fallback {
  private Fallback() {}

  /** The last part of a placement's name, which is its id. */
  static String id(String placement) {
    return placement.substring(placement.lastIndexOf('/') + 1);
  }

  static DecideResponse page(DecideRequest request, Map<String, List<String>> lists) {
    Set<String> shown = new HashSet<>();
    shown.add(request.getContext().getProductId());
    shown.add("");
    shown.add(null);
    DecideResponse.Builder page = DecideResponse.newBuilder();
    for (PlacementRequest want : request.getPlacementsList()) {
      Set<String> excluded = Set.copyOf(want.getExcludeIdsList());
      PlacementResult.Builder result =
          PlacementResult.newBuilder().setPlacement(id(want.getPlacement()));
      for (String product : list(lists, result.getPlacement())) {
        if (want.getCount() > 0 && result.getItemsCount() == want.getCount()) {
          break;
        }
        if (product != null && !excluded.contains(product) && shown.add(product)) {
          result.addItems(item(product));
        }
      }
      page.addPlacements(result);
    }
    return page.build();
  }

  private static List<String> list(Map<String, List<String>> lists, String placement) {
    List<String> own = lists == null ? null : lists.get(placement);
    return own == null ? List.of() : own;
  }

  private static DecidedItem item(String product) {
    return DecidedItem.newBuilder()
        .setProduct(DecidedProduct.newBuilder().setProductId(product))
        .setPropensity(1)
        .addReasons(
            Reason.newBuilder().setKind(ReasonKind.REASON_KIND_FALLBACK).setShare(1))
        .build();
  }
}
