// The client against a server that misbehaves.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { AnySchema, anyPack, DurationSchema, durationFromMs } from "@bufbuild/protobuf/wkt";
import grpc from "@grpc/grpc-js";
import { EventStatus, productViewed, Vitrine } from "../src/index.js";
import { DecisionService, EventService, TrackEventResponseSchema } from "../src/v1.js";
import { patience } from "./server.js";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

type Answer = (error: Partial<grpc.StatusObject> | null, response?: Uint8Array) => void;

/** A gRPC server whose answers are made by hand; without an answer it hangs. */
async function standIn(
  decide: (answer: Answer) => void,
  track: (answer: Answer) => void = () => {},
): Promise<string> {
  const server = new grpc.Server();
  const method = (path: string, handle: (answer: Answer) => void) =>
    server.register(
      path,
      (_call: unknown, answer: Answer) => handle(answer),
      asBuffer,
      (b: Buffer) => b,
      "unary",
    );
  method(`/${DecisionService.typeName}/Decide`, decide);
  method(`/${EventService.typeName}/TrackEvent`, track);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  cleanups.push(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

function client(address: string, decideTimeoutMs: number): Vitrine {
  const shop = new Vitrine(address, { site: "demo", insecure: true, decideTimeoutMs });
  cleanups.push(() => void shop.close(0).catch(() => {}));
  return shop;
}

function asBuffer(encoded: Uint8Array): Buffer {
  return Buffer.from(encoded);
}

/** A google.rpc.Status with RetryInfo, as a server sends it beside the status. */
function advice(ms: number): grpc.Metadata {
  const delay = toBinary(DurationSchema, durationFromMs(ms));
  const any = anyPack(DurationSchema, durationFromMs(0));
  any.typeUrl = "type.googleapis.com/google.rpc.RetryInfo";
  any.value = new BinaryWriter()
    .uint32((1 << 3) | WireType.LengthDelimited)
    .bytes(delay)
    .finish();
  const status = new BinaryWriter()
    .uint32((1 << 3) | WireType.Varint)
    .int32(grpc.status.RESOURCE_EXHAUSTED)
    .uint32((3 << 3) | WireType.LengthDelimited)
    .bytes(toBinary(AnySchema, any));
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", asBuffer(status.finish()));
  return metadata;
}

test("a server that does not answer makes no page wait longer, and is left in peace", async () => {
  let asked = 0;
  const shop = client(await standIn(() => asked++), 50);
  const codes: (string | undefined)[] = [];
  while (codes.at(-1) !== "NOT_ASKED") {
    const page = await shop.decide({}, "home", ["a", "b"]);
    assert.deepEqual(page.products("home"), ["a", "b"]);
    codes.push(page.error?.code);
    assert.ok(codes.length < 50, codes.join());
  }
  assert.ok(codes.length >= 6, "five failures come first");
  assert.ok(asked <= codes.length - 1);
});

test("nothing listens: the page is the caller's own", async () => {
  const shop = client("127.0.0.1:1", patience);
  const page = await shop.decide({}, "home", ["a"]);
  assert.equal(page.error?.code, "UNAVAILABLE");
  assert.deepEqual(page.products("home"), ["a"]);
});

test("a connection that is cut in the middle of a call falls back", async () => {
  const sockets: Socket[] = [];
  const proxy: Server = createServer((socket) => {
    sockets.push(socket);
    socket.once("data", () => socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  cleanups.push(() => proxy.close());
  const { port } = proxy.address() as { port: number };
  const page = await client(`127.0.0.1:${port}`, patience).decide({}, "home", ["a"]);
  assert.equal(page.fallback, true);
  assert.deepEqual(page.products("home"), ["a"]);
});

test("a caller that gives up says nothing about the server", async () => {
  const shop = client(await standIn(() => {}), patience);
  for (let i = 0; i < 7; i++) {
    const caller = new AbortController();
    const page = shop.decide({}, "home", ["a"], { signal: caller.signal });
    setImmediate(() => caller.abort());
    assert.equal((await page).error?.code, "CANCELLED", "and never NOT_ASKED");
  }
  const { error } = await shop.decide({}, "home", [], { signal: AbortSignal.abort() });
  assert.equal(error?.code, "CANCELLED");
});

test("an answer that can't be read falls back", async () => {
  const shop = client(await standIn((answer) => answer(null, Buffer.from([0xff, 0xff]))), patience);
  const page = await shop.decide({}, "home", ["a"]);
  assert.equal(page.fallback, true);
  assert.deepEqual(page.products("home"), ["a"]);
});

test("a request that can't be written down falls back, whatever is wrong with it", async () => {
  const shop = client(await standIn(() => assert.fail("asked")), patience);
  const bad = [null, undefined, 1, { placements: [{ placement: "home", count: 1.5 }] }];
  for (const request of bad) {
    const page = await shop.decidePage(request as never, { home: ["a"] });
    assert.equal(page.fallback, true, JSON.stringify(request));
    assert.equal(page.error?.code, "INVALID_ARGUMENT", JSON.stringify(request));
  }
});

test("the server's advice is read, and trackNow waits it out", async () => {
  const began = Date.now();
  let attempts = 0;
  const stored = Buffer.from(
    toBinary(TrackEventResponseSchema, create(TrackEventResponseSchema, { status: EventStatus.STORED })),
  );
  const address = await standIn(
    () => {},
    (answer) =>
      ++attempts === 1
        ? answer({ code: grpc.status.RESOURCE_EXHAUSTED, details: "later", metadata: advice(700) })
        : answer(null, stored),
  );
  assert.equal(await client(address, 50).trackNow(productViewed({ deviceId: "d" }, "p")), EventStatus.STORED);
  assert.equal(attempts, 2);
  assert.ok(Date.now() - began >= 700, "not before that");
});

test("trackNow ends at its deadline, and when the caller gives up", async () => {
  const shop = client(await standIn(() => {}), 50);
  const event = productViewed({ deviceId: "d" }, "p");
  await assert.rejects(shop.trackNow(event, { timeoutMs: 50 }), { code: "DEADLINE_EXCEEDED" });
  await assert.rejects(shop.trackNow(event, { signal: AbortSignal.timeout(50) }), { code: "CANCELLED" });
});
