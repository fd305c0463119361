// The client against the real server, over a socket.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  cents,
  type Drop,
  EventStatus,
  granted,
  itemClicked,
  line,
  orderCompleted,
  PageType,
  Purpose,
  productViewed,
  type VitrineError,
} from "../src/index.js";
import { AdminService, CatalogService, EventType, ImportMode, Role, VisitorService } from "../src/v1.js";
import { patience, Server } from "./server.js";

const consent = granted(Purpose.PERSONALIZATION, Purpose.MEASUREMENT);
let server: Server;
before(async () => {
  server = await Server.start();
  await server.fill();
});
after(() => server.stop());

test("a page is decided, with the very last event in it", async () => {
  await using shop = server.client();
  const visitor = { deviceId: "read-your-writes", consent };
  shop.track(productViewed(visitor, "shoe-1"));
  await shop.flush(patience);
  const page = await shop.decide(visitor, "home", ["bestseller"]);
  assert.equal(page.error, undefined);
  assert.equal(page.fallback, false);
  const items = page.items("home");
  assert.notEqual(items.length, 0);
  assert.match(items[0]!.productId, /^shoe-/, "what they looked at comes first");
  assert.ok(items.every((item) => item.reason !== ""));
  assert.ok(items.every((item) => item.attributionToken !== ""));

  shop.track(itemClicked(visitor, items[0]!));
  await shop.flush(patience);
  const known = await shop
    .service(VisitorService)
    .getVisitor({ name: "sites/demo/visitors/read-your-writes" });
  assert.deepEqual(known.touches.map((touch) => touch.type).sort(), [
    EventType.PRODUCT_VIEWED,
    EventType.PRODUCT_CLICKED,
  ]);
});

test("a page of several placements follows the request", async () => {
  await using shop = server.client();
  const page = await shop.decidePage({
    visitor: { deviceId: "d2" },
    context: { pageType: PageType.PRODUCT, productId: "shoe-1" },
    placements: [
      {
        placement: "home",
        count: 2,
        excludeIds: ["shoe-2"],
        filter: "'shoes' in product.categories || true",
      },
    ],
  });
  assert.equal(page.error, undefined);
  assert.equal(page.products("home").length, 2);
  assert.ok(!page.products("home").includes("shoe-1"));
  assert.ok(!page.products("home").includes("shoe-2"));
});

test("a refusal falls back, names every field, and is no failure", async () => {
  await using shop = server.client();
  const visitor = { deviceId: "d3" };
  for (let i = 0; i < 6; i++) {
    const page = await shop.decide(visitor, "nowhere", ["bestseller"]);
    assert.equal(page.error?.code, "NOT_FOUND");
    assert.deepEqual(page.products("nowhere"), ["bestseller"]);
  }
  const page = await shop.decidePage({ placements: [{ placement: "home", count: -1, filter: "(" }] });
  assert.equal(page.error?.code, "INVALID_ARGUMENT");
  assert.deepEqual(
    page.error?.violations.map((v) => v.field),
    ["placements[0].count", "placements[0].filter"].slice(0, page.error.violations.length),
  );
  assert.equal((await shop.decide(visitor, "home")).error, undefined, "and it goes on asking");
  assert.equal(shop.stats().pages, 8);
  assert.equal(shop.stats().fallbacks, 7);
});

test("every event is accounted for: stored, known already, without consent, invalid, too large", async () => {
  const drops: Drop[] = [];
  await using shop = server.client({ onDrop: (drop) => drops.push(drop) });
  const visitor = { deviceId: "d4", consent };
  const view = { ...productViewed(visitor, "shoe-1"), id: "twice" };
  shop.track(view);
  shop.track(view);
  shop.track(productViewed({ deviceId: "d4" }, "shoe-1"));
  shop.track(productViewed(visitor, ""));
  shop.track({ ...productViewed(visitor, "shoe-1"), id: "large", searchQuery: "x".repeat(257 << 10) });
  shop.track({ type: "no number" as never });
  await shop.flush(patience);
  const { tracked, queued, stored, duplicates, noConsent, dropped } = shop.stats();
  assert.deepEqual(
    { tracked, queued, stored, duplicates, noConsent, dropped },
    { tracked: 6, queued: 0, stored: 1, duplicates: 1, noConsent: 1, dropped: { INVALID: 3 } },
  );
  assert.deepEqual(
    drops.map((drop) => drop.reason),
    ["INVALID", "INVALID", "INVALID"],
  );
  assert.equal(drops[0]?.event.id, "large");
  assert.deepEqual(
    drops[2]?.error?.violations.map((v) => v.field),
    ["items[0].product_id"],
  );
  assert.equal(view.id, "twice", "the event remains the caller's");
});

test("trackNow waits until the event is durable, and says what became of it", async () => {
  await using shop = server.client();
  const visitor = { deviceId: "d5", personId: "c5", consent };
  const order = orderCompleted(visitor, "order-1", cents("EUR", 2000), line("shoe-1", 1, cents("EUR", 2000)));
  order.id = "order-1";
  assert.equal(await shop.trackNow(order, { timeoutMs: patience }), EventStatus.STORED);
  assert.equal(await shop.trackNow(order, { timeoutMs: patience }), EventStatus.DUPLICATE);
  assert.equal(await shop.trackNow(productViewed({ deviceId: "d5" }, "shoe-1")), EventStatus.NO_CONSENT);
  await assert.rejects(shop.trackNow(productViewed(visitor, "")), (error: VitrineError) => {
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.deepEqual(
      error.violations.map((v) => v.field),
      ["event.items[0].product_id"],
    );
    return true;
  });
});

test("events outlive a crash of the server, and pages are decided again", async () => {
  const own = await Server.start();
  try {
    await own.fill();
    const log: string[] = [];
    await using shop = own.client({ logger: { info: (l) => log.push(l), warn: (l) => log.push(l) } });
    const visitor = { deviceId: "d6", consent };
    await own.kill();
    shop.track(productViewed(visitor, "shoe-1"));
    while (shop.stats().retries === 0) await new Promise(setImmediate);
    const page = await shop.decide(visitor, "home", ["bestseller"]);
    assert.equal(page.error?.code, "UNAVAILABLE");
    assert.deepEqual(page.products("home"), ["bestseller"]);
    await own.run();
    await shop.flush(patience);
    assert.equal(shop.stats().stored, 1);
    assert.match(log[0]!, /can't be delivered/);
    assert.match(log.at(-1)!, /delivered again/);
    assert.ok(
      log.every((l) => !l.includes("d6") && !l.includes("shoe-1")),
      "nothing about visitors",
    );
    assert.equal((await shop.decide(visitor, "home")).error, undefined);
  } finally {
    await own.stop();
  }
});

test("services stream both ways, and refuse with every violation", async () => {
  await using shop = server.client();
  const catalog = shop.service(CatalogService);
  const batches = [0, 1, 2].map((batch) => ({
    parent: "sites/demo",
    mode: ImportMode.INCREMENTAL,
    products: [0, 1].map((i) => ({ name: `sites/demo/products/import-${batch}-${i}`, title: "Imported" })),
  }));
  let imported = 0n;
  for await (const progress of catalog.importProducts(batches)) imported = progress.stored;
  assert.equal(imported, 6n);

  const exported: string[] = [];
  shop.track(productViewed({ deviceId: "d7", consent }, "shoe-1"));
  await shop.flush(patience);
  for await (const { lines } of shop
    .service(VisitorService)
    .exportVisitor({ name: "sites/demo/visitors/d7" })) {
    exported.push(...lines);
  }
  assert.match(exported.join(""), /shoe-1/);

  await assert.rejects(catalog.getProduct({ name: "sites/demo/products/none" }), { code: "NOT_FOUND" });
  await assert.rejects(
    (async () => {
      for await (const _ of shop
        .service(VisitorService)
        .exportVisitor({ name: "sites/demo/visitors/stranger" }));
    })(),
    { code: "NOT_FOUND" },
  );
  const broken = (async function* () {
    yield batches[0]!;
    throw new RangeError("the caller's own");
  })();
  await assert.rejects(
    (async () => {
      for await (const _ of catalog.importProducts(broken));
    })(),
    RangeError,
  );
});

test("after close nothing is asked and nothing taken", async () => {
  const drops: string[] = [];
  const shop = server.client({ onDrop: ({ reason }) => drops.push(reason) });
  await shop.close(patience);
  await shop.close(patience);
  shop.track(productViewed({ deviceId: "d8" }, "shoe-1"));
  assert.deepEqual(drops, ["CLOSED"]);
  const page = await shop.decide({ deviceId: "d8" }, "home", ["bestseller"]);
  assert.equal(page.error?.code, "CLOSED");
  assert.deepEqual(page.products("home"), ["bestseller"]);
  await assert.rejects(shop.trackNow(productViewed({ deviceId: "d8" }, "shoe-1")), { code: "CLOSED" });
});

test("options that make no sense are refused", () => {
  assert.throws(() => server.client({ site: "" }), { code: "INVALID_ARGUMENT" });
  assert.throws(() => server.client({ site: "shops/demo" }), { code: "INVALID_ARGUMENT" });
  assert.throws(() => server.client({ decideTimeoutMs: 0 }), { code: "INVALID_ARGUMENT" });
  assert.throws(() => server.client({ maxQueuedEvents: -1 }), { code: "INVALID_ARGUMENT" });
});

test("an API key lets in, and does not show when the client is printed", async () => {
  const { inspect } = await import("node:util");
  const admin = await Server.start();
  try {
    await using open = admin.client();
    const { secret } = await open
      .service(AdminService)
      .createApiKey({ apiKeyId: "k", apiKey: { roles: [Role.DECIDE] } });
    await admin.kill();
    await admin.run("--auth", "keys");
    await using locked = admin.client({ apiKey: secret });
    const page = await locked.decide({}, "home");
    assert.equal(page.error?.code, "NOT_FOUND", "let in, but there is no shop");
    await using stranger = admin.client();
    assert.equal((await stranger.decide({}, "home")).error?.code, "UNAUTHENTICATED");
    assert.ok(!inspect(locked, { depth: 9, showHidden: true }).includes(secret));
  } finally {
    await admin.stop();
  }
});
