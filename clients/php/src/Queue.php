<?php

declare(strict_types=1);

namespace Vitrine;

/**
 * Events that wait to be delivered, in their order. One leaves when it is settled:
 * delivered or dropped.
 *
 * @internal
 */
final class Queue
{
    /** Half of what the contract allows in a request: more gains little. */
    public const BATCH_EVENTS = 500;
    private const BATCH_BYTES = 1 << 20;
    /** Above what the contract's own limits add up to for one event. */
    private const MAX_EVENT_BYTES = 256 << 10;
    /** Half of the server's window of 24 hours: later, an event might count twice. */
    private const MAX_AGE = 12 * 3600.0;
    /** Seconds for one attempt. */
    public const SEND_TIMEOUT = 10.0;
    private const MIN_PAUSE = 0.1;
    private const MAX_PAUSE = 5.0;

    /** @var list<array{event: Event, json: string, since: float}> the oldest first */
    private array $waiting = [];
    private int $bytes = 0;
    private int $limit = self::BATCH_EVENTS; // less while looking for an event that can't be read
    private int $failures = 0; // in a row
    private float $retryAt = 0; // no attempt before, but for one in a hurry
    private float $advisedAt = 0; // none at all
    private ?VitrineException $lastError = null;

    /** @param \Closure(float $timeout, string $body): list<array<string, mixed>> $send results in the order of the events */
    public function __construct(
        private readonly Options $options,
        private readonly Stats $stats,
        private readonly Clock $clock,
        private readonly \Closure $send,
    ) {
    }

    public function add(Event $event): void
    {
        $this->stats->tracked++;
        try {
            $json = json_encode($event, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION);
        } catch (\JsonException $e) {
            $this->drop($event, DropReason::Invalid, new VitrineException('event is no JSON: ' . $e->getMessage(), Code::InvalidArgument, previous: $e));

            return;
        }
        $size = strlen($json);
        if ($size > self::MAX_EVENT_BYTES) {
            $why = sprintf('event has %d bytes, more than %d', $size, self::MAX_EVENT_BYTES);
            $this->drop($event, DropReason::Invalid, new VitrineException($why, Code::InvalidArgument));
        } elseif (count($this->waiting) >= $this->options->maxQueuedEvents || $this->bytes + $size > $this->options->maxQueuedBytes) {
            $this->drop($event, DropReason::QueueFull);
        } else {
            $this->waiting[] = ['event' => $event, 'json' => $json, 'since' => $this->clock->now()];
            $this->bytes += $size;
        }
        $this->count();
    }

    /** Makes one attempt if a batch is full, and nothing speaks against it. */
    public function deliverFull(): void
    {
        if (count($this->waiting) >= self::BATCH_EVENTS && $this->clock->now() >= max($this->retryAt, $this->advisedAt)) {
            $this->attempt(self::SEND_TIMEOUT);
        }
    }

    /** Delivers until nothing is left or the time is up; returns how many are left. */
    public function deliver(float $timeout): int
    {
        $end = $this->clock->now() + $timeout;
        for ($pause = 0.0; $this->waiting !== []; $pause = $this->retryAt - $this->clock->now()) {
            $wait = max($pause, $this->advisedAt - $this->clock->now());
            if ($wait >= $end - $this->clock->now()) {
                $this->clock->sleep(max(0, $end - $this->clock->now()));
                break;
            }
            $this->clock->sleep(max(0, $wait));
            $this->attempt(min(self::SEND_TIMEOUT, $end - $this->clock->now()));
        }

        return count($this->waiting);
    }

    /** @return list<Event> what is left, which is dropped */
    public function dropRest(): array
    {
        $left = array_column($this->waiting, 'event');
        $this->settle(count($left), function () use ($left): void {
            foreach ($left as $event) {
                $this->drop($event, DropReason::Closed, $this->lastError);
            }
        });

        return $left;
    }

    public function lastError(): ?VitrineException
    {
        return $this->lastError;
    }

    /** Drops an event that is not, or no longer, queued. */
    public function drop(Event $event, DropReason $reason, ?VitrineException $error = null): void
    {
        $this->stats->dropped[$reason->value] = ($this->stats->dropped[$reason->value] ?? 0) + 1;
        if ($this->options->onDrop !== null) {
            ($this->options->onDrop)(new Drop($event, $reason, $error));
        }
    }

    /** The pause after so many failures: it doubles, its upper half at random. */
    public static function pause(int $failures, float $chance): float
    {
        $longest = min(self::MAX_PAUSE, self::MIN_PAUSE * 2 ** min($failures, 10));

        return $longest / 2 + $chance * $longest / 2;
    }

    private function attempt(float $timeout): void
    {
        $batch = [];
        $bytes = 0;
        foreach ($this->waiting as $w) {
            if (count($batch) === $this->limit || $batch !== [] && $bytes + strlen($w['json']) > self::BATCH_BYTES) {
                break;
            }
            $batch[] = $w;
            $bytes += strlen($w['json']);
        }
        $expired = count(array_filter($batch, fn (array $w): bool => $this->clock->now() - $w['since'] > self::MAX_AGE));
        if ($expired > 0) {
            $this->settleAll(array_slice($batch, 0, $expired), DropReason::Expired, $this->lastError);

            return;
        }
        try {
            $results = ($this->send)($timeout, '{"events":[' . implode(',', array_column($batch, 'json')) . ']}');
            if (count($results) !== count($batch)) {
                throw new VitrineException(sprintf('%d results for %d events', count($results), count($batch)), Code::Internal);
            }
        } catch (VitrineException $e) {
            match (true) {
                $e->reason === Code::InvalidArgument => $this->narrow($batch, $e),
                $e->reason->isRefusal() => $this->refused($batch, $e),
                default => $this->noteFailure($e),
            };

            return;
        }
        $this->noteSuccess();
        $this->limit = min(self::BATCH_EVENTS, 2 * $this->limit);
        $this->settle(count($batch), fn () => array_map($this->noteResult(...), array_column($batch, 'event'), $results));
    }

    /** @param list<array{event: Event, json: string, since: float}> $batch */
    private function refused(array $batch, VitrineException $e): void
    {
        $this->noteSuccess();
        $this->settleAll($batch, DropReason::Refused, $e);
    }

    /**
     * A field or a value that the contract does not know makes the whole batch unreadable.
     * The event that has it is found by halves, and dropped alone.
     *
     * @param list<array{event: Event, json: string, since: float}> $batch
     */
    private function narrow(array $batch, VitrineException $e): void
    {
        $this->noteSuccess();
        if (count($batch) === 1) {
            $this->settleAll($batch, DropReason::Invalid, $e);
        } else {
            $this->limit = intdiv(count($batch), 2);
        }
    }

    /** @param array<string, mixed> $result */
    private function noteResult(Event $event, array $result): void
    {
        match ($result['status'] ?? '') {
            'EVENT_STATUS_STORED' => $this->stats->stored++,
            'EVENT_STATUS_DUPLICATE' => $this->stats->duplicates++,
            'EVENT_STATUS_NO_CONSENT' => $this->stats->noConsent++,
            'EVENT_STATUS_INVALID' => $this->drop($event, DropReason::Invalid, new VitrineException(
                'invalid event: ' . implode('; ', array_map(static fn (array $v): string => $v['field'] . ': ' . $v['description'], $result['violations'] ?? [])),
                Code::InvalidArgument,
                $result['violations'] ?? [],
            )),
            default => $this->drop($event, DropReason::Refused, new VitrineException('answered with ' . ($result['status'] ?? 'nothing'), Code::Unknown)),
        };
    }

    /** @param list<array{event: Event, json: string, since: float}> $batch the head of the queue */
    private function settleAll(array $batch, DropReason $reason, ?VitrineException $why): void
    {
        $this->settle(count($batch), function () use ($batch, $reason, $why): void {
            foreach ($batch as $w) {
                $this->drop($w['event'], $reason, $why);
            }
        });
    }

    private function settle(int $n, \Closure $account): void
    {
        foreach (array_splice($this->waiting, 0, $n) as $w) {
            $this->bytes -= strlen($w['json']);
        }
        $this->count();
        $account();
    }

    private function count(): void
    {
        $this->stats->queued = count($this->waiting);
        $this->stats->queuedBytes = $this->bytes;
    }

    private function noteFailure(VitrineException $e): void
    {
        if ($this->failures === 0) {
            $this->log('warning', sprintf("vitrine: events can't be delivered, will retry; %d queued: %s", count($this->waiting), $e->getMessage()));
        }
        $this->stats->retries++;
        $this->lastError = $e;
        $this->retryAt = $this->clock->now() + self::pause($this->failures++, $this->clock->chance());
        $this->advisedAt = $e->retryAfter > 0 ? $this->clock->now() + $e->retryAfter : 0;
    }

    private function noteSuccess(): void
    {
        if ($this->failures > 0) {
            $this->log('info', 'vitrine: events are delivered again');
        }
        $this->failures = 0;
        $this->retryAt = $this->advisedAt = 0;
        $this->lastError = null;
    }

    private function log(string $level, string $message): void
    {
        if ($this->options->log !== null) {
            ($this->options->log)($level, $message);
        }
    }
}
