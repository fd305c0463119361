import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  type Event,
  cartViewed,
  cents,
  EventType,
  homeViewed,
  line,
  newEvent,
  orderCompleted,
  PageType,
  productAdded,
  productListViewed,
  productRemoved,
  productsSearched,
  productViewed,
  type Vitrine,
  VitrineError,
} from "@vitrine-io/client";
import { VisitorService } from "@vitrine-io/client/v1";
import { fill } from "./fill.js";
import { type Html, html } from "./html.js";
import * as pages from "./pages.js";
import { bannerPicture, pictureOf } from "./picture.js";
import { bestsellers, productOf, productsIn, search } from "./products.js";
import { changed, cookie, Guest, newVisitorId } from "./visitor.js";

const style = new URL("../../src/style.css", import.meta.url);

/** The shop: what it shows is decided by Vitrine, or by its own lists where that gives no answer. */
export class Storefront {
  readonly #vitrine: Vitrine;
  readonly #visitors;
  readonly server: Server;

  constructor(vitrine: Vitrine) {
    this.#vitrine = vitrine;
    this.#visitors = vitrine.service(VisitorService);
    this.server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => {
        console.error(error);
        response.writeHead(500).end("Something went wrong on our side.\n");
      });
    });
  }

  /** Fills Vitrine with the shop, once. */
  fill(): Promise<void> {
    return fill(this.#vitrine);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://storefront");
    const guest = new Guest(request);
    const [, first = "", ...rest] = url.pathname.split("/").map(decode);
    if (request.method === "POST") {
      await this.#post(`/${[first, ...rest].join("/")}`, guest, await form(request), response);
      return;
    }
    if (url.pathname === "/style.css") return send(response, 200, "text/css", await readFile(style));
    if (first === "picture") {
      const product = productOf(rest.join("/").replace(/\.svg$/, ""));
      if (product) return send(response, 200, "image/svg+xml", pictureOf(product));
    } else if (first === "banner") {
      return send(response, 200, "image/svg+xml", bannerPicture(rest.join("/").replace(/\.svg$/, "")));
    }
    const found = await this.#page(first, rest.join("/"), url.searchParams, guest);
    const [title, main] = found ?? ["Not found", pages.notFound()];
    send(response, found ? 200 : 404, "text/html", pages.layout(guest, url.pathname, title, main));
  }

  /** What stands on a page; undefined where there is none. */
  async #page(first: string, rest: string, query: URLSearchParams, guest: Guest): Promise<[title: string, main: Html] | undefined> {
    const from = query.get("from") ?? "";
    switch (first) {
      case "":
        return ["Outdoor goods", await this.#home(guest)];
      case "category": {
        const own = productsIn(rest);
        if (own.length === 0) return undefined;
        if (from !== "") this.#track({ ...newEvent(guest.visitor, EventType.CREATIVE_CLICKED), attributionToken: from });
        this.#track(productListViewed(guest.visitor, rest));
        const filter = `'${rest}' in product.categories`; // one of ours, as it has products
        const items = await this.#decide(guest, "listing", { pageType: PageType.CATEGORY, category: rest }, own.map(({ id }) => id), { filter });
        return [rest, pages.category(rest, items)];
      }
      case "product": {
        const product = productOf(rest);
        if (!product) return undefined;
        if (from !== "") this.#track({ ...newEvent(guest.visitor, EventType.PRODUCT_CLICKED, line(rest)), attributionToken: from });
        this.#track(productViewed(guest.visitor, rest));
        const own = productsIn(product.category).map(({ id }) => id);
        const similar = await this.#decide(guest, "similar", { pageType: PageType.PRODUCT, productId: rest }, own);
        return [product.title, pages.product(product, similar)];
      }
      case "search": {
        const words = (query.get("q") ?? "").trim().slice(0, 100);
        if (words !== "") this.#track(productsSearched(guest.visitor, words));
        const found = search(words);
        const instead = found.length === 0 ? await this.#decide(guest, "home", { pageType: PageType.SEARCH }, bestsellers) : [];
        return [words, pages.results(words, found, instead)];
      }
      case "cart": {
        this.#track(cartViewed(guest.visitor, ...guest.cart.map(({ product, quantity }) => line(product.id, quantity))));
        const complete = await this.#decide(guest, "complete", { pageType: PageType.CART }, bestsellers, {
          excludeIds: guest.cart.map(({ product }) => product.id),
        });
        return ["Cart", pages.cart(guest.cart, complete)];
      }
      case "thanks":
        return ["Thank you", pages.thanks(query.get("order") ?? "")];
      case "my-data":
        return ["My data", pages.myData(await this.#known(guest), query.has("erased"))];
      default:
        return undefined;
    }
  }

  /** Banner and row in one call, so that they are of one moment. */
  async #home(guest: Guest): Promise<Html> {
    const page = await this.#vitrine.decidePage(
      {
        ...guest.asked,
        context: { pageType: PageType.HOME },
        placements: [{ placement: "home", count: 8 }, { placement: "banner" }],
      },
      { home: bestsellers },
    );
    const [chosen] = page.items("banner");
    this.#track(homeViewed(guest.visitor));
    if (chosen) this.#track({ ...newEvent(guest.visitor, EventType.CREATIVE_VIEWED), attributionToken: chosen.attributionToken });
    return html`${pages.banner(chosen)}${pages.row("home", "For your next days out", pages.shown(page.items("home")))}`;
  }

  async #decide(
    guest: Guest,
    placement: string,
    context: { pageType: PageType; category?: string; productId?: string },
    fallback: readonly string[],
    more: { filter?: string; excludeIds?: string[] } = {},
  ) {
    const page = await this.#vitrine.decidePage(
      {
        ...guest.asked,
        context,
        placements: [{ placement, ...more }],
      },
      { [placement]: fallback },
    );
    const items = pages.shown(page.items(placement));
    return page.fallback && placement !== "listing" ? items.slice(0, 4) : items;
  }

  /** Tells Vitrine what happened, unless there is nobody it could be told of. */
  #track(event: Event): void {
    if (event.visitor) this.#vitrine.track(event);
  }

  async #post(path: string, guest: Guest, fields: URLSearchParams, response: ServerResponse): Promise<void> {
    switch (path) {
      case "/consent": {
        const answer = fields.get("answer") === "yes" ? "yes" : "no";
        const cookies = [cookie("consent", answer)];
        if (answer === "yes" && !guest.resource) cookies.push(cookie("visitor", newVisitorId()));
        return redirect(response, local(fields.get("back")), cookies);
      }
      case "/cart": {
        const product = productOf(fields.get("product") ?? "");
        const by = fields.get("by") === "-1" ? -1 : 1;
        if (!product) return redirect(response, "/cart");
        const touched = line(product.id, 1, cents("EUR", product.price));
        this.#track(by > 0 ? productAdded(guest.visitor, touched) : productRemoved(guest.visitor, touched));
        return redirect(response, "/cart", [cookie("cart", changed(guest.cart, product, by))]);
      }
      case "/checkout": {
        if (guest.cart.length === 0) return redirect(response, "/cart");
        const order = `T${randomUUID().slice(0, 8).toUpperCase()}`;
        const lines = guest.cart.map(({ product, quantity }) => line(product.id, quantity, cents("EUR", product.price)));
        // Under the order's own number: however often it is delivered, it counts once.
        this.#track({ ...orderCompleted(guest.visitor, order, cents("EUR", pages.total(guest.cart)), ...lines), id: order });
        return redirect(response, `/thanks?order=${order}`, [cookie("cart", "")]);
      }
      case "/my-data/erase":
        try {
          if (guest.resource) await this.#visitors.eraseVisitor({ name: guest.resource }, { timeoutMs: 10_000 });
        } catch (error) {
          if (!(error instanceof VitrineError)) throw error;
          if (error.code !== "NOT_FOUND") return redirect(response, "/my-data"); // which says that it can't be reached
        }
        return redirect(response, "/my-data?erased", [cookie("visitor", ""), cookie("consent", "")]);
      default:
        return redirect(response, "/");
    }
  }

  async #known(guest: Guest): Promise<Parameters<typeof pages.myData>[0]> {
    if (!guest.resource) return "nothing";
    try {
      const known = await this.#visitors.getVisitor({ name: guest.resource }, { timeoutMs: 2_000 });
      const ids = [...new Set(known.touches.map(({ productId }) => productId))];
      return { sentences: known.summary, products: ids.flatMap((id) => productOf(id) ?? []).slice(0, 8) };
    } catch (error) {
      if (error instanceof VitrineError) return error.code === "NOT_FOUND" ? "nothing" : "unreachable";
      throw error;
    }
  }
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": type === "text/html" ? "private, no-store" : "max-age=3600",
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  });
  response.end(body);
}

function redirect(response: ServerResponse, to: string, cookies: readonly string[] = []): void {
  response.writeHead(303, { location: to, "set-cookie": cookies as string[], "cache-control": "no-store" }).end();
}

/** A path of this shop, and of no other. */
function local(back: string | null): string {
  return back?.startsWith("/") && !/^\/[/\\]/.test(back) ? back : "/";
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function form(request: IncomingMessage): Promise<URLSearchParams> {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) {
    body += piece;
    if (body.length > 10_000) break; // no form of ours is as long
  }
  return new URLSearchParams(body);
}
