<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use Vitrine\Clock;

/** Time that passes by sleeping alone. */
final class FakeClock extends Clock
{
    public float $now = 1_764_555_555.25;
    /** @var list<float> */
    public array $slept = [];

    public function now(): float
    {
        return $this->now;
    }

    public function sleep(float $seconds): void
    {
        $this->slept[] = $seconds;
        $this->now += $seconds;
    }

    public function chance(): float
    {
        return 1;
    }
}
