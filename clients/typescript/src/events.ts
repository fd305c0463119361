import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type Event, type EventItemSchema, EventSchema, EventType } from "./gen/vitrine/v1/event_pb.js";
import { type Money, MoneySchema } from "./gen/vitrine/v1/product_pb.js";
import {
  type Consent,
  type ConsentSchema,
  Purpose,
  type VisitorKeySchema,
} from "./gen/vitrine/v1/visitor_pb.js";
import type { Item } from "./page.js";

/** An `Event`, or an object with those of its fields that matter. */
export type EventInit = MessageInitShape<typeof EventSchema>;

/** A line of a cart or an order; see {@link line}. */
export type LineInit = MessageInitShape<typeof EventItemSchema>;

/** Who looks at a page, or did something. */
export interface Visitor {
  /** The device or browser, as the shop knows it: a first-party cookie, say. */
  deviceId?: string;
  /** The customer account, when signed in. */
  personId?: string;
  /**
   * What the visitor said to being known; see {@link granted}. Absent, it is left to the
   * policy of the site, which refuses by default.
   */
  consent?: Consent | MessageInitShape<typeof ConsentSchema>;
}

/** What a visitor is in a message. */
export function keyOf({ deviceId = "", personId = "" }: Visitor): {
  visitor?: MessageInitShape<typeof VisitorKeySchema>;
} {
  return deviceId === "" && personId === "" ? {} : { visitor: { deviceId, personId } };
}

const purposes = [Purpose.PERSONALIZATION, Purpose.ADVERTISING, Purpose.MEASUREMENT, Purpose.DIRECT_CONTACT];

/**
 * The consent of a visitor who allowed these purposes and refused all others; without
 * any, of one who refused everything. `PROFILE` follows the answer for `PERSONALIZATION`
 * unless it is named.
 */
export function granted(...allowed: Purpose[]): MessageInitShape<typeof ConsentSchema> {
  const asked = allowed.includes(Purpose.PROFILE) ? [...purposes, Purpose.PROFILE] : purposes;
  return { purposes: asked.map((purpose) => ({ purpose, granted: allowed.includes(purpose) })) };
}

/** A price of so many hundredths of the currency's unit: `cents("EUR", 1250)` is 12.50 EUR. */
export function cents(currencyCode: string, amount: number): Money {
  const units = Math.trunc(amount / 100);
  return create(MoneySchema, {
    currencyCode,
    units: BigInt(units),
    nanos: Math.round(amount - units * 100) * 10_000_000, // of the same sign as units
  });
}

/** A product of a cart or an order; the price is of one. */
export function line(productId: string, quantity = 1, price?: Money): LineInit {
  return price ? { productId, quantity, price } : { productId, quantity };
}

type Fields = Exclude<EventInit, Event>;

function make(visitor: Visitor, type: EventType, fields: Fields = {}): Event {
  const consent = visitor.consent ? { consent: visitor.consent } : {};
  return create(EventSchema, { type, ...keyOf(visitor), ...consent, ...fields });
}

/**
 * An event of any type; the functions below make the usual ones. Id and time are assigned
 * by `track` when they are left empty, and every other field may be set on the result.
 */
export function newEvent(visitor: Visitor, type: EventType, ...items: LineInit[]): Event {
  return make(visitor, type, { items });
}

/** The home page was looked at. */
export function homeViewed(visitor: Visitor): Event {
  return make(visitor, EventType.HOME_VIEWED);
}

/** A list of products was looked at, by its category paths such as `shoes/running`. */
export function productListViewed(visitor: Visitor, ...categories: string[]): Event {
  return make(visitor, EventType.PRODUCT_LIST_VIEWED, { categories });
}

/** Something was searched for. */
export function productsSearched(visitor: Visitor, searchQuery: string): Event {
  return make(visitor, EventType.PRODUCTS_SEARCHED, { searchQuery });
}

/** A product's page was looked at. */
export function productViewed(visitor: Visitor, productId: string): Event {
  return make(visitor, EventType.PRODUCT_VIEWED, { items: [line(productId)] });
}

/** An item that Vitrine had chosen was clicked. */
export function itemClicked(visitor: Visitor, item: Pick<Item, "productId" | "attributionToken">): Event {
  const { productId, attributionToken } = item;
  if (productId === "") return make(visitor, EventType.CREATIVE_CLICKED, { attributionToken });
  return make(visitor, EventType.PRODUCT_CLICKED, { items: [line(productId)], attributionToken });
}

/** A product was put into the cart. */
export function productAdded(visitor: Visitor, added: LineInit): Event {
  return make(visitor, EventType.PRODUCT_ADDED, { items: [added] });
}

/** A product was taken out of the cart. */
export function productRemoved(visitor: Visitor, removed: LineInit): Event {
  return make(visitor, EventType.PRODUCT_REMOVED, { items: [removed] });
}

/** The cart was looked at; its lines, when given, replace the cart as Vitrine knows it. */
export function cartViewed(visitor: Visitor, ...items: LineInit[]): Event {
  return make(visitor, EventType.CART_VIEWED, { items });
}

/** An order was placed, under the shop's number, for that revenue without tax and shipping. */
export function orderCompleted(visitor: Visitor, id: string, revenue: Money, ...items: LineInit[]): Event {
  return make(visitor, EventType.ORDER_COMPLETED, { items, order: { id, revenue } });
}

/** Goods of an order were sent back. */
export function orderRefunded(visitor: Visitor, id: string, ...items: LineInit[]): Event {
  return make(visitor, EventType.ORDER_REFUNDED, { items, order: { id } });
}

/** An order was called off. */
export function orderCancelled(visitor: Visitor, id: string): Event {
  return make(visitor, EventType.ORDER_CANCELLED, { order: { id } });
}
