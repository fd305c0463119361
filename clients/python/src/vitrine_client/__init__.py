"""Vitrine, the personalization decision API: what to show this visitor, and why.

A page never waits nor breaks, and events are never lost silently. `Client` is for
threads, `AsyncClient` for asyncio; `vitrine_client.v1` is the whole contract.
"""

from . import v1
from .aio import AsyncClient
from .client import Client
from .errors import NotFlushedError, UndeliveredError, VitrineError
from .events import (
    ADVERTISING,
    DIRECT_CONTACT,
    MEASUREMENT,
    PERSONALIZATION,
    PROFILE,
    Visitor,
    cart_viewed,
    cents,
    granted,
    home_viewed,
    item_clicked,
    line,
    new_event,
    order_cancelled,
    order_completed,
    order_refunded,
    product_added,
    product_list_viewed,
    product_removed,
    product_viewed,
    products_searched,
)
from .outbox import Drop, DropReason, Stats
from .page import Item, Page
from .transport import TLS

__version__ = "0.1.0"

__all__ = [
    "ADVERTISING",
    "DIRECT_CONTACT",
    "MEASUREMENT",
    "PERSONALIZATION",
    "PROFILE",
    "TLS",
    "AsyncClient",
    "Client",
    "Drop",
    "DropReason",
    "Item",
    "NotFlushedError",
    "Page",
    "Stats",
    "UndeliveredError",
    "Visitor",
    "VitrineError",
    "cart_viewed",
    "cents",
    "granted",
    "home_viewed",
    "item_clicked",
    "line",
    "new_event",
    "order_cancelled",
    "order_completed",
    "order_refunded",
    "product_added",
    "product_list_viewed",
    "product_removed",
    "product_viewed",
    "products_searched",
    "v1",
]
