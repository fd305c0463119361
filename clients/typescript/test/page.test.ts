import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { VitrineError } from "../src/errors.js";
import { type DecideRequestInit, type Fallbacks, fallbackPage, Page } from "../src/page.js";
import { DecideRequestSchema, DecideResponseSchema, ReasonKind } from "../src/v1.js";

function fallback(request: DecideRequestInit, lists: Fallbacks): Page {
  return fallbackPage(create(DecideRequestSchema, request), lists, new VitrineError("UNAVAILABLE", "gone"));
}

test("a fallback page is cut to the count", () => {
  const page = fallback({ placements: [{ placement: "home", count: 2 }] }, { home: ["a", "b", "c"] });
  assert.deepEqual(page.products("home"), ["a", "b"]);
});

test("it leaves out what is excluded, the page's own product and what stands above", () => {
  const request = {
    context: { productId: "own" },
    placements: [{ placement: "top", excludeIds: ["no"] }, { placement: "sites/demo/placements/below" }],
  };
  const page = fallback(request, { top: ["no", "own", "a", "a", ""], below: ["a", "no", "b"] });
  assert.deepEqual(page.products("top"), ["a"]);
  assert.deepEqual(page.products("below"), ["no", "b"]);
  assert.deepEqual(page.products("sites/demo/placements/below"), ["no", "b"]);
});

test("its items say that they are a fallback, and carry no token", () => {
  const [item] = fallback({ placements: [{ placement: "home" }] }, { home: ["a"] }).items("home");
  assert.equal(item?.reason, "");
  assert.equal(item?.attributionToken, "");
  assert.equal(item?.decided.reasons[0]?.kind, ReasonKind.FALLBACK);
});

test("a placement without a list, or that was not asked for, is empty", () => {
  const page = fallback({ placements: [{ placement: "home" }] }, { other: ["a"] });
  assert.deepEqual(page.products("home"), []);
  assert.deepEqual(page.products("other"), []);
});

test("an item has its first reason and its token; a creative has no product", () => {
  const response = create(DecideResponseSchema, {
    placements: [
      {
        placement: "home",
        items: [
          {
            item: { case: "product", value: { productId: "p1" } },
            reasons: [{ text: "why" }, { text: "and" }],
            attributionToken: "t1",
          },
          { item: { case: "creative", value: { creative: "c" } }, attributionToken: "t2" },
        ],
      },
    ],
  });
  const page = new Page(response);
  assert.equal(page.fallback, false);
  assert.deepEqual(
    page.items("home").map(({ decided, ...item }) => item),
    [
      { productId: "p1", reason: "why", attributionToken: "t1" },
      { productId: "", reason: "", attributionToken: "t2" },
    ],
  );
  assert.deepEqual(page.products("home"), ["p1"]);
});
