"""Both clients against the real server, over a socket."""

import asyncio
import inspect
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from shop import Server

import vitrine_client as vitrine
from vitrine_client import v1

ADA = vitrine.Visitor("ada", consent=vitrine.granted(vitrine.PERSONALIZATION, vitrine.MEASUREMENT))
PATIENCE = 60.0  # no test fails because a machine is slow
NOWHERE = "127.0.0.1:1"


class Threads:
    """Client, as the tests call it."""

    make = vitrine.Client

    def run(self, scenario: Callable[[], Any]) -> None:
        asyncio.run(scenario())


class Tasks(Threads):
    """AsyncClient."""

    make = vitrine.AsyncClient


async def done(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


@pytest.fixture(params=[Threads, Tasks], ids=["threads", "asyncio"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param()


@pytest.fixture(scope="module")
def site(server: Server) -> str:
    return server.open_shop("client", products=8)


def test_a_day_in_the_shop(kind: Threads, server: Server, site: str):
    async def scenario() -> None:
        c = kind.make(server.address, site="client", api_key=server.key, insecure=True, decide_timeout=PATIENCE)
        visitor = vitrine.Visitor(f"day-{type(kind).__name__}", consent=ADA.consent)
        c.track(vitrine.product_viewed(visitor, "p3"))
        await done(c.flush(PATIENCE))
        page = await done(c.decide(visitor, "home", ["p1"]))
        assert (page.fallback, page.error) == (False, None)
        assert len(page.products("home")) == 8
        item = page.items("home")[0]
        assert item.reason
        assert item.attribution_token
        c.track(vitrine.item_clicked(visitor, item))
        status = await done(c.track_now(vitrine.product_added(visitor, vitrine.line("p3", 2)), PATIENCE))
        assert status == v1.EVENT_STATUS_STORED
        await done(c.close(PATIENCE))
        s = c.stats()
        assert (s.tracked, s.stored, s.queued, s.pages, s.fallbacks) == (2, 2, 0, 1, 0)

    kind.run(scenario)


def test_a_whole_page(kind: Threads, server: Server, site: str):
    async def scenario() -> None:
        c = kind.make(server.address, site="client", api_key=server.key, insecure=True, decide_timeout=PATIENCE)
        request = v1.DecideRequest(placements=[v1.PlacementRequest(placement="home", count=2, exclude_ids=["p1"])])
        page = await done(c.decide_page(request, {"home": ["p1", "p2", "p3", "p4"]}))
        assert not page.fallback
        assert len(page.products("home")) == 2
        assert "p1" not in page.products("home")
        assert request.site == ""  # the caller's stays as it is
        await done(c.close(PATIENCE))

    kind.run(scenario)


def test_without_a_server_the_page_is_the_callers_own(kind: Threads):
    async def scenario() -> None:
        c = kind.make(NOWHERE, site="demo", insecure=True, decide_timeout=PATIENCE)
        codes = []
        for _ in range(6):
            page = await done(c.decide(ADA, "home", ["p1", "p2"]))
            assert page.fallback
            assert page.products("home") == ["p1", "p2"]
            codes.append(page.error.code)
        assert codes == ["UNAVAILABLE"] * 5 + ["NOT_ASKED"]
        await done(c.close(0))
        assert (await done(c.decide(ADA, "home", ["p1"]))).error.code == "CLOSED"
        assert (c.stats().pages, c.stats().fallbacks) == (7, 7)

    kind.run(scenario)


def test_a_page_never_raises(kind: Threads):
    async def scenario() -> None:
        c = kind.make(NOWHERE, site="demo", insecure=True, decide_timeout=PATIENCE)
        for call in (
            lambda: c.decide(ADA, 7, ["p1"]),
            lambda: c.decide(ADA, "home", [7]),
            lambda: c.decide_page(None, {"home": ["p1"]}),
            lambda: c.decide_page(v1.DecideRequest(), None),
        ):
            page = await done(call())
            assert page.fallback
            assert page.items("home") == []
        await done(c.close(0))

    kind.run(scenario)


def test_a_refusal_names_the_fields(kind: Threads, server: Server, site: str):
    async def scenario() -> None:
        c = kind.make(server.address, site="client", api_key=server.key, insecure=True, decide_timeout=PATIENCE)
        page = await done(c.decide_page(v1.DecideRequest(placements=[v1.PlacementRequest(placement="home", count=-1)])))
        assert page.error.code == "INVALID_ARGUMENT"
        assert [v.field for v in page.error.violations] == ["placements[0].count"]
        with pytest.raises(vitrine.VitrineError) as refused:
            await done(c.track_now(v1.Event(), PATIENCE))
        assert {"event.type", "event.visitor"} <= {v.field for v in refused.value.violations}
        await done(c.close(PATIENCE))

    kind.run(scenario)


def test_the_key_is_sent_with_every_call(kind: Threads, server: Server, site: str):
    async def scenario() -> None:
        c = kind.make(server.address, site="client", api_key=server.key, insecure=True)
        listed = await done(v1.CatalogServiceStub(c.channel).ListProducts(v1.ListProductsRequest(parent=site)))
        assert len(listed.products) == 8
        await done(c.close(PATIENCE))
        wrong = kind.make(server.address, site="client", api_key="vk_wrong", insecure=True, decide_timeout=PATIENCE)
        assert (await done(wrong.decide(ADA, "home"))).error.code == "UNAUTHENTICATED"
        await done(wrong.close(PATIENCE))

    kind.run(scenario)


def test_close_delivers_what_is_queued(kind: Threads, server: Server, site: str):
    async def scenario() -> None:
        c = kind.make(server.address, site="client", api_key=server.key, insecure=True)
        for i in range(1200):
            c.track(vitrine.product_viewed(ADA, f"p{i % 8 + 1}"))
        await done(c.close(PATIENCE))
        await done(c.close(PATIENCE))  # does nothing
        assert c.stats().stored == 1200

    kind.run(scenario)


def test_close_tells_what_it_could_not_deliver(kind: Threads):
    async def scenario() -> None:
        drops: list[vitrine.Drop] = []
        c = kind.make(NOWHERE, site="demo", insecure=True, on_drop=drops.append)
        for i in range(700):
            c.track(vitrine.product_viewed(ADA, f"p{i}"))
        with pytest.raises(vitrine.NotFlushedError) as unflushed:
            await done(c.flush(0))
        assert unflushed.value.left == 700
        with pytest.raises(vitrine.UndeliveredError) as left:
            await done(c.close(0.01))
        assert [e.items[0].product_id for e in left.value.events] == [f"p{i}" for i in range(700)]
        assert [d.event.id for d in drops] == [e.id for e in left.value.events]
        c.track(vitrine.home_viewed(ADA))
        assert drops[-1].reason is vitrine.DropReason.CLOSED
        with pytest.raises(vitrine.VitrineError, match="CLOSED"):
            await done(c.track_now(vitrine.home_viewed(ADA)))

    kind.run(scenario)


def test_track_now_gives_up_in_time(kind: Threads):
    async def scenario() -> None:
        c = kind.make(NOWHERE, site="demo", insecure=True)
        with pytest.raises(vitrine.VitrineError, match="DEADLINE_EXCEEDED"):
            await done(c.track_now(vitrine.home_viewed(ADA), 0.02))
        await done(c.close(0))

    kind.run(scenario)


def test_a_block_ends_with_its_own_error():
    def threads() -> None:
        with vitrine.Client(NOWHERE, site="demo", insecure=True) as c:
            c.close = lambda: vitrine.Client.close(c, 0)  # type: ignore[method-assign]
            c.track(vitrine.home_viewed(ADA))
            raise KeyError("the program's own")

    async def tasks() -> None:
        async with vitrine.AsyncClient(NOWHERE, site="demo", insecure=True) as c:
            c.close = lambda: vitrine.AsyncClient.close(c, 0)  # type: ignore[method-assign]
            c.track(vitrine.home_viewed(ADA))
            raise KeyError("the program's own")

    with pytest.raises(KeyError):
        threads()
    with pytest.raises(KeyError):
        asyncio.run(tasks())


def test_many_threads_share_a_client(server: Server, site: str):
    with (
        vitrine.Client(server.address, site="client", api_key=server.key, insecure=True, decide_timeout=PATIENCE) as c,
        ThreadPoolExecutor(8) as threads,
    ):

        def visit(i: int) -> bool:
            c.track(vitrine.product_viewed(ADA, "p1"))
            return c.decide(vitrine.Visitor(f"thread-{i}"), "home").fallback

        assert not any(threads.map(visit, range(80)))
        c.flush(PATIENCE)
        assert (c.stats().stored, c.stats().pages) == (80, 80)


def test_other_threads_track_by_an_asyncio_client(server: Server, site: str):
    async def scenario() -> None:
        async with vitrine.AsyncClient(server.address, site="client", api_key=server.key, insecure=True) as c:
            await asyncio.to_thread(c.track, vitrine.product_viewed(ADA, "p1"))
            await c.flush(PATIENCE)
            assert c.stats().stored == 1

    asyncio.run(scenario())


def test_an_asyncio_page_can_be_cancelled():
    async def scenario() -> None:
        async with vitrine.AsyncClient("192.0.2.1:1", site="demo", insecure=True, decide_timeout=PATIENCE) as c:
            asking = asyncio.ensure_future(c.decide(ADA, "home"))
            await asyncio.sleep(0)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

    asyncio.run(scenario())


def program(text: str, server: Server) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(OPEN) + textwrap.dedent(text)],
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


OPEN = """
    import os
    import vitrine_client as vitrine
    from vitrine_client import v1
    shop = vitrine.Client(os.environ["VITRINE_TARGET"], site="client", api_key=os.environ["VITRINE_API_KEY"],
                          insecure=True, decide_timeout=60)
    visitor = vitrine.Visitor("program", consent=vitrine.granted(vitrine.PERSONALIZATION))
    view = vitrine.product_viewed(visitor, "p1")
"""


def test_the_end_of_the_process_delivers_what_is_queued(server: Server, site: str):
    program(
        "view.id = 'at-exit'; shop.track(view)",
        server,
    )
    with vitrine.Client(server.address, site="client", api_key=server.key, insecure=True) as c:
        again = vitrine.product_viewed(ADA, "p1")
        again.id = "at-exit"
        assert c.track_now(again, PATIENCE) == v1.EVENT_STATUS_DUPLICATE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_has_a_client_of_its_own(server: Server, site: str):
    out = program(
        """
    assert not shop.decide(visitor, "home").fallback
    shop.track(view)
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            before = shop.stats()
            fallback = shop.decide(visitor, "home").fallback
            shop.track(view)
            shop.flush(60)
            after = shop.stats()
            good = (before.tracked, before.queued, fallback, after.stored, after.pages) == (0, 0, False, 1, 1)
            shop.close(60)
            os._exit(0 if good else 1)
        children.append(child)
    print([os.waitpid(child, 0)[1] for child in children])
    shop.flush(60)
    print(shop.stats().stored, shop.decide(visitor, "home").fallback)
    """,
        server,
    )
    assert out.splitlines() == ["[0, 0, 0]", "1 False"]
