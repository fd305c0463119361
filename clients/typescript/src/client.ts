import {
  create,
  type DescMessage,
  type DescService,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Breaker } from "./breaker.js";
import { type CallOptions, Channel, type ServiceClient } from "./channel.js";
import { asVitrineError, refused, VitrineError } from "./errors.js";
import { type EventInit, keyOf, type Visitor } from "./events.js";
import {
  type DecideRequest,
  DecideRequestSchema,
  type DecideResponse,
  DecisionService,
} from "./gen/vitrine/v1/decision_service_pb.js";
import { type Event, EventSchema } from "./gen/vitrine/v1/event_pb.js";
import {
  type EventResult,
  EventService,
  type EventStatus,
  TrackEventRequestSchema,
  TrackEventsRequestSchema,
} from "./gen/vitrine/v1/event_service_pb.js";
import type { Options, Stats } from "./options.js";
import { type DecideRequestInit, type Fallbacks, fallbackPage, idOf, Page } from "./page.js";
import { persist, sendTimeoutMs, systemClock } from "./retry.js";
import { Tracker } from "./tracker.js";
import { uuidv7 } from "./uuid.js";

/**
 * Above what the contract's own limits add up to for one event (100 items, 32
 * attributes), and far below the 4 MiB of a gRPC message, which one event too large would
 * keep a whole batch from passing.
 */
const maxEventBytes = 256 << 10;

/** How long `flush` and `close` wait unless told otherwise: as long as an attempt may take. */
const patienceMs = sendTimeoutMs;

/**
 * Talks to one Vitrine about one site: asks what to show, and tells what visitors do.
 * Neither makes a page wait for long, and neither breaks it. A program needs no more than
 * one, and ends it with {@link Vitrine.close}.
 */
export class Vitrine {
  readonly #site: string;
  readonly #decideTimeoutMs: number;
  readonly #channel: Channel;
  readonly #breaker = new Breaker(() => performance.now());
  readonly #tracker: Tracker;
  #closed: Promise<void> | undefined;
  #pages = 0;
  #fallbacks = 0;

  /**
   * A client of the server at `target`, such as `localhost:7654` or
   * `dns:///vitrine.internal:7654`. It connects in the background: a server that is not
   * there yet is no error. Throws where the options make no sense.
   */
  constructor(target: string, options: Options) {
    this.#site = options.site.includes("/") ? options.site : `sites/${options.site}`;
    if (!/^sites\/[^/]+$/.test(this.#site)) {
      throw new VitrineError(
        "INVALID_ARGUMENT",
        `options.site ${JSON.stringify(options.site)}: an id or sites/{site} is needed`,
      );
    }
    this.#decideTimeoutMs = positive(options, "decideTimeoutMs", 50);
    this.#tracker = new Tracker({
      send: (events, signal) => this.#sendEvents(events, signal),
      limits: {
        events: positive(options, "maxQueuedEvents", 10_000),
        bytes: positive(options, "maxQueuedBytes", 8 << 20),
      },
      onDrop: options.onDrop,
      logger: options.logger,
      clock: systemClock,
      random: Math.random,
    });
    this.#channel = new Channel(target, options);
  }

  /**
   * Fills one placement for a visitor, or, when Vitrine gives no answer in time, with the
   * products of `fallback`. It never rejects.
   */
  decide(
    visitor: Visitor,
    placement: string,
    fallback: readonly string[] = [],
    options?: { signal?: AbortSignal },
  ): Promise<Page> {
    const consent = visitor.consent ? { consent: visitor.consent } : {};
    const request = { ...keyOf(visitor), ...consent, placements: [{ placement }] };
    return this.decidePage(request, { [idOf(placement)]: fallback }, options);
  }

  /**
   * Fills a whole page as the request says; the client's site stands in for an empty one.
   * When Vitrine gives no answer in time the page is made of `fallbacks`, which are cut to
   * the count asked for and leave out what the request excludes and what stands on the
   * page already. A placement that Vitrine did answer with too few items stays as it is,
   * with its `noFillReason`. It never rejects.
   */
  async decidePage(
    request: DecideRequestInit,
    fallbacks: Fallbacks = {},
    options?: { signal?: AbortSignal },
  ): Promise<Page> {
    this.#pages++;
    let page: DecideRequest | undefined;
    try {
      page = encode(() => asMessage(DecideRequestSchema, request));
      return new Page(await this.#ask(page, options?.signal));
    } catch (thrown) {
      this.#fallbacks++;
      return fallbackPage(page, fallbacks, asVitrineError(thrown, "Decide"));
    }
  }

  async #ask(request: DecideRequest, signal: AbortSignal | undefined): Promise<DecideResponse> {
    const encoded = encode(() =>
      toBinary(DecideRequestSchema, request.site === "" ? { ...request, site: this.#site } : request),
    );
    if (this.#closed) throw closedError();
    if (signal?.aborted) throw new VitrineError("CANCELLED", "Decide: the caller's signal had ended");
    if (!this.#breaker.allow()) throw new VitrineError("NOT_ASKED", "not asked, as the last calls failed");
    try {
      const options: CallOptions = { timeoutMs: this.#decideTimeoutMs };
      if (signal) options.signal = signal;
      const response = await this.#channel.unary(DecisionService.method.decide, encoded, options);
      this.#breaker.answered();
      return response;
    } catch (thrown) {
      const error = asVitrineError(thrown, "Decide");
      if (refused(error)) this.#breaker.answered();
      else if (!signal?.aborted) this.#breaker.failed(); // else the caller went away, which says nothing of the server
      throw error;
    }
  }

  /**
   * Takes an event and returns at once. It is delivered in the background, in the order of
   * the calls, or handed to `onDrop`. An id (UUIDv7) and the time are assigned if missing.
   * The event remains the caller's.
   */
  track(event: EventInit): void {
    let own: Event | undefined;
    try {
      own = identified(event);
      const encoded = encodeEvent(own);
      const reason = this.#tracker.add(encoded);
      if (reason) this.#tracker.refuse(own, reason, reason === "CLOSED" ? closedError() : undefined);
    } catch (thrown) {
      this.#tracker.refuse(own ?? create(EventSchema), "INVALID", asVitrineError(thrown, "track"));
    }
  }

  /**
   * Delivers one event and waits until it is durable, trying again under the same id until
   * `timeoutMs` have passed (without end by default) or `signal` ends. Resolves to
   * `STORED`, `DUPLICATE` or `NO_CONSENT`; when it rejects, the event may have arrived or
   * not. It does not wait for events that `track` took before.
   */
  async trackNow(event: EventInit, options: CallOptions = {}): Promise<EventStatus> {
    if (this.#closed) throw closedError();
    const own = identified(event);
    encodeEvent(own);
    const request = toBinary(
      TrackEventRequestSchema,
      create(TrackEventRequestSchema, { site: this.#site, event: own }),
    );
    const { signal } = options;
    const attempt = (timeoutMs: number) =>
      this.#channel.unary(
        EventService.method.trackEvent,
        request,
        signal ? { timeoutMs, signal } : { timeoutMs },
      );
    const response = await persist(attempt, options, systemClock, Math.random);
    return response.status;
  }

  /**
   * Waits until every event that `track` has taken so far is delivered or dropped. Rejects
   * with an {@link UndeliveredError} after `timeoutMs`. It cuts a pause between two
   * attempts short, but for one that the server asked for.
   */
  flush(timeoutMs: number = patienceMs): Promise<void> {
    return this.#tracker.flush(timeoutMs);
  }

  /**
   * Delivers what is queued, for `timeoutMs` at most, and releases the client: it keeps
   * no process alive. Events that could not be delivered by then go to `onDrop` and into
   * the {@link UndeliveredError} that it rejects with. A second call does nothing more.
   */
  close(timeoutMs: number = patienceMs): Promise<void> {
    this.#closed ??= this.#tracker.close(timeoutMs).finally(() => this.#channel.close());
    return this.#closed;
  }

  /** For `await using shop = new Vitrine(...)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * The methods of any service of the contract (`@vitrine-io/client/v1`), over the same
   * connection: `shop.service(VisitorService).getVisitor({ name })`. They reject with a
   * {@link VitrineError}, and try nothing twice.
   */
  service<S extends DescService>(service: S): ServiceClient<S> {
    return this.#channel.service(service);
  }

  /** What became of events and pages so far. */
  stats(): Stats {
    return { ...this.#tracker.stats(), pages: this.#pages, fallbacks: this.#fallbacks };
  }

  async #sendEvents(events: readonly Uint8Array[], signal: AbortSignal): Promise<readonly EventResult[]> {
    const request = new BinaryWriter()
      .uint32((TrackEventsRequestSchema.field.site.number << 3) | WireType.LengthDelimited)
      .string(this.#site);
    for (const event of events) {
      request
        .uint32((TrackEventsRequestSchema.field.events.number << 3) | WireType.LengthDelimited)
        .bytes(event);
    }
    const { results } = await this.#channel.unary(EventService.method.trackEvents, request.finish(), {
      timeoutMs: sendTimeoutMs,
      signal,
    });
    if (results.length !== events.length) {
      throw new VitrineError(
        "INTERNAL",
        `TrackEvents: ${results.length} results for ${events.length} events`,
      );
    }
    return results;
  }
}

function closedError(): VitrineError {
  return new VitrineError("CLOSED", "the client is closed");
}

/** A copy with an id and a time. */
function identified(event: EventInit): Event {
  const own = encode(() => ({ ...asMessage(EventSchema, event) }));
  const now = Date.now();
  if (own.id === "") own.id = uuidv7(now);
  own.time ??= timestampFromMs(now);
  return own;
}

function encodeEvent(event: Event): Uint8Array {
  const encoded = encode(() => toBinary(EventSchema, event));
  if (encoded.length > maxEventBytes) {
    throw new VitrineError(
      "INVALID_ARGUMENT",
      `event ${JSON.stringify(event.id)} has ${encoded.length} bytes, more than ${maxEventBytes}`,
    );
  }
  return encoded;
}

function asMessage<S extends DescMessage>(schema: S, init: MessageInitShape<S>): MessageShape<S> {
  if (typeof init !== "object" || init === null) throw new TypeError(`${schema.name} is ${init}`);
  return create(schema, init);
}

/** What can't be written down is the caller's mistake: a fraction for a whole number, say. */
function encode<T>(write: () => T): T {
  try {
    return write();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new VitrineError("INVALID_ARGUMENT", why, { cause: thrown });
  }
}

function positive(
  options: Options,
  name: "decideTimeoutMs" | "maxQueuedEvents" | "maxQueuedBytes",
  otherwise: number,
): number {
  const value = options[name] ?? otherwise;
  if (!(value > 0))
    throw new VitrineError("INVALID_ARGUMENT", `options.${name} is ${value}: a number above 0 is needed`);
  return value;
}
