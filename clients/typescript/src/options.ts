import type { VitrineError } from "./errors.js";
import type { Event } from "./gen/vitrine/v1/event_pb.js";

/** How to reach Vitrine and what to bear. Only `site` is needed. */
export interface Options {
  /** The shop, by id (`demo`) or name (`sites/demo`). */
  site: string;
  /**
   * Sent with every call; create one with `vitrine keys create`. Keep it in the
   * environment or a file, not in the code.
   */
  apiKey?: string;
  /** For authorities and a certificate of one's own (mTLS), in PEM; the system's roots by default. */
  tls?: { ca?: string | Uint8Array; cert?: string | Uint8Array; key?: string | Uint8Array };
  /** Speaks plain text, the key included: for a server on the same machine or network. */
  insecure?: boolean;
  /** Milliseconds that a page waits at most. 50 by default. */
  decideTimeoutMs?: number;
  /** How many events may wait to be delivered, those under way included. 10,000 by default. */
  maxQueuedEvents?: number;
  /** Bounds their encoded size. 8 MiB by default. */
  maxQueuedBytes?: number;
  /** Is told of every event that will not be delivered. What it throws is logged. */
  onDrop?: (drop: Drop) => void;
  /**
   * Is told when delivery begins to fail and when it works again; never of single events,
   * nor anything about visitors. `console` will do. Nothing is logged by default.
   */
  logger?: Logger;
}

/** Where the client's few sentences go. */
export interface Logger {
  /** Something works again. */
  info(message: string): void;
  /** Something does not work. */
  warn(message: string): void;
}

/**
 * Why an event will not be delivered.
 *
 * - `QUEUE_FULL`: as many events or bytes as the options allow were waiting.
 * - `INVALID`: the event breaks a rule of the contract; the error has the violations.
 * - `REFUSED`: the server refused the request as a whole, for a reason that time does not
 *   mend: an unknown site, say.
 * - `EXPIRED`: it could not be delivered for so long that Vitrine might not know it again,
 *   and count it twice.
 * - `CLOSED`: the client was closed before.
 */
export type DropReason = "QUEUE_FULL" | "INVALID" | "REFUSED" | "EXPIRED" | "CLOSED";

/** An event that will not be delivered. */
export interface Drop {
  /**
   * The event with its id. One that was under way may have arrived all the same; sending
   * it again under this id is safe for 24 hours.
   */
  event: Event;
  /** Why. */
  reason: DropReason;
  /** What the last attempt, or the server, said. */
  error?: VitrineError;
}

/** What became of events and pages so far. */
export interface Stats {
  /** Events handed to `track`. Each is still `queued`, or counted once among the following four. */
  tracked: number;
  /** Events that wait to be delivered, those under way included. */
  queued: number;
  /** Their encoded size. */
  queuedBytes: number;
  /** Events that are durable. */
  stored: number;
  /** Events stored before: by an attempt whose answer was lost, or as two have one id. */
  duplicates: number;
  /** Events that were delivered and, for want of consent, not kept. */
  noConsent: number;
  /** Events that will not be delivered, by reason. */
  dropped: Partial<Record<DropReason, number>>;
  /** Attempts that failed and were, or will be, repeated. */
  retries: number;
  /** Decisions asked for. */
  pages: number;
  /** Those that were filled from the caller's lists. */
  fallbacks: number;
}
