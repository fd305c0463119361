import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { granted, Purpose, type Visitor } from "@vitrine-io/client";
import { type Product, productOf } from "./products.js";

/** A line of the cart. */
export interface CartLine {
  product: Product;
  quantity: number;
}

/**
 * Who asks for a page, as their own cookies tell: the shop keeps nothing. The id, by which
 * Vitrine knows the browser, is made when they agree to it and not before.
 */
export class Guest {
  /** What they answered to the consent bar, if they did. */
  readonly consent: "yes" | "no" | undefined;
  readonly cart: readonly CartLine[];
  readonly #id: string;

  constructor(request: IncomingMessage) {
    const cookies = new Map(
      (request.headers.cookie ?? "").split(/; */).map((cookie) => {
        const [name, ...value] = cookie.split("=");
        return [name ?? "", value.join("=")];
      }),
    );
    const consent = cookies.get("consent");
    this.consent = consent === "yes" || consent === "no" ? consent : undefined;
    this.#id = /^[0-9a-f-]{36}$/.test(cookies.get("visitor") ?? "") ? cookies.get("visitor")! : "";
    this.cart = (cookies.get("cart") ?? "").split("~").flatMap((line) => {
      const [id = "", quantity] = line.split("*");
      const product = productOf(id);
      return product ? [{ product, quantity: Math.min(Math.max(Number(quantity) || 1, 1), 99) }] : [];
    });
  }

  /** Who they are to Vitrine. What they did not allow is refused with every call. */
  get visitor(): Visitor {
    const allowed = this.consent === "yes" ? [Purpose.PERSONALIZATION, Purpose.MEASUREMENT, Purpose.ADVERTISING] : [];
    return { deviceId: this.#id, consent: granted(...allowed) };
  }

  /** The same, as a page's request has it. */
  get asked() {
    const { consent } = this.visitor;
    return { ...(this.#id === "" ? {} : { visitor: { deviceId: this.#id } }), ...(consent ? { consent } : {}) };
  }

  /** What Vitrine calls them, for GetVisitor; undefined without an id. */
  get resource(): string | undefined {
    return this.#id === "" ? undefined : `sites/storefront/visitors/${this.#id}`;
  }
}

const year = 365 * 24 * 60 * 60;

/** A first-party cookie; without a value it is taken away. */
export function cookie(name: "consent" | "visitor" | "cart", value: string): string {
  return `${name}=${value}; Path=/; Max-Age=${value === "" ? 0 : year}; SameSite=Lax; HttpOnly`;
}

/** An id for a browser that agreed to one. */
export const newVisitorId = randomUUID;

/** The cart with so many more of a product; with fewer than one of it, without it. */
export function changed(cart: readonly CartLine[], product: Product, by: number): string {
  const lines = cart.some((line) => line.product === product) ? cart : [...cart, { product, quantity: 0 }];
  return lines
    .map((line) => (line.product === product ? { product, quantity: line.quantity + by } : line))
    .filter(({ quantity }) => quantity > 0)
    .map((line) => `${line.product.id}*${line.quantity}`)
    .join("~");
}
