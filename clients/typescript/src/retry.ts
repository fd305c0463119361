import { refused, VitrineError } from "./errors.js";

/**
 * The shortest and the longest pause between two attempts, in ms. The longest is also how
 * late a server that came back is noticed.
 */
export const minPauseMs = 100;
export const maxPauseMs = 5_000;

/** Ends an attempt that hangs. A batch takes milliseconds. */
export const sendTimeoutMs = 10_000;

/** Time, and waiting for it. Tests have one of their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `then` once so many milliseconds have passed, unless what it returns is called before. */
  after(ms: number, then: () => void): () => void;
}

/** The computer's own clock. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * How long to wait after a failed attempt, counted from 0: it grows from minPauseMs to
 * maxPauseMs, the upper half at random, so that many clients do not come back in step.
 */
export function pause(attempt: number, random: () => number): number {
  const longest = Math.min(minPauseMs * 2 ** Math.min(attempt, 10), maxPauseMs);
  return longest / 2 + (random() * longest) / 2;
}

/**
 * Makes attempts until one succeeds, is refused, `timeoutMs` have passed or `signal`
 * ends. An attempt gets the milliseconds that it may take.
 */
export async function persist<T>(
  attempt: (timeoutMs: number) => Promise<T>,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: { timeoutMs?: number; signal?: AbortSignal },
  clock: Clock,
  random: () => number,
): Promise<T> {
  const end = clock.now() + timeoutMs;
  for (let failures = 0; ; failures++) {
    let failure: VitrineError;
    try {
      return await attempt(Math.min(sendTimeoutMs, end - clock.now()));
    } catch (thrown) {
      if (!(thrown instanceof VitrineError) || refused(thrown)) throw thrown;
      failure = thrown;
    }
    const wait = Math.max(pause(failures, random), failure.retryAfterMs);
    const rest = Math.min(wait, end - clock.now());
    if (rest > 0) await sleep(rest, signal, clock);
    if (signal?.aborted) {
      throw new VitrineError("CANCELLED", `given up by the caller, after: ${failure.message}`, {
        cause: failure,
      });
    }
    if (clock.now() >= end) {
      throw new VitrineError("DEADLINE_EXCEEDED", `not done within ${timeoutMs} ms: ${failure.message}`, {
        cause: failure,
      });
    }
  }
}

function sleep(ms: number, signal: AbortSignal | undefined, clock: Clock): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = clock.after(ms, wake);
    signal?.addEventListener("abort", wake, { once: true });
  });
}
