// The driver of the conformance suite (clients/README.md): a command a line from standard
// input, a reply a line to standard output.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import {
  EventStatus,
  granted,
  type Item,
  itemClicked,
  type Options,
  type Page,
  Purpose,
  productViewed,
  UndeliveredError,
  type Visitor,
  Vitrine,
  VitrineError,
} from "../src/index.js";
import { DecideRequestSchema, EventSchema } from "../src/v1.js";

interface VisitorJson {
  device_id?: string;
  person_id?: string;
  granted?: (keyof typeof Purpose)[];
}

type Command =
  | {
      do: "new";
      target: string;
      site: string;
      insecure?: boolean;
      api_key?: string;
      ca_file?: string;
      decide_timeout_ms?: number;
      max_queued_events?: number;
      max_queued_bytes?: number;
    }
  | { do: "decide"; visitor: VisitorJson; placement: string; fallback?: string[] }
  | { do: "decide_page"; request: JsonValue; fallback?: Record<string, string[]> }
  | { do: "track"; events: JsonValue[]; repeat?: number }
  | { do: "track_now"; event: JsonValue; timeout_ms: number }
  | { do: "click"; visitor: VisitorJson; placement: string; index: number }
  | { do: "flush" | "close"; timeout_ms: number }
  | { do: "stats" | "drops" }
  | {
      do: "bench";
      what: "decide" | "track";
      placement?: string;
      product?: string;
      visitors?: number;
      in_flight?: number;
      seconds: number;
    };

class Driver {
  #shop: Vitrine | undefined;
  #page: Page | undefined; // the last one decided
  #drops: { id: string; reason: string }[] = [];

  async run(command: Command): Promise<object> {
    if (command.do === "new") {
      this.#shop = new Vitrine(command.target, this.#options(command));
      return {};
    }
    const shop = this.#shop;
    if (!shop) throw new Error("no client: the first command is new");
    switch (command.do) {
      case "decide":
        return this.#decided(
          () => shop.decide(visitorOf(command.visitor), command.placement, command.fallback),
          (page) => {
            const items = page.items(command.placement);
            return {
              products: page.products(command.placement),
              reasons: items.map((item) => item.reason),
              tokens: items.filter((item) => item.attributionToken !== "").length,
            };
          },
        );
      case "decide_page": {
        const request = fromJson(DecideRequestSchema, command.request);
        return this.#decided(
          () => shop.decidePage(request, command.fallback),
          (page) => {
            const ids = page.response.placements.map(({ placement }) => placement);
            return { placements: Object.fromEntries(ids.map((id) => [id, page.products(id)])) };
          },
        );
      }
      case "track":
        for (const json of command.events) {
          const event = fromJson(EventSchema, json);
          if (!command.repeat) shop.track(event);
          for (let i = 1; i <= (command.repeat ?? 0); i++) shop.track({ ...event, id: `${event.id}-${i}` });
        }
        return {};
      case "track_now":
        try {
          const status = await shop.trackNow(fromJson(EventSchema, command.event), {
            timeoutMs: command.timeout_ms,
          });
          return { status: EventStatus[status] };
        } catch (thrown) {
          if (thrown instanceof VitrineError) return { error: thrown.code };
          throw thrown;
        }
      case "click": {
        const item: Item | undefined = this.#page?.items(command.placement)[command.index];
        if (!item) throw new Error(`the last page has no item ${command.index} in ${command.placement}`);
        shop.track(itemClicked(visitorOf(command.visitor), item));
        return {};
      }
      case "flush":
        return left(shop.flush(command.timeout_ms));
      case "close":
        return left(shop.close(command.timeout_ms));
      case "stats": {
        const { noConsent, queuedBytes: _, ...stats } = shop.stats();
        return { ...stats, no_consent: noConsent };
      }
      case "drops":
        return { drops: this.#drops.splice(0) };
      case "bench":
        return bench(shop, command);
    }
    throw new Error(`unknown command ${JSON.stringify((command as { do: unknown }).do)}`);
  }

  #options(command: Command & { do: "new" }): Options {
    const options: Options = {
      site: command.site,
      insecure: command.insecure ?? false,
      onDrop: ({ event, reason }) => this.#drops.push({ id: event.id, reason }),
      logger: { info: console.error, warn: console.error },
    };
    if (command.api_key) options.apiKey = command.api_key;
    if (command.ca_file) options.tls = { ca: readFileSync(command.ca_file) };
    if (command.decide_timeout_ms) options.decideTimeoutMs = command.decide_timeout_ms;
    if (command.max_queued_events) options.maxQueuedEvents = command.max_queued_events;
    if (command.max_queued_bytes) options.maxQueuedBytes = command.max_queued_bytes;
    return options;
  }

  async #decided(decide: () => Promise<Page>, tell: (page: Page) => object): Promise<object> {
    const began = performance.now();
    const page = await decide();
    const took_ms = performance.now() - began;
    this.#page = page;
    const error = page.error ? { error: page.error.code } : {};
    return { fallback: page.fallback, ...tell(page), took_ms, ...error };
  }
}

function visitorOf({ device_id = "", person_id = "", granted: purposes }: VisitorJson): Visitor {
  const visitor: Visitor = { deviceId: device_id, personId: person_id };
  if (purposes) visitor.consent = granted(...purposes.map((name) => Purpose[name]));
  return visitor;
}

async function left(done: Promise<void>): Promise<{ left: number }> {
  try {
    await done;
    return { left: 0 };
  } catch (thrown) {
    if (thrown instanceof UndeliveredError) return { left: thrown.left };
    throw thrown;
  }
}

async function bench(shop: Vitrine, command: Command & { do: "bench" }): Promise<object> {
  const { visitors = 1000, in_flight = 16 } = command;
  const consent = granted(Purpose.PERSONALIZATION, Purpose.MEASUREMENT);
  let next = 0;
  const visitor = (): Visitor => ({ deviceId: `bench-${next++ % visitors}`, consent });
  const cpu = process.cpuUsage();
  const began = performance.now();
  const end = began + command.seconds * 1000;
  const before = shop.stats().stored;
  let pages = 0;
  if (command.what === "decide") {
    const worker = async () => {
      while (performance.now() < end) {
        const page = await shop.decide(visitor(), command.placement ?? "home");
        if (page.error) throw page.error;
        pages++;
      }
    };
    await Promise.all(Array.from({ length: in_flight }, worker));
  } else {
    while (performance.now() < end) {
      // As many as fit into the queue: one that is full would drop them.
      for (let room = 5_000 - shop.stats().queued; room > 0; room--) {
        shop.track(productViewed(visitor(), command.product ?? "p1"));
      }
      await new Promise(setImmediate);
    }
    await shop.flush(60_000);
  }
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const calls = command.what === "decide" ? pages : shop.stats().stored - before;
  return { calls, seconds, cpu_seconds: (user + system) / 1e6 };
}

const driver = new Driver();
for await (const command of createInterface({ input: process.stdin })) {
  let reply: object;
  try {
    reply = await driver.run(JSON.parse(command) as Command);
  } catch (thrown) {
    reply = { fatal: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit(); // without a close, events may still be on their way
