<?php

declare(strict_types=1);

namespace Vitrine;

/**
 * Time and chance, which tests replace.
 *
 * @internal
 */
class Clock
{
    /** Seconds since 1970. */
    public function now(): float
    {
        return microtime(true);
    }

    public function sleep(float $seconds): void
    {
        usleep((int) ceil($seconds * 1e6));
    }

    /** A number from 0 to 1. */
    public function chance(): float
    {
        return random_int(0, 1 << 30) / (1 << 30);
    }
}
