"""Pages, fallbacks, events: what needs no server."""

import re

import pytest

from vitrine_client import PERSONALIZATION, PROFILE, Page, Visitor, cents, granted, item_clicked, order_completed, v1
from vitrine_client.breaker import Breaker
from vitrine_client.events import identified
from vitrine_client.page import fallback_page
from vitrine_client.transport import track_events_body


def test_a_fallback_page_keeps_the_requests_rules():
    request = v1.DecideRequest(
        context=v1.PageContext(product_id="own"),
        placements=[
            v1.PlacementRequest(placement="sites/demo/placements/home", count=2, exclude_ids=["excluded"]),
            v1.PlacementRequest(placement="more"),
        ],
    )
    response = fallback_page(request, {"home": ["own", "excluded", "a", "a", "b", "c"], "more": ["a", "c"]})
    page = Page(response, True)
    assert page.products("home") == ["a", "b"]
    assert page.products("more") == ["c"]
    assert page.products("sites/demo/placements/more") == ["c"]
    assert page.items("elsewhere") == []
    [item] = page.items("more")
    assert (item.reason, item.reason_kind, item.attribution_token) == ("", "FALLBACK", "")


def test_consent_answers_for_every_purpose():
    answers = {v1.Purpose.Name(p.purpose): p.granted for p in granted(PERSONALIZATION).purposes}
    assert answers == {
        "PURPOSE_PERSONALIZATION": True,
        "PURPOSE_ADVERTISING": False,
        "PURPOSE_MEASUREMENT": False,
        "PURPOSE_DIRECT_CONTACT": False,
    }
    assert [p.granted for p in granted(PROFILE).purposes] == [False] * 4 + [True]


def test_prices_in_cents():
    assert cents("EUR", 1250) == v1.Money(currency_code="EUR", units=12, nanos=500_000_000)
    assert cents("EUR", -5) == v1.Money(currency_code="EUR", nanos=-50_000_000)


def test_a_click_carries_the_attribution_token_along():
    page = Page(
        v1.DecideResponse(
            placements=[
                v1.PlacementResult(
                    placement="home",
                    items=[
                        v1.DecidedItem(product=v1.DecidedProduct(product_id="p1"), attribution_token="token"),
                        v1.DecidedItem(creative=v1.DecidedCreative(creative="c"), attribution_token="of a creative"),
                    ],
                )
            ]
        )
    )
    product, creative = (item_clicked(Visitor("d"), item) for item in page.items("home"))
    assert (product.items[0].product_id, product.attribution_token) == ("p1", "token")
    assert (len(creative.items), creative.attribution_token) == (0, "of a creative")
    assert (product.type, creative.type) == (v1.EVENT_TYPE_PRODUCT_CLICKED, v1.EVENT_TYPE_CREATIVE_CLICKED)


def test_a_tracked_event_gets_an_id_and_a_time_and_the_callers_stays_as_it_is():
    event = order_completed(Visitor("d"), "o-1", cents("EUR", 1))
    first, second = identified(event), identified(event)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first.id)
    assert first.id != second.id
    assert first.HasField("time")
    assert not event.id
    assert not event.HasField("time")
    given = identified(v1.Event(id="mine"))
    assert given.id == "mine"


def test_encoded_events_make_the_same_request():
    events = [v1.Event(id="x" * n) for n in (1, 100, 1000, 20_000)]
    body = track_events_body("sites/demo", [e.SerializeToString() for e in events])
    assert v1.TrackEventsRequest.FromString(body) == v1.TrackEventsRequest(site="sites/demo", events=events)


def test_five_failures_in_a_row_and_only_one_call_in_250_ms_asks():
    b = Breaker()
    for _ in range(4):
        b.failed(10.0)
    assert b.allow(10.0)
    b.failed(10.0)
    assert [b.allow(10.1), b.allow(10.25), b.allow(10.25), b.allow(10.49), b.allow(10.5)] == [
        False,
        True,
        False,
        False,
        True,
    ]
    b.answered()
    assert b.allow(10.5)
    assert b.allow(10.5)


@pytest.mark.parametrize("site", ["", "sites/", "shops/demo"])
def test_a_site_is_needed(site: str):
    from vitrine_client.core import Options

    with pytest.raises(ValueError, match="site"):
        Options(site=site)


def test_the_key_is_no_matter_for_logs():
    from vitrine_client.core import Options

    assert "vk_" not in repr(Options(site="demo", api_key="vk_secret"))
