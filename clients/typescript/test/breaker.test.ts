import assert from "node:assert/strict";
import { test } from "node:test";
import { Breaker } from "../src/breaker.js";

function broken(clock: { now: number }): Breaker {
  const breaker = new Breaker(() => clock.now);
  for (let i = 0; i < 5; i++) {
    assert.equal(breaker.allow(), true, `call ${i + 1}`);
    breaker.failed();
  }
  return breaker;
}

test("after five failures in a row it asks once in 250 ms", () => {
  const clock = { now: 1000 };
  const breaker = broken(clock);
  assert.equal(breaker.allow(), false);
  clock.now = 1249;
  assert.equal(breaker.allow(), false);
  clock.now = 1250;
  assert.equal(breaker.allow(), true);
  assert.equal(breaker.allow(), false, "one at a time");
  breaker.failed();
  clock.now = 1499;
  assert.equal(breaker.allow(), false);
  clock.now = 1500;
  assert.equal(breaker.allow(), true);
});

test("an answer closes it", () => {
  const clock = { now: 0 };
  const breaker = broken(clock);
  clock.now = 250;
  assert.equal(breaker.allow(), true);
  breaker.answered();
  for (let i = 0; i < 4; i++) breaker.failed();
  assert.equal(breaker.allow(), true, "four failures are not five");
});
