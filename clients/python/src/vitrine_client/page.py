"""What to show: Vitrine's answer, or the caller's own lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import v1
from .errors import VitrineError


@dataclass(frozen=True)
class Item:
    """One thing to show."""

    #: The shop's id of it; empty for a creative.
    product_id: str
    #: A sentence fit for the visitor: why this, of all. Empty for a fallback.
    reason: str
    #: "FALLBACK", "POPULAR", ...: the kind of that reason, v1.ReasonKind without its prefix.
    reason_kind: str
    #: Belongs into the events that follow from showing it; see `item_clicked`.
    attribution_token: str
    #: The item with all its reasons, score and propensity, or a creative.
    decided: v1.DecidedItem


@dataclass(frozen=True)
class Page:
    """What to show. It is usable whatever happened."""

    #: One entry for each placement asked for.
    response: v1.DecideResponse
    #: Vitrine gave no answer, and `response` was made of the caller's own lists.
    fallback: bool = False
    #: Why. None unless `fallback`.
    error: VitrineError | None = None

    def items(self, placement: str) -> list[Item]:
        """What to show in a placement: nothing if it was not asked for or not filled."""
        for result in self.response.placements:
            if placement_id(result.placement) == placement_id(placement):
                return [_item(d) for d in result.items]
        return []

    def products(self, placement: str) -> list[str]:
        """The ids of those `items` that are products."""
        return [item.product_id for item in self.items(placement) if item.product_id]


def placement_id(name: str) -> str:
    """`home`, of `home` or of `sites/demo/placements/home`."""
    return name.rsplit("/", 1)[-1]


def _item(d: v1.DecidedItem) -> Item:
    first = d.reasons[0] if d.reasons else v1.Reason()
    kind = v1.ReasonKind.Name(first.kind) if first.kind in v1.ReasonKind.values() else str(first.kind)
    return Item(
        product_id=d.product.product_id,
        reason=first.text,
        reason_kind=kind.removeprefix("REASON_KIND_"),
        attribution_token=d.attribution_token,
        decided=d,
    )


def fallback_page(request: v1.DecideRequest, fallbacks: Mapping[str, Sequence[str]]) -> v1.DecideResponse:
    """Fills the page from the caller's lists, and keeps the rules of the request."""
    lists = {placement_id(name): products for name, products in fallbacks.items()}
    shown = {request.context.product_id, ""}
    response = v1.DecideResponse()
    for want in request.placements:
        name = placement_id(want.placement)
        excluded = set(want.exclude_ids)
        result = response.placements.add(placement=name)
        for product in lists.get(name, ()):
            if want.count and len(result.items) == want.count:
                break
            if product in shown or product in excluded:
                continue
            shown.add(product)
            result.items.add(
                product=v1.DecidedProduct(product_id=product),
                propensity=1,
                reasons=[v1.Reason(kind=v1.REASON_KIND_FALLBACK, share=1)],
            )
    return response
