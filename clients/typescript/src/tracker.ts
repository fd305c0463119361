import { fromBinary } from "@bufbuild/protobuf";
import { refused, UndeliveredError, VitrineError } from "./errors.js";
import { type Event, EventSchema } from "./gen/vitrine/v1/event_pb.js";
import { type EventResult, EventStatus } from "./gen/vitrine/v1/event_service_pb.js";
import type { Drop, DropReason, Logger, Stats } from "./options.js";
import { type Clock, pause } from "./retry.js";

/**
 * Half of what the contract allows in a request; larger ones gain little and are
 * acknowledged later (docs/decisions/0001).
 */
export const batchEvents = 500;

/** Keeps a request well below the 4 MiB that a gRPC server takes by default. */
export const batchBytes = 1 << 20;

/**
 * Half of the server's dedupe window of 24 hours, in ms: an event that is sent again
 * after longer than the window could count twice.
 */
export const maxAgeMs = 12 * 60 * 60 * 1000;

/** What a tracker needs of the world. */
export interface TrackerNeeds {
  /** Sends encoded events; answers with a result for each, or throws a {@link VitrineError}. */
  send(events: readonly Uint8Array[], signal: AbortSignal): Promise<readonly EventResult[]>;
  limits: { events: number; bytes: number };
  onDrop?: ((drop: Drop) => void) | undefined;
  logger?: Logger | undefined;
  clock: Clock;
  /** From 0 to 1. */
  random(): number;
}

/**
 * An event in the queue, encoded: the bound on bytes is then exact, what the caller does
 * with its own event changes nothing, and every attempt sends the same bytes.
 */
interface Waiting {
  encoded: Uint8Array;
  since: number;
}

/**
 * A bounded queue that is delivered from its head, one batch after the other. An event
 * leaves it when it is settled: delivered or dropped.
 */
export class Tracker {
  readonly #needs: TrackerNeeds;
  readonly #queue: Waiting[] = []; // oldest first
  readonly #stop = new AbortController();
  readonly #counts = { tracked: 0, stored: 0, duplicates: 0, noConsent: 0, retries: 0 };
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  #bytes = 0;
  #accepted = 0; // events ever queued
  #settled = 0; // events that left the queue again
  #lastError: VitrineError | undefined; // of the attempt before
  #closed = false;
  #delivery: Promise<void> | undefined; // while there is something to deliver
  #hurry = false; // cut the next pause short
  #wake: (() => void) | undefined; // ends the pause that goes on
  #drains: { until: number; done: () => void }[] = [];

  constructor(needs: TrackerNeeds) {
    this.#needs = needs;
  }

  /** Queues an event, or says why not. */
  add(encoded: Uint8Array): DropReason | undefined {
    if (this.#closed) return "CLOSED";
    const { events, bytes } = this.#needs.limits;
    if (this.#queue.length >= events || this.#bytes + encoded.length > bytes) return "QUEUE_FULL";
    this.#queue.push({ encoded, since: this.#needs.clock.now() });
    this.#bytes += encoded.length;
    this.#accepted++;
    this.#counts.tracked++;
    // In a microtask: what is tracked in one go makes one batch.
    this.#delivery ??= Promise.resolve().then(() => this.#deliver());
    return undefined;
  }

  /** Counts and reports an event that was never queued. */
  refuse(event: Event, reason: DropReason, error?: VitrineError): void {
    this.#counts.tracked++;
    this.#drop(event, reason, error);
  }

  /** Waits until what was accepted so far is settled, for so many milliseconds at most. */
  async flush(timeoutMs: number): Promise<void> {
    const left = await this.#drain(timeoutMs);
    if (left > 0) {
      const why = this.#lastError ? `: ${this.#lastError.message}` : "";
      throw new UndeliveredError(
        `flush: ${left} events left after ${timeoutMs} ms${why}`,
        left,
        [],
        this.#lastError,
      );
    }
  }

  /** Flushes, and drops what is left. Nothing is taken any more. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    await this.#drain(timeoutMs);
    this.#stop.abort();
    this.#wake?.();
    await this.#delivery;

    const left = this.#queue.map((waiting) => decode(waiting));
    if (left.length === 0) return;
    const why = this.#lastError ? `: ${this.#lastError.message}` : "";
    const message = `close: ${left.length} events not delivered within ${timeoutMs} ms${why}`;
    const error = new UndeliveredError(message, left.length, left, this.#lastError);
    for (const event of left) this.#drop(event, "CLOSED", error);
    this.#settle(left.length);
    throw error;
  }

  /** The counters as of now. */
  stats(): Omit<Stats, "pages" | "fallbacks"> {
    return {
      ...this.#counts,
      queued: this.#queue.length,
      queuedBytes: this.#bytes,
      dropped: { ...this.#dropped },
    };
  }

  async #deliver(): Promise<void> {
    for (let failures = 0; this.#queue.length > 0 && !this.#stop.signal.aborted; ) {
      const error = await this.#attempt(this.#head());
      if (this.#stop.signal.aborted) break;
      this.#note(error);
      if (error) await this.#rest(failures++, error);
      else failures = 0;
    }
    this.#delivery = undefined;
  }

  /** The next batch, which stays in the queue until it is settled. */
  #head(): Waiting[] {
    let count = 0;
    for (let bytes = 0; count < Math.min(this.#queue.length, batchEvents); count++) {
      bytes += this.#queue[count]!.encoded.length;
      if (count > 0 && bytes > batchBytes) break;
    }
    return this.#queue.slice(0, count);
  }

  /** Sends a batch once and settles it. An error means that it is still to be delivered. */
  async #attempt(batch: Waiting[]): Promise<VitrineError | undefined> {
    const oldest = this.#needs.clock.now() - maxAgeMs;
    const fresh = batch.findIndex((waiting) => waiting.since >= oldest);
    if (fresh !== 0) {
      const expired = fresh < 0 ? batch : batch.slice(0, fresh);
      for (const waiting of expired) this.#drop(decode(waiting), "EXPIRED", this.#lastError);
      this.#settle(expired.length);
      return undefined;
    }
    try {
      const results = await this.#needs.send(
        batch.map((waiting) => waiting.encoded),
        this.#stop.signal,
      );
      results.forEach((result, i) => {
        this.#count(batch[i]!, result);
      });
    } catch (thrown) {
      const error = thrown as VitrineError; // all that send throws
      if (!refused(error)) return error;
      for (const waiting of batch) this.#drop(decode(waiting), "REFUSED", error);
    }
    this.#settle(batch.length);
    return undefined;
  }

  #count(waiting: Waiting, result: EventResult): void {
    switch (result.status) {
      case EventStatus.STORED:
        this.#counts.stored++;
        break;
      case EventStatus.DUPLICATE:
        this.#counts.duplicates++;
        break;
      case EventStatus.NO_CONSENT:
        this.#counts.noConsent++;
        break;
      case EventStatus.INVALID: {
        const wrong = result.violations.map((v) => `${v.field}: ${v.description}`).join("; ");
        const { violations } = result;
        this.#drop(
          decode(waiting),
          "INVALID",
          new VitrineError("INVALID_ARGUMENT", `invalid event: ${wrong}`, { violations }),
        );
        break;
      }
      default:
        this.#drop(
          decode(waiting),
          "REFUSED",
          new VitrineError("UNKNOWN", `answered with status ${result.status}`),
        );
    }
  }

  /** Takes events off the queue's head, all accounted for, and tells those who wait. */
  #settle(count: number): void {
    for (const waiting of this.#queue.splice(0, count)) this.#bytes -= waiting.encoded.length;
    this.#settled += count;
    const due = this.#drains.filter((drain) => drain.until <= this.#settled);
    this.#drains = this.#drains.filter((drain) => drain.until > this.#settled);
    for (const drain of due) drain.done();
  }

  #drop(event: Event, reason: DropReason, error: VitrineError | undefined): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + 1;
    try {
      this.#needs.onDrop?.(error ? { event, reason, error } : { event, reason });
    } catch (thrown) {
      this.#needs.logger?.warn(`vitrine: onDrop has thrown: ${thrown}`);
    }
  }

  /** Logs the turns for worse and better. */
  #note(error: VitrineError | undefined): void {
    const before = this.#lastError;
    this.#lastError = error;
    if (error) this.#counts.retries++;
    const { logger } = this.#needs;
    if (error && !before)
      logger?.warn(`vitrine: ${this.#queue.length} events can't be delivered, will retry: ${error.message}`);
    if (!error && before) logger?.info(`vitrine: events are delivered again, ${this.#queue.length} are left`);
  }

  /** Waits before the next attempt: not shorter than the server asked for, however much haste there is. */
  async #rest(failures: number, error: VitrineError): Promise<void> {
    await this.#wait(error.retryAfterMs, false);
    const more = pause(failures, this.#needs.random) - error.retryAfterMs;
    if (!this.#hurry) await this.#wait(more, true);
    this.#hurry = false;
  }

  async #wait(ms: number, mayHurry: boolean): Promise<void> {
    if (ms <= 0 || this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#needs.clock.after(ms, resolve);
      this.#wake = () => {
        if (!mayHurry && !this.#stop.signal.aborted) return;
        cancel();
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** Waits until what was accepted so far is settled; says how many are left. */
  async #drain(timeoutMs: number): Promise<number> {
    const until = this.#accepted;
    if (this.#settled >= until) return 0;
    this.#hurry = true;
    this.#wake?.();
    await new Promise<void>((resolve) => {
      const drain = {
        until,
        done: () => {
          cancel();
          resolve();
        },
      };
      const cancel = this.#needs.clock.after(timeoutMs, () => {
        this.#drains = this.#drains.filter((other) => other !== drain);
        resolve();
      });
      this.#drains.push(drain);
    });
    return Math.max(0, until - this.#settled);
  }
}

function decode(waiting: Waiting): Event {
  return fromBinary(EventSchema, waiting.encoded);
}
