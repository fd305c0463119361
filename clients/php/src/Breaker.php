<?php

declare(strict_types=1);

namespace Vitrine;

/**
 * Keeps pages from waiting for a server that does not answer. Where the APCu extension is
 * on, all processes of a pool know together: a process that lives for one request would
 * never count to five.
 *
 * @internal
 */
final class Breaker
{
    /** So many failures in a row say that the server is gone rather than slow once. */
    private const TRIPS = 5;
    /** Seconds between two calls that go through to see. */
    private const PROBES = 0.25;
    /** Seconds after which what other processes noted is forgotten. */
    private const MEMORY = 60;

    private int $failures = 0;
    private float $probeAt = 0;
    private readonly bool $shared;

    public function __construct(private readonly string $target)
    {
        $this->shared = function_exists('apcu_enabled') && apcu_enabled();
    }

    /** Whether to ask. */
    public function allows(float $now): bool
    {
        $this->read();
        if ($this->failures < self::TRIPS) {
            return true;
        }
        if ($now < $this->probeAt) {
            return false;
        }
        $this->probeAt = $now + self::PROBES;
        $this->write();

        return true;
    }

    /** The server is there. */
    public function answered(): void
    {
        if ($this->failures > 0) {
            $this->failures = 0;
            $this->write();
        }
    }

    /** It did not answer. */
    public function failed(float $now): void
    {
        $this->read();
        if (++$this->failures === self::TRIPS) {
            $this->probeAt = $now + self::PROBES;
        }
        $this->write();
    }

    private function read(): void
    {
        if ($this->shared) {
            [$this->failures, $this->probeAt] = apcu_fetch("vitrine.breaker.$this->target") ?: [0, 0.0];
        }
    }

    private function write(): void
    {
        if ($this->shared) {
            apcu_store("vitrine.breaker.$this->target", [$this->failures, $this->probeAt], self::MEMORY);
        }
    }
}
