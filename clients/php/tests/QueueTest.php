<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use PHPUnit\Framework\TestCase;
use Vitrine\Code;
use Vitrine\Drop;
use Vitrine\Event;
use Vitrine\Options;
use Vitrine\Queue;
use Vitrine\Stats;
use Vitrine\VitrineException;

final class QueueTest extends TestCase
{
    private FakeClock $clock;
    private Stats $stats;
    /** @var list<string> */
    private array $dropped = [];
    /** @var list<list<string>> the ids of each attempt */
    private array $attempts = [];
    /** @var list<VitrineException|string> what becomes of the attempts to come: STORED unless said */
    private array $outcomes = [];

    private function queue(int $maxEvents = 10_000, int $maxBytes = 8 << 20): Queue
    {
        $this->clock = new FakeClock();
        $this->stats = new Stats();
        $options = new Options('demo', maxQueuedEvents: $maxEvents, maxQueuedBytes: $maxBytes, onDrop: function (Drop $d): void {
            $this->dropped[] = $d->event->id() . ' ' . $d->reason->value;
        });

        return new Queue($options, $this->stats, $this->clock, function (float $timeout, string $body): array {
            $this->attempts[] = array_column(json_decode($body, true)['events'], 'id');
            $outcome = array_shift($this->outcomes) ?? 'STORED';
            if ($outcome instanceof VitrineException) {
                throw $outcome;
            }

            return array_map(static fn (): array => ['status' => "EVENT_STATUS_$outcome"], end($this->attempts));
        });
    }

    private static function failure(Code $code = Code::Unavailable, float $retryAfter = 0): VitrineException
    {
        return new VitrineException('made up', $code, retryAfter: $retryAfter);
    }

    private static function add(Queue $queue, int $from, int $to): void
    {
        foreach (range($from, $to) as $n) {
            $queue->add(new Event(['id' => "e$n"]));
        }
    }

    public function testDeliversInOrderInBatchesOf500(): void
    {
        $queue = $this->queue();
        self::add($queue, 1, 1200);
        self::assertSame(0, $queue->deliver(10));
        self::assertSame([500, 500, 200], array_map(count(...), $this->attempts));
        self::assertSame(array_map(static fn (int $n): string => "e$n", range(1, 1200)), array_merge(...$this->attempts));
        self::assertSame([1200, 0, 0, 1200], [$this->stats->tracked, $this->stats->queued, $this->stats->queuedBytes, $this->stats->stored]);
    }

    public function testTriesAgainWithLongerPausesAndTheSameIds(): void
    {
        $queue = $this->queue();
        self::add($queue, 1, 2);
        $this->outcomes = array_fill(0, 8, self::failure());
        self::assertSame(0, $queue->deliver(60));
        self::assertSame(array_fill(0, 9, ['e1', 'e2']), $this->attempts);
        self::assertEqualsWithDelta([0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5], $this->clock->slept, 1e-6);
        self::assertSame([8, 2], [$this->stats->retries, $this->stats->stored]);
    }

    public function testWaitsForAsLongAsTheServerAdvises(): void
    {
        $queue = $this->queue();
        self::add($queue, 1, 1);
        $this->outcomes = [self::failure(Code::ResourceExhausted, 2.5)];
        $queue->deliver(60);
        self::assertEqualsWithDelta([0, 2.5], $this->clock->slept, 1e-6);
    }

    public function testEndsInTime(): void
    {
        $queue = $this->queue();
        self::add($queue, 1, 3);
        $this->outcomes = array_fill(0, 100, self::failure());
        $begun = $this->clock->now;
        self::assertSame(3, $queue->deliver(1));
        self::assertEqualsWithDelta(1, $this->clock->now - $begun, 1e-6);
        self::assertCount(3, $queue->dropRest());
        self::assertSame(['e1 CLOSED', 'e2 CLOSED', 'e3 CLOSED'], $this->dropped);
        self::assertSame([3, 0, 0, ['CLOSED' => 3]], [$this->stats->tracked, $this->stats->queued, $this->stats->queuedBytes, $this->stats->dropped]);
    }

    public function testARefusalDropsTheBatchAlone(): void
    {
        $queue = $this->queue();
        self::add($queue, 1, 501);
        $this->outcomes = [self::failure(Code::NotFound)];
        self::assertSame(0, $queue->deliver(10));
        self::assertCount(500, $this->dropped);
        self::assertSame('e1 REFUSED', $this->dropped[0]);
        self::assertSame([0, 1], [$this->stats->retries, $this->stats->stored]);
    }

    public function testWhatCantBeReadIsFoundByHalves(): void
    {
        $queue = $this->queue();
        self::add($queue, 1, 7);
        // e3 is bad: 7, 3 (1 to 3), 1 (e1), 2 (e2, e3), 1 (e2), 2 (e3, e4), 1 (e3); then 1, 2, 1
        $bad = self::failure(Code::InvalidArgument);
        $this->outcomes = [$bad, $bad, 'STORED', $bad, 'STORED', $bad, $bad];
        self::assertSame(0, $queue->deliver(10));
        self::assertSame([7, 3, 1, 2, 1, 2, 1, 1, 2, 1], array_map(count(...), $this->attempts));
        self::assertSame(['e3 INVALID'], $this->dropped);
        self::assertSame([6, 0], [$this->stats->stored, $this->stats->retries]);
    }

    public function testIsBounded(): void
    {
        $queue = $this->queue(maxEvents: 2);
        self::add($queue, 1, 3);
        self::assertSame(['e3 QUEUE_FULL'], $this->dropped);

        $this->dropped = [];
        $queue = $this->queue(maxBytes: 25); // {"id":"e1"} has 11
        self::add($queue, 1, 3);
        self::assertSame(['e3 QUEUE_FULL'], $this->dropped);
        self::assertSame([3, 2, 22], [$this->stats->tracked, $this->stats->queued, $this->stats->queuedBytes]);
    }

    public function testWhatWouldSpoilABatchIsInvalid(): void
    {
        $queue = $this->queue();
        $queue->add(new Event(['id' => 'big', 'searchQuery' => str_repeat('x', 256 << 10)]));
        $queue->add(new Event(['id' => 'text', 'searchQuery' => "\xff"]));
        self::assertSame(['big INVALID', 'text INVALID'], $this->dropped);
    }

    public function testWhatIsTooOldExpires(): void
    {
        $queue = $this->queue();
        self::add($queue, 1, 1);
        $this->clock->now += 12 * 3600 + 1;
        self::add($queue, 2, 2);
        self::assertSame(0, $queue->deliver(10));
        self::assertSame(['e1 EXPIRED'], $this->dropped);
        self::assertSame([['e2']], $this->attempts);
    }

    public function testCountsWhatBecameOfEach(): void
    {
        $queue = $this->queue();
        foreach (['STORED', 'DUPLICATE', 'NO_CONSENT', 'INVALID', 'SOMETHING'] as $n => $this->outcomes[0]) {
            $queue->add(new Event(['id' => "e$n"]));
            $queue->deliver(1);
        }
        self::assertSame([1, 1, 1], [$this->stats->stored, $this->stats->duplicates, $this->stats->noConsent]);
        self::assertSame(['e3 INVALID', 'e4 REFUSED'], $this->dropped);
    }

    public function testAFullBatchIsSentUnlessItFailedJustNow(): void
    {
        $queue = $this->queue();
        self::add($queue, 1, 499);
        $queue->deliverFull();
        self::assertSame([], $this->attempts);
        self::add($queue, 500, 500);
        $this->outcomes = [self::failure()];
        $queue->deliverFull();
        $queue->deliverFull();
        self::assertCount(1, $this->attempts);
        $this->clock->now += 0.1;
        $queue->deliverFull();
        self::assertSame([2, 0], [count($this->attempts), $this->stats->queued]);
    }
}
