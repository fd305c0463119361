import assert from "node:assert/strict";
import { test } from "node:test";
import { type JsonObject, toJson } from "@bufbuild/protobuf";
import * as vitrine from "../src/index.js";
import { uuidv7 } from "../src/uuid.js";
import { EventSchema } from "../src/v1.js";

const { Purpose, cents, granted, line } = vitrine;
const visitor = { deviceId: "d1", personId: "c1", consent: granted(Purpose.PERSONALIZATION) };

function json(event: vitrine.EventInit): JsonObject {
  const { visitor, consent, ...rest } = toJson(EventSchema, event as never) as JsonObject;
  assert.deepEqual(visitor, { deviceId: "d1", personId: "c1" });
  assert.ok(consent);
  return rest;
}

test("helpers make the usual events", () => {
  const shoe = {
    productId: "p1",
    quantity: 2,
    price: { currencyCode: "EUR", units: "12", nanos: 500000000 },
  };
  const shoes = line("p1", 2, cents("EUR", 1250));
  const cases: [vitrine.EventInit, JsonObject][] = [
    [vitrine.homeViewed(visitor), { type: "EVENT_TYPE_HOME_VIEWED" }],
    [
      vitrine.productListViewed(visitor, "a", "a/b"),
      { type: "EVENT_TYPE_PRODUCT_LIST_VIEWED", categories: ["a", "a/b"] },
    ],
    [
      vitrine.productsSearched(visitor, "tent"),
      { type: "EVENT_TYPE_PRODUCTS_SEARCHED", searchQuery: "tent" },
    ],
    [
      vitrine.productViewed(visitor, "p1"),
      { type: "EVENT_TYPE_PRODUCT_VIEWED", items: [{ productId: "p1", quantity: 1 }] },
    ],
    [
      vitrine.itemClicked(visitor, { productId: "p1", attributionToken: "t" }),
      {
        type: "EVENT_TYPE_PRODUCT_CLICKED",
        items: [{ productId: "p1", quantity: 1 }],
        attributionToken: "t",
      },
    ],
    [
      vitrine.itemClicked(visitor, { productId: "", attributionToken: "t" }),
      { type: "EVENT_TYPE_CREATIVE_CLICKED", attributionToken: "t" },
    ],
    [vitrine.productAdded(visitor, shoes), { type: "EVENT_TYPE_PRODUCT_ADDED", items: [shoe] }],
    [vitrine.productRemoved(visitor, shoes), { type: "EVENT_TYPE_PRODUCT_REMOVED", items: [shoe] }],
    [vitrine.cartViewed(visitor, shoes), { type: "EVENT_TYPE_CART_VIEWED", items: [shoe] }],
    [
      vitrine.orderCompleted(visitor, "o1", cents("EUR", 2500), shoes),
      {
        type: "EVENT_TYPE_ORDER_COMPLETED",
        items: [shoe],
        order: { id: "o1", revenue: { currencyCode: "EUR", units: "25" } },
      },
    ],
    [
      vitrine.orderRefunded(visitor, "o1", shoes),
      { type: "EVENT_TYPE_ORDER_REFUNDED", items: [shoe], order: { id: "o1" } },
    ],
    [vitrine.orderCancelled(visitor, "o1"), { type: "EVENT_TYPE_ORDER_CANCELLED", order: { id: "o1" } }],
  ];
  for (const [event, want] of cases) assert.deepEqual(json(event), want);
});

test("consent names every purpose that it does not grant", () => {
  const answers = (...purposes: vitrine.Purpose[]) =>
    Object.fromEntries((granted(...purposes).purposes ?? []).map((p) => [Purpose[p.purpose!], p.granted]));
  assert.deepEqual(answers(Purpose.PERSONALIZATION, Purpose.MEASUREMENT), {
    PERSONALIZATION: true,
    ADVERTISING: false,
    MEASUREMENT: true,
    DIRECT_CONTACT: false,
  });
  assert.equal(answers(Purpose.PROFILE).PROFILE, true);
  assert.deepEqual(Object.values(answers()), [false, false, false, false]);
});

test("cents of either sign", () => {
  const parts = (amount: number) => [cents("EUR", amount).units, cents("EUR", amount).nanos];
  assert.deepEqual(parts(1250), [12n, 500_000_000]);
  assert.deepEqual(parts(-1), [0n, -10_000_000]);
  assert.deepEqual(parts(-250), [-2n, -500_000_000]);
});

test("ids are UUIDs of version 7 that begin with the time", () => {
  const now = Date.UTC(2026, 0, 1);
  const [one, other] = [uuidv7(now), uuidv7(now)];
  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(one.slice(0, 8) + one.slice(9, 13), 16), now);
  assert.notEqual(one, other);
});
