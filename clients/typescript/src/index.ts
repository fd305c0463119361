/**
 * Client of Vitrine for a shop's backend: it asks what to show and tells what visitors
 * do. Everything else that Vitrine offers is reached through the services of
 * `@vitrine-io/client/v1`, by {@link Vitrine.service}.
 *
 * @module client
 */
export type { CallOptions, ServiceClient } from "./channel.js";
export { Vitrine } from "./client.js";
export { type Code, UndeliveredError, type Violation, VitrineError } from "./errors.js";
export {
  cartViewed,
  cents,
  type EventInit,
  granted,
  homeViewed,
  itemClicked,
  type LineInit,
  line,
  newEvent,
  orderCancelled,
  orderCompleted,
  orderRefunded,
  productAdded,
  productListViewed,
  productRemoved,
  productsSearched,
  productViewed,
  type Visitor,
} from "./events.js";
export { PageType } from "./gen/vitrine/v1/context_pb.js";
export { type Event, EventType } from "./gen/vitrine/v1/event_pb.js";
export { EventStatus } from "./gen/vitrine/v1/event_service_pb.js";
export { Purpose } from "./gen/vitrine/v1/visitor_pb.js";
export type { Drop, DropReason, Logger, Options, Stats } from "./options.js";
export { type DecideRequestInit, type Fallbacks, type Item, Page } from "./page.js";
