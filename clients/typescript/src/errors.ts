import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { AnySchema, DurationSchema, durationMs } from "@bufbuild/protobuf/wkt";
import { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Event } from "./gen/vitrine/v1/event_pb.js";
import type { FieldViolation } from "./gen/vitrine/v1/event_service_pb.js";

/**
 * Why a call failed: the name of the gRPC status; `NOT_ASKED` for a page that fell back
 * at once, as the last calls in a row failed; `CLOSED` for a call after `close`.
 */
export type Code = Exclude<keyof typeof status, "OK"> | "NOT_ASKED" | "CLOSED";

/** A call that failed. */
export class VitrineError extends Error {
  override readonly name: string = "VitrineError";
  /** Why. */
  readonly code: Code;
  /** What the server found wrong with the request, field by field, with `INVALID_ARGUMENT`. */
  readonly violations: readonly Violation[];
  /** How many milliseconds the server asked to wait before another try; 0 if it did not. */
  readonly retryAfterMs: number;

  constructor(
    code: Code,
    message: string,
    options?: { cause?: unknown; violations?: readonly Violation[]; retryAfterMs?: number },
  ) {
    super(`vitrine: ${message}`, options && "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.violations = options?.violations ?? [];
    this.retryAfterMs = options?.retryAfterMs ?? 0;
  }
}

/** One field that is wrong: its path, such as `items[0].price.units`, and what is allowed. */
export type Violation = Pick<FieldViolation, "field" | "description">;

/** What {@link Vitrine.flush} and {@link Vitrine.close} fail with when events are left. */
export class UndeliveredError extends VitrineError {
  override readonly name = "UndeliveredError";
  /** How many are left. */
  readonly left: number;
  /**
   * After `close` those left, oldest first, with their ids; `onDrop` had them too. Empty
   * after `flush`, as they are still on their way.
   */
  readonly events: readonly Event[];

  constructor(message: string, left: number, events: readonly Event[], cause: unknown) {
    super("DEADLINE_EXCEEDED", message, { cause });
    this.left = left;
    this.events = events;
  }
}

const refusals: ReadonlySet<Code> = new Set<Code>([
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "UNAUTHENTICATED",
  "FAILED_PRECONDITION",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
]);

/** Whether the server is there and said no, and would say no again. Any other failure may pass. */
export function refused(error: VitrineError): boolean {
  return refusals.has(error.code);
}

/** Makes one kind of error of whatever was thrown. */
export function asVitrineError(thrown: unknown, doing: string): VitrineError {
  if (thrown instanceof VitrineError) return thrown;
  if (isServiceError(thrown)) {
    const code = (status[thrown.code] ?? "UNKNOWN") as Code;
    return new VitrineError(code, `${doing}: ${code}: ${thrown.details}`, {
      cause: thrown,
      ...details(thrown.metadata),
    });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new VitrineError("INTERNAL", `${doing}: ${message}`, { cause: thrown });
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return (
    thrown instanceof Error && "code" in thrown && typeof thrown.code === "number" && "details" in thrown
  );
}

/** Reads the google.rpc.Status beside the error: RetryInfo and BadRequest. */
function details(metadata: Metadata | undefined): { violations: Violation[]; retryAfterMs: number } {
  const found = { violations: [] as Violation[], retryAfterMs: 0 };
  const encoded = metadata?.get("grpc-status-details-bin")[0];
  if (!(encoded instanceof Uint8Array)) return found;
  try {
    for (const detail of fieldsOf(encoded, 3)) {
      const any = fromBinary(AnySchema, detail);
      if (any.typeUrl.endsWith("/google.rpc.RetryInfo")) {
        for (const delay of fieldsOf(any.value, 1)) {
          found.retryAfterMs = Math.max(0, durationMs(fromBinary(DurationSchema, delay)));
        }
      } else if (any.typeUrl.endsWith("/google.rpc.BadRequest")) {
        for (const violation of fieldsOf(any.value, 1)) {
          found.violations.push({ field: text(violation, 1), description: text(violation, 2) });
        }
      }
    }
  } catch {
    // Details that can't be read are no reason to hide the error that they belong to.
  }
  return found;
}

/** The values of a length-delimited field of an encoded message. */
function fieldsOf(message: Uint8Array, field: number): Uint8Array[] {
  const values: Uint8Array[] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === field && wireType === WireType.LengthDelimited) values.push(reader.bytes());
    else reader.skip(wireType, number);
  }
  return values;
}

function text(message: Uint8Array, field: number): string {
  return new TextDecoder().decode(fieldsOf(message, field).at(-1));
}
