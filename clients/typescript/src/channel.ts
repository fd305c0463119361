import { once } from "node:events";
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodClientStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Client, credentials, type CallOptions as GrpcCallOptions, Metadata, status } from "@grpc/grpc-js";
import { asVitrineError, VitrineError } from "./errors.js";
import type { Options } from "./options.js";

/** What a single call may be given. */
export interface CallOptions {
  /** Ends the call with `DEADLINE_EXCEEDED` after so many milliseconds. */
  timeoutMs?: number;
  /** Ends it with `CANCELLED`. */
  signal?: AbortSignal;
}

/** The methods of a service: promises, and async iterables where messages stream. */
export type ServiceClient<S extends DescService> = { [K in keyof S["method"]]: Method<S["method"][K]> };

type Method<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (requests: Requests<I>, options?: CallOptions) => Promise<MessageShape<O>>
        : M extends DescMethodBiDiStreaming<infer I, infer O>
          ? (requests: Requests<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
          : never;

type Requests<I extends DescMessage> = AsyncIterable<MessageInitShape<I>> | Iterable<MessageInitShape<I>>;

const channelOptions = {
  // gRPC's own default lets a connection wait 120 s between two attempts: a shop would
  // show fallback pages for minutes after a restart of the server.
  "grpc.initial_reconnect_backoff_ms": 50,
  "grpc.min_reconnect_backoff_ms": 50,
  "grpc.max_reconnect_backoff_ms": 2_000,
  // A connection that died without a word is noticed after 20 s; the server takes a ping
  // in 10. With calls that end within milliseconds a ping would never fall due during
  // one: so without calls, too.
  "grpc.keepalive_time_ms": 15_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.keepalive_permit_without_calls": 1,
};

/** One gRPC connection, with the key sent along. */
export class Channel {
  readonly #client: Client;
  readonly #apiKey: string | undefined;

  constructor(target: string, options: Pick<Options, "apiKey" | "tls" | "insecure">) {
    const { ca, cert, key } = options.tls ?? {};
    const security = options.insecure
      ? credentials.createInsecure()
      : credentials.createSsl(bytes(ca), bytes(key), bytes(cert));
    this.#client = new Client(target, security, channelOptions);
    this.#apiKey = options.apiKey;
    this.#client.getChannel().getConnectivityState(true); // so that the first page need not wait for the handshake
  }

  /** Makes a call whose request is encoded already. Fails with a {@link VitrineError}. */
  unary<O extends DescMessage>(
    method: DescMethodUnary<DescMessage, O>,
    request: Uint8Array,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    const began = performance.now();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(cancelled(method));
        return;
      }
      const cancel = () => call.cancel();
      const call = this.#client.makeUnaryRequest(
        path(method),
        asBuffer,
        decoder(method),
        request,
        this.#metadata(),
        grpcOptions(options),
        (error, response) => {
          signal?.removeEventListener("abort", cancel);
          // The server counts the same deadline, and may end the call a moment before it is told to.
          const late = performance.now() - began > 0.9 * timeoutMs;
          if (error && error.code === status.CANCELLED && !signal?.aborted && late)
            error.code = status.DEADLINE_EXCEEDED;
          if (error) reject(asVitrineError(error, method.name));
          else resolve(response as MessageShape<O>);
        },
      );
      signal?.addEventListener("abort", cancel, { once: true });
    });
  }

  /** The methods of a service of the contract. */
  service<S extends DescService>(service: S): ServiceClient<S> {
    const methods = service.methods.map((method) => [method.localName, this.#method(method)]);
    return Object.fromEntries(methods) as ServiceClient<S>;
  }

  #method(method: DescMethod): unknown {
    switch (method.methodKind) {
      case "unary":
        return async (request: MessageInitShape<DescMessage>, options?: CallOptions) =>
          this.unary(method as DescMethodUnary<DescMessage, DescMessage>, encoder(method)(request), options);
      case "client_streaming":
        return async (requests: Requests<DescMessage>, options?: CallOptions) => {
          for await (const response of this.#stream(method, requests, options)) return response;
          throw new VitrineError("INTERNAL", `${method.name}: ended without an answer`);
        };
      case "server_streaming":
        return (request: MessageInitShape<DescMessage>, options?: CallOptions) =>
          this.#stream(method, [request], options);
      case "bidi_streaming":
        return (requests: Requests<DescMessage>, options?: CallOptions) =>
          this.#stream(method, requests, options);
    }
  }

  // To gRPC all kinds of streams are alike: messages go one way, and others come back.
  async *#stream(method: DescMethod, requests: Requests<DescMessage>, options: CallOptions = {}) {
    if (options.signal?.aborted) throw cancelled(method);
    const call = this.#client.makeBidiStreamRequest(
      path(method),
      asBuffer,
      decoder(method),
      this.#metadata(),
      grpcOptions(options),
    );
    const cancel = () => call.cancel();
    options.signal?.addEventListener("abort", cancel, { once: true });
    let unreadable: unknown; // what the caller's own iterable threw
    const encode = encoder(method);
    const sent = (async () => {
      try {
        for await (const request of requests) {
          if (call.destroyed) return;
          if (!call.write(encode(request))) await once(call, "drain");
        }
        call.end();
      } catch (thrown) {
        unreadable ??= thrown;
        call.cancel();
      }
    })();
    try {
      for await (const response of call) yield response as MessageShape<DescMessage>;
      await sent;
    } catch (thrown) {
      if (thrown instanceof Error && "code" in thrown && thrown.code === 1 && unreadable) throw unreadable;
      throw asVitrineError(thrown, method.name);
    } finally {
      options.signal?.removeEventListener("abort", cancel);
      call.cancel(); // the caller may have left the loop
    }
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    if (this.#apiKey) metadata.set("authorization", `Bearer ${this.#apiKey}`);
    return metadata;
  }

  /** Ends the connection, and every call that is under way. */
  close(): void {
    this.#client.close();
  }
}

function path(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function encoder(method: DescMethod) {
  return (request: MessageInitShape<DescMessage>): Uint8Array => {
    try {
      return toBinary(method.input, create(method.input, request));
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new VitrineError("INVALID_ARGUMENT", `${method.name}: ${why}`, { cause: thrown });
    }
  };
}

function decoder<O extends DescMessage>(method: { output: O }) {
  return (response: Uint8Array): MessageShape<O> => fromBinary(method.output, response);
}

function asBuffer(encoded: Uint8Array): Buffer {
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

function bytes(pem: string | Uint8Array | undefined): Buffer | null {
  if (pem === undefined) return null;
  return typeof pem === "string" ? Buffer.from(pem) : asBuffer(pem);
}

function grpcOptions({ timeoutMs }: CallOptions): GrpcCallOptions {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

function cancelled(method: DescMethod): VitrineError {
  return new VitrineError("CANCELLED", `${method.name}: CANCELLED: the caller's signal had ended`);
}
