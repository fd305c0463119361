"""Plays the scenarios of clients/conformance: one JSON command a line in, one reply a line out.

usage: driver.py [--asyncio]

The protocol is in clients/README.md. One set of commands serves both clients: what the
asyncio client returns to be awaited, is.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from google.protobuf import json_format

import vitrine_client as vitrine
from vitrine_client import v1

Json = dict[str, Any]


class Driver:
    def __init__(self, make: type[vitrine.Client] | type[vitrine.AsyncClient]) -> None:
        self._make = make
        self._client: Any = None
        self._page: vitrine.Page | None = None
        self._drops: list[vitrine.Drop] = []

    async def do(self, command: Json) -> Json:
        handler: Callable[[Json], Any] | None = getattr(self, "do_" + command["do"], None)
        if handler is None:
            return {"fatal": f"no command {command['do']!r}"}
        reply: Json = await handler(command)
        return reply

    async def do_new(self, c: Json) -> Json:
        options: Json = {k: c[k] for k in ("api_key", "insecure", "max_queued_events", "max_queued_bytes") if k in c}
        if "ca_file" in c:
            options["tls"] = vitrine.TLS(roots=Path(c["ca_file"]).read_bytes())
        if "decide_timeout_ms" in c:
            options["decide_timeout"] = c["decide_timeout_ms"] / 1000
        self._client = self._make(c["target"], site=c["site"], on_drop=self._drops.append, **options)
        return {}

    async def do_decide(self, c: Json) -> Json:
        began = time.perf_counter()
        page = await awaited(self._client.decide(visitor(c), c["placement"], c.get("fallback", [])))
        took = time.perf_counter() - began
        self._page = page
        items = page.items(c["placement"])
        reply = {
            "fallback": page.fallback,
            "products": page.products(c["placement"]),
            "reasons": [item.reason_kind if page.fallback else item.reason for item in items],
            "tokens": sum(1 for item in items if item.attribution_token),
            "took_ms": took * 1000,
        }
        return reply | ({"error": page.error.code} if page.error else {})

    async def do_decide_page(self, c: Json) -> Json:
        request = json_format.ParseDict(c["request"], v1.DecideRequest())
        began = time.perf_counter()
        page = await awaited(self._client.decide_page(request, c.get("fallback", {})))
        took = time.perf_counter() - began
        self._page = page
        reply = {
            "fallback": page.fallback,
            "placements": {p.placement: page.products(p.placement) for p in page.response.placements},
            "took_ms": took * 1000,
        }
        return reply | ({"error": page.error.code} if page.error else {})

    async def do_track(self, c: Json) -> Json:
        for told in c["events"]:
            event = json_format.ParseDict(told, v1.Event())
            if "repeat" not in c:
                self._client.track(event)
                continue
            name = event.id
            for i in range(1, c["repeat"] + 1):
                event.id = f"{name}-{i}"
                self._client.track(event)
        return {}

    async def do_track_now(self, c: Json) -> Json:
        event = json_format.ParseDict(c["event"], v1.Event())
        try:
            status = await awaited(self._client.track_now(event, seconds(c)))
        except vitrine.VitrineError as e:
            return {"error": e.code}
        return {"status": v1.EventStatus.Name(status).removeprefix("EVENT_STATUS_")}

    async def do_click(self, c: Json) -> Json:
        if self._page is None:
            return {"fatal": "nothing was decided yet"}
        item = self._page.items(c["placement"])[c["index"]]
        self._client.track(vitrine.item_clicked(visitor(c), item))
        return {}

    async def do_flush(self, c: Json) -> Json:
        try:
            await awaited(self._client.flush(seconds(c)))
        except vitrine.NotFlushedError as e:
            return {"left": e.left}
        return {"left": 0}

    async def do_close(self, c: Json) -> Json:
        try:
            await awaited(self._client.close(seconds(c)))
        except vitrine.UndeliveredError as e:
            return {"left": len(e.events)}
        return {"left": 0}

    async def do_stats(self, c: Json) -> Json:
        s: vitrine.Stats = self._client.stats()
        counts = {
            name: getattr(s, name)
            for name in ("tracked", "queued", "stored", "duplicates", "no_consent", "retries", "pages", "fallbacks")
        }
        return counts | {"dropped": {reason.value: n for reason, n in s.dropped.items()}}

    async def do_drops(self, c: Json) -> Json:
        drops, self._drops[:] = list(self._drops), []
        return {"drops": [{"id": d.event.id, "reason": d.reason.value} for d in drops]}

    async def do_bench(self, c: Json) -> Json:
        consent = vitrine.granted(vitrine.PERSONALIZATION, vitrine.MEASUREMENT)
        people = [vitrine.Visitor(f"bench-{i}", consent=consent) for i in range(c.get("visitors", 1000))]
        began, cpu = time.perf_counter(), time.process_time()
        end = began + c["seconds"]
        if c["what"] == "decide":
            calls = await self._bench_decide(c["placement"], people, c["in_flight"], end)
        else:
            calls = await self._bench_track(c["product"], people, end)
        return {"calls": calls, "seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}

    async def _bench_decide(self, placement: str, people: list[vitrine.Visitor], in_flight: int, end: float) -> int:
        if isinstance(self._client, vitrine.AsyncClient):

            async def task(start: int) -> int:
                n = 0
                while time.perf_counter() < end:
                    page = await self._client.decide(people[(start + n * in_flight) % len(people)], placement)
                    n += not page.fallback
                return n

            return sum(await asyncio.gather(*(task(i) for i in range(in_flight))))

        def thread(start: int) -> int:
            n = 0
            while time.perf_counter() < end:
                page = self._client.decide(people[(start + n * in_flight) % len(people)], placement)
                n += not page.fallback
            return n

        with ThreadPoolExecutor(in_flight) as threads:
            return sum(threads.map(thread, range(in_flight)))

    async def _bench_track(self, product: str, people: list[vitrine.Visitor], end: float) -> int:
        before = self._client.stats().stored
        for i in itertools.count():
            if i % 2000 == 0:
                if time.perf_counter() >= end:
                    break
                # Half the queue at most: what is dropped is not delivered.
                while self._client.stats().queued > 4000:
                    await awaited(self._client.flush(60))
            self._client.track(vitrine.product_viewed(people[i % len(people)], product))
        await awaited(self._client.flush(60))
        return int(self._client.stats().stored - before)


def visitor(c: Json) -> vitrine.Visitor:
    v = c["visitor"]
    consent = None
    if v.get("granted") is not None:
        consent = vitrine.granted(*(v1.Purpose.Value("PURPOSE_" + name) for name in v["granted"]))
    return vitrine.Visitor(v.get("device_id", ""), v.get("person_id", ""), consent)


def seconds(c: Json) -> float | None:
    return c["timeout_ms"] / 1000 if "timeout_ms" in c else None


async def awaited(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


async def main(make: type[vitrine.Client] | type[vitrine.AsyncClient]) -> None:
    driver = Driver(make)
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        try:
            reply = await driver.do(json.loads(line))
        except Exception as e:
            reply = {"fatal": f"{type(e).__name__}: {e}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    asyncio.run(main(vitrine.AsyncClient if sys.argv[1:] == ["--asyncio"] else vitrine.Client))
