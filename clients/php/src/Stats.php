<?php

declare(strict_types=1);

namespace Vitrine;

/**
 * What became of events and pages since the client was made. Every event of tracked is
 * still queued, or counted once among stored, duplicates, noConsent and dropped.
 */
final class Stats
{
    public int $tracked = 0;
    public int $queued = 0;
    /** Their encoded size. */
    public int $queuedBytes = 0;
    /** Events that are durable. */
    public int $stored = 0;
    /** Events stored before: by an attempt whose answer was lost, or as two had one id. */
    public int $duplicates = 0;
    /** Events delivered and, for want of consent, not kept. */
    public int $noConsent = 0;
    /** @var array<string, int> by DropReason's value */
    public array $dropped = [];
    /** Attempts that were repeated. */
    public int $retries = 0;
    /** Decisions asked for. */
    public int $pages = 0;
    /** Those filled from the caller's lists. */
    public int $fallbacks = 0;
}
