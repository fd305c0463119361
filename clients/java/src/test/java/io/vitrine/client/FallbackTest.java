package io.vitrine.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vitrine.v1.DecideRequest;
import io.vitrine.v1.PageContext;
import io.vitrine.v1.PlacementRequest;
import io.vitrine.v1.ReasonKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FallbackTest {
  private static Page page(DecideRequest.Builder request, Map<String, List<String>> lists) {
    return Page.fallback(
        Fallback.page(request.build(), lists), new VitrineException("UNAVAILABLE", "gone", null));
  }

  private static PlacementRequest.Builder placement(String id) {
    return PlacementRequest.newBuilder().setPlacement(id);
  }

  @Test
  void keepsTheRulesOfTheRequest() {
    Page page =
        page(
            DecideRequest.newBuilder()
                .setContext(PageContext.newBuilder().setProductId("p1"))
                .addPlacements(placement("top").setCount(2).addExcludeIds("p2"))
                .addPlacements(placement("sites/demo/placements/below")),
            Map.of(
                "top", List.of("p1", "p2", "p3", "p3", "p4", "p5"),
                "below", List.of("p4", "p2", "p5")));
    // Not p1, the page's own; not p2, excluded; p3 once; p4; cut to two.
    assertEquals(List.of("p3", "p4"), page.products("top"));
    // Not p4, which stands above; p2 was excluded there only.
    assertEquals(List.of("p2", "p5"), page.products("below"));
  }

  @Test
  void itsItemsSayThatTheyAreOfTheFallbackAndHaveNoToken() {
    Page page =
        page(DecideRequest.newBuilder().addPlacements(placement("home")), Map.of("home", List.of("p1")));
    Item item = page.items("home").get(0);
    assertEquals("", item.attributionToken());
    assertEquals("", item.reason());
    assertEquals(ReasonKind.REASON_KIND_FALLBACK, item.decided().getReasons(0).getKind());
    assertEquals(1.0, item.decided().getPropensity());
  }

  @Test
  void whatIsMissingIsEmpty() {
    DecideRequest.Builder request = DecideRequest.newBuilder().addPlacements(placement("home"));
    assertEquals(List.of(), page(request, null).products("home"));
    assertEquals(List.of(), page(request, Map.of("other", List.of("p1"))).products("home"));
    assertEquals(List.of(), page(request, Map.of()).products("never asked for"));
    assertEquals(
        List.of("p1"),
        page(request, Map.of("home", Arrays.asList(null, "", "p1"))).products("home"));
  }
}
