/** How many failures in a row say that the server is gone rather than slow once. */
export const breakerTrips = 5;

/** How often, in ms, a call goes through to see: one visitor waits out the deadline. */
export const breakerProbes = 250;

/** Keeps pages from waiting for a server that does not answer. */
export class Breaker {
  readonly #now: () => number;
  #failures = 0; // in a row
  #probeAt = 0;

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether to ask. */
  allow(): boolean {
    if (this.#failures < breakerTrips) return true;
    if (this.#now() < this.#probeAt) return false;
    this.#probeAt = this.#now() + breakerProbes;
    return true;
  }

  /** Notes that the server is there. */
  answered(): void {
    this.#failures = 0;
  }

  /** Notes that it did not answer. */
  failed(): void {
    this.#failures++;
    if (this.#failures === breakerTrips) this.#probeAt = this.#now() + breakerProbes;
  }
}
