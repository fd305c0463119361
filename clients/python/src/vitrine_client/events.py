"""Who did what: visitors, their consent, and the usual events."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

from . import v1
from .page import Item

#: Keep what the visitor did and was shown. Without it nothing about them is stored.
#: Where it is not answered for, the answer for PERSONALIZATION stands.
PROFILE = v1.PURPOSE_PROFILE
#: Choose products by the profile.
PERSONALIZATION = v1.PURPOSE_PERSONALIZATION
#: Choose advertising creatives by the profile.
ADVERTISING = v1.PURPOSE_ADVERTISING
#: Count per visitor what was shown and what came of it.
MEASUREMENT = v1.PURPOSE_MEASUREMENT
#: Write to the visitor by e-mail and the like.
DIRECT_CONTACT = v1.PURPOSE_DIRECT_CONTACT


def granted(*purposes: v1.Purpose.ValueType) -> v1.Consent:
    """The consent of a visitor who allowed these purposes and refused all others;
    without any, of one who refused everything."""
    answered = [PERSONALIZATION, ADVERTISING, MEASUREMENT, DIRECT_CONTACT]
    if PROFILE in purposes:
        answered.append(PROFILE)
    return v1.Consent(purposes=[v1.PurposeConsent(purpose=p, granted=p in purposes) for p in answered])


@dataclass(frozen=True)
class Visitor:
    """Who looks at a page, or did something."""

    #: The device or browser as the shop knows it: a first-party cookie, say. Empty for a
    #: visitor without one.
    device_id: str = ""
    #: The customer account, when signed in.
    person_id: str = ""
    #: What the visitor said to being known; None leaves it to the policy of the site,
    #: which refuses by default. See `granted`.
    consent: v1.Consent | None = None

    @property
    def key(self) -> v1.VisitorKey | None:
        """As the contract has it; None for a visitor without any id."""
        if not self.device_id and not self.person_id:
            return None
        return v1.VisitorKey(device_id=self.device_id, person_id=self.person_id)


def cents(currency: str, amount: int) -> v1.Money:
    """A price in hundredths of the currency's unit: cents("EUR", 1250) is 12.50 EUR."""
    sign = -1 if amount < 0 else 1
    units, rest = divmod(abs(amount), 100)
    return v1.Money(currency_code=currency, units=sign * units, nanos=sign * rest * 10_000_000)


def line(product: str, quantity: int = 1, price: v1.Money | None = None) -> v1.EventItem:
    """A product of a cart or an order; the price is of one."""
    return v1.EventItem(product_id=product, quantity=quantity, price=price)


def new_event(visitor: Visitor, kind: v1.EventType.ValueType, items: Iterable[v1.EventItem] = ()) -> v1.Event:
    """An event of any type; the functions below make the usual ones.

    Id and time are assigned when it is tracked, unless they are set, and every other
    field may be set on what these functions return.
    """
    return v1.Event(type=kind, visitor=visitor.key, consent=visitor.consent, items=items)


def home_viewed(visitor: Visitor) -> v1.Event:
    """The home page was looked at."""
    return new_event(visitor, v1.EVENT_TYPE_HOME_VIEWED)


def product_list_viewed(visitor: Visitor, *categories: str) -> v1.Event:
    """A list of products was looked at, by its category paths such as "shoes/running"."""
    event = new_event(visitor, v1.EVENT_TYPE_PRODUCT_LIST_VIEWED)
    event.categories.extend(categories)
    return event


def products_searched(visitor: Visitor, query: str) -> v1.Event:
    """Something was searched for."""
    event = new_event(visitor, v1.EVENT_TYPE_PRODUCTS_SEARCHED)
    event.search_query = query
    return event


def product_viewed(visitor: Visitor, product: str) -> v1.Event:
    """A product's page was looked at."""
    return new_event(visitor, v1.EVENT_TYPE_PRODUCT_VIEWED, [line(product)])


def item_clicked(visitor: Visitor, item: Item) -> v1.Event:
    """An item that Vitrine had chosen was clicked, a product or a creative."""
    if item.product_id:
        event = new_event(visitor, v1.EVENT_TYPE_PRODUCT_CLICKED, [line(item.product_id)])
    else:
        event = new_event(visitor, v1.EVENT_TYPE_CREATIVE_CLICKED)
    event.attribution_token = item.attribution_token
    return event


def product_added(visitor: Visitor, added: v1.EventItem) -> v1.Event:
    """A product was put into the cart."""
    return new_event(visitor, v1.EVENT_TYPE_PRODUCT_ADDED, [added])


def product_removed(visitor: Visitor, removed: v1.EventItem) -> v1.Event:
    """A product was taken out of the cart."""
    return new_event(visitor, v1.EVENT_TYPE_PRODUCT_REMOVED, [removed])


def cart_viewed(visitor: Visitor, *lines: v1.EventItem) -> v1.Event:
    """The cart was looked at; its lines, when given, replace the cart as Vitrine knows it."""
    return new_event(visitor, v1.EVENT_TYPE_CART_VIEWED, lines)


def order_completed(visitor: Visitor, order: str, revenue: v1.Money | None, *lines: v1.EventItem) -> v1.Event:
    """An order was placed, under the shop's number, for that revenue without tax and shipping."""
    event = new_event(visitor, v1.EVENT_TYPE_ORDER_COMPLETED, lines)
    event.order.CopyFrom(v1.Order(id=order, revenue=revenue))
    return event


def order_refunded(visitor: Visitor, order: str, *lines: v1.EventItem) -> v1.Event:
    """Goods of an order were sent back."""
    event = new_event(visitor, v1.EVENT_TYPE_ORDER_REFUNDED, lines)
    event.order.id = order
    return event


def order_cancelled(visitor: Visitor, order: str) -> v1.Event:
    """An order was called off."""
    event = new_event(visitor, v1.EVENT_TYPE_ORDER_CANCELLED)
    event.order.id = order
    return event


def identified(event: v1.Event) -> v1.Event:
    """A copy with an id, a UUIDv7 (RFC 9562), and a time."""
    own = v1.Event()
    own.CopyFrom(event)
    if not own.id:
        own.id = _uuid7()
    if not own.HasField("time"):
        own.time.GetCurrentTime()
    return own


def _uuid7() -> str:
    # 48 bits of milliseconds, version 7, 12 bits at random, variant 2, 62 bits at random.
    drawn = int.from_bytes(os.urandom(10), "big")
    number = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | (drawn >> 68) << 64 | 2 << 62 | drawn & (1 << 62) - 1
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
