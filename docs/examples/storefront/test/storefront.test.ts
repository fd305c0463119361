// The shop as its visitors see it, in a browser.
import assert from "node:assert/strict";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { Vitrine } from "@vitrine-io/client";
import { startVitrine } from "../src/serve.js";
import { Storefront } from "../src/storefront.js";

// As long as a test waits for what takes milliseconds, on a machine however busy.
const patience = 60_000;

/** Where the pictures of before and after go. */
const pictures = process.env["PICTURES"] ?? fileURLToPath(new URL("../", import.meta.url));

let browser: Browser;
let server: Awaited<ReturnType<typeof startVitrine>>;
let vitrine: Vitrine;
let storefront: Storefront;
let address: string;
let page: Page;

before(async () => {
  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: patience });
  server = await startVitrine();
  vitrine = new Vitrine(server.address, { site: "storefront", insecure: true, decideTimeoutMs: patience });
  storefront = new Storefront(vitrine);
  await storefront.fill();
  await vitrine.flush(patience);
  storefront.server.listen(0, "127.0.0.1");
  await once(storefront.server, "listening");
  address = `http://127.0.0.1:${(storefront.server.address() as { port: number }).port}`;
});
after(async () => {
  await browser?.close();
  storefront?.server.closeAllConnections();
  storefront?.server.close();
  await vitrine?.close(0).catch(() => {}); // the last test kills the server
  await server?.stop();
});
beforeEach(async () => {
  // A browser of its own for each visitor.
  page = await browser.newPage({ viewport: { width: 1180, height: 1080 }, baseURL: address });
  page.setDefaultTimeout(patience);
});
afterEach(() => page.close());

/** Opens a page once Vitrine has all that the visitor did before. */
async function go(path: string): Promise<void> {
  await vitrine.flush(patience);
  const response = await page.goto(path);
  assert.equal(response?.status(), 200, path);
}

/** Presses a button of that name, and waits for the page that comes of it. */
async function press(name: string): Promise<void> {
  await vitrine.flush(patience);
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);
}

/** The products of a row of the page, as `category: id`. */
function row(name: string): Promise<string[]> {
  const cards = page.locator(`[data-row=${name}] .card`);
  return cards.evaluateAll((all) => all.map((card) => `${(card as HTMLElement).dataset["category"]}: ${(card as HTMLElement).dataset["product"]}`));
}

/** The home page of somebody who was never here. */
async function stranger(): Promise<string[]> {
  const text = await (await fetch(`${address}/`)).text();
  return [...text.matchAll(/data-product="([^"]*)" data-category="([^"]*)"/g)].map(([, product, category]) => `${category}: ${product}`);
}

/** Opens the home page, and checks that it is a stranger's. */
async function goHomeAsStranger(): Promise<void> {
  for (;;) {
    const before = await stranger();
    await go("/");
    const own = await row("home");
    // The shop goes on learning: what it shows to everybody may change between two pages.
    if (JSON.stringify(before) !== JSON.stringify(await stranger())) continue;
    assert.deepEqual(own, before);
    return;
  }
}

const running = (products: string[]) => products.filter((product) => product.startsWith("shoes/running")).length;

async function browseRunningShoes(): Promise<void> {
  for (const id of ["scree-shoe", "tempo-shoe", "tarn-shoe", "kerb-shoe"]) await go(`/product/${id}`);
}

test("the home page turns towards what a visitor looks at, and says why", async () => {
  await go("/");
  await press("Yes, remember");
  const before = await row("home");
  assert.equal(before.length, 8);
  assert.equal(await page.locator(".banner").getAttribute("data-banner"), "door");
  await page.getByText("Why this?").first().click();
  await page.screenshot({ path: `${pictures}/before.png` });

  await browseRunningShoes();
  assert.equal(running(await row("similar")), 4, "what is like a running shoe");
  await go("/");
  const after = await row("home");
  assert.ok(running(after) > running(before), `${before.join()} became ${after.join()}`);
  assert.ok(running(after) >= 4, after.join());
  assert.equal(await page.locator(".banner").getAttribute("data-banner"), "ridge", "the banner for runners");
  await page.getByText("Why this?").first().click();
  assert.notEqual(await page.locator("details[open] li").first().innerText(), "");
  await page.screenshot({ path: `${pictures}/after.png` });

  await press("Search"); // of nothing, which finds nothing and breaks nothing
  assert.equal(await page.locator("h1").innerText(), "“”");
});

test("without consent the home page stays as it is, and no id is set", async () => {
  await go("/");
  await press("No, thank you");
  await browseRunningShoes();
  await goHomeAsStranger();
  assert.equal(await page.locator(".banner").getAttribute("data-banner"), "door");
  assert.deepEqual((await page.context().cookies()).map(({ name, value }) => `${name}=${value}`), ["consent=no"]);
  await go("/my-data");
  assert.match(await page.locator("main").innerText(), /Nothing: no profile/);
});

test("consent that is taken back holds for the very next page", async () => {
  await go("/");
  await press("Yes, remember");
  await browseRunningShoes();
  await go("/");
  assert.notDeepEqual(await row("home"), await stranger());
  await go("/my-data");
  await press("Remember nothing from now on");
  await goHomeAsStranger();
});

test("what is known is told in words, and can be erased", async () => {
  await go("/");
  await press("Yes, remember");
  await browseRunningShoes();
  await go("/search?q=rain+jacket");
  assert.ok((await row("results")).every((product) => product.startsWith("jackets/rain")));
  await go("/my-data");
  const known = await page.locator(".known").innerText();
  assert.match(known, /Scree trail running shoe/);
  assert.match(known, /rain jacket/);
  await press("Erase all of it");
  assert.match(await page.locator("main").innerText(), /Everything is erased[^]*Nothing: no profile/);
  assert.deepEqual(await page.context().cookies(), []);
  await goHomeAsStranger();
});

test("a cart becomes an order, which Vitrine counts", async () => {
  await go("/");
  await press("Yes, remember");
  await go("/product/meadow-tent");
  await press("Put into the cart");
  assert.equal(await page.locator(".cart b").innerText(), "1");
  assert.ok(!(await row("complete")).some((product) => product.endsWith("meadow-tent")));
  await page.goBack();
  await press("Put into the cart");
  await press("One Campfold Meadow family tent less");
  assert.match(await page.locator("tfoot").innerText(), /199\.90/);
  await press("Order, without paying");
  const order = await page.locator("main b").innerText();
  assert.match(order, /^T[0-9A-F]{8}$/);
  assert.equal(await page.locator(".cart b").innerText(), "0");
  await go("/my-data");
  assert.match(await page.locator(".known").innerText(), /bought Campfold Meadow family tent/i);
});

test("a click on what Vitrine chose brings its token along", async () => {
  await go("/");
  await press("Yes, remember");
  await Promise.all([page.waitForEvent("load"), page.locator("[data-row=home] .card a").first().click()]);
  assert.match(page.url(), /\?from=./);
  await vitrine.flush(patience);
  const { dropped, noConsent } = vitrine.stats();
  assert.deepEqual(dropped, {}, "every event was a good one");
  assert.notEqual(noConsent, undefined);
  await go("/my-data");
  assert.equal((await row("looked")).length, 1);
});

test("pages can be used by keyboard and read aloud", async () => {
  for (const path of ["/", "/category/shoes/running", "/product/solo-tent", "/search?q=shoe", "/cart", "/my-data"]) {
    await go(path);
    assert.equal(await page.locator("h1").count(), 1, `one heading on ${path}`);
    assert.equal(await page.locator("img:not([alt])").count(), 0, `pictures have an alt on ${path}`);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the content", path);
  }
});

test("strange requests do no harm", async () => {
  const get = (path: string) => fetch(address + path, { redirect: "manual" });
  for (const path of ["/product/none", "/category/none", "/category/", "/nowhere", "/picture/none.svg", "/product/%E0%A4%A"]) {
    assert.equal((await get(path)).status, 404, path);
  }
  const script = await (await get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E")).text();
  assert.ok(!script.includes("<script"));
  const post = (path: string, body: string) => fetch(address + path, { method: "POST", body, redirect: "manual" });
  assert.equal((await post("/consent", "answer=no&back=//elsewhere.example")).headers.get("location"), "/");
  assert.equal((await post("/cart", "product=none")).headers.get("location"), "/cart");
});

// The last one, as nothing answers after it.
test("every page is there when Vitrine is not", async () => {
  await go("/");
  await press("Yes, remember");
  await server.stop();
  for (const path of ["/", "/category/shoes/running", "/product/scree-shoe", "/search?q=tent", "/cart"]) {
    assert.equal((await page.goto(path))?.status(), 200, path);
    assert.ok((await page.locator(".card").count()) >= 3, path);
  }
  await page.goto("/");
  assert.equal(await page.locator(".banner").getAttribute("data-banner"), "door");
  assert.equal(await page.getByText("Why this?").count(), 0, "the shop's own list needs no reason");
  await page.goto("/my-data");
  assert.match(await page.locator("main").innerText(), /can’t look it up/);
});
