<?php

// The driver of the conformance suite: clients/README.md has its commands.

declare(strict_types=1);

require __DIR__ . '/../vendor/autoload.php';

use Vitrine\Client;
use Vitrine\Drop;
use Vitrine\Event;
use Vitrine\Options;
use Vitrine\Page;
use Vitrine\Purpose;
use Vitrine\UndeliveredException;
use Vitrine\Visitor;
use Vitrine\VitrineException;

final class Driver
{
    private ?Client $client = null;
    private ?Page $page = null;
    /** @var list<array{id: string, reason: string}> */
    private array $drops = [];

    /**
     * @param array<string, mixed> $c
     * @return array<string, mixed>|\stdClass
     */
    public function do(array $c): array|\stdClass
    {
        switch ($c['do']) {
            case 'new':
                $this->client = new Client($c['target'], new Options(
                    $c['site'],
                    apiKey: $c['api_key'] ?? '',
                    insecure: $c['insecure'] ?? false,
                    caFile: $c['ca_file'] ?? '',
                    decideTimeoutMs: $c['decide_timeout_ms'] ?? 50,
                    maxQueuedEvents: $c['max_queued_events'] ?? 10_000,
                    maxQueuedBytes: $c['max_queued_bytes'] ?? 8 << 20,
                    onDrop: function (Drop $d): void {
                        $this->drops[] = ['id' => $d->event->id(), 'reason' => $d->reason->value];
                    },
                    log: static fn (string $level, string $message) => fwrite(STDERR, "$level $message\n"),
                ));

                return new stdClass();
            case 'decide':
                $begun = hrtime(true);
                $this->page = $this->client->decide(self::visitor($c['visitor'] ?? []), $c['placement'], $c['fallback'] ?? []);
                $items = $this->page->items($c['placement']);

                return self::answered($this->page, $begun) + [
                    'products' => $this->page->products($c['placement']),
                    'reasons' => array_map(static fn ($i) => $i->reason, $items),
                    'tokens' => count(array_filter($items, static fn ($i) => $i->attributionToken !== '')),
                ];
            case 'decide_page':
                $begun = hrtime(true);
                $this->page = $this->client->decidePage($c['request'], $c['fallback'] ?? []);
                $placements = [];
                foreach ($c['request']['placements'] ?? [] as $p) {
                    $placements[basename($p['placement'])] = $this->page->products(basename($p['placement']));
                }

                return self::answered($this->page, $begun) + ['placements' => $placements ?: new stdClass()];
            case 'track':
                foreach ($c['events'] as $e) {
                    if (($n = $c['repeat'] ?? 0) === 0) {
                        $this->client->track(new Event($e));
                    }
                    for ($k = 1; $k <= $n; $k++) {
                        $this->client->track(new Event(['id' => "{$e['id']}-$k"] + $e));
                    }
                }

                return new stdClass();
            case 'track_now':
                try {
                    return ['status' => $this->client->trackNow(new Event($c['event']), $c['timeout_ms'])];
                } catch (VitrineException $e) {
                    return ['error' => $e->reason->value];
                }
            case 'click':
                $this->client->track(Event::itemClicked(self::visitor($c['visitor'] ?? []), $this->page->items($c['placement'])[$c['index'] ?? 0]));

                return new stdClass();
            case 'flush':
                return ['left' => $this->client->flush($c['timeout_ms'])];
            case 'close':
                try {
                    $this->client->close($c['timeout_ms']);

                    return ['left' => 0];
                } catch (UndeliveredException $e) {
                    return ['left' => count($e->events)];
                }
            case 'stats':
                $s = $this->client->stats();

                return [
                    'tracked' => $s->tracked, 'queued' => $s->queued, 'stored' => $s->stored, 'duplicates' => $s->duplicates,
                    'no_consent' => $s->noConsent, 'dropped' => $s->dropped ?: new stdClass(), 'retries' => $s->retries,
                    'pages' => $s->pages, 'fallbacks' => $s->fallbacks,
                ];
            case 'drops':
                [$drops, $this->drops] = [$this->drops, []];

                return ['drops' => $drops];
            case 'bench':
                return $this->bench($c);
        }

        return ['fatal' => "no command {$c['do']}"];
    }

    /**
     * One call after the other: a PHP process has one thread.
     *
     * @param array<string, mixed> $c
     * @return array<string, mixed>
     */
    private function bench(array $c): array
    {
        $cpu = static fn (array $u): float => $u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec'] + ($u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec']) / 1e6;
        [$begun, $used] = [hrtime(true), $cpu(getrusage())];
        $before = $this->client->stats();
        $visitors = array_map(
            static fn (int $n): Visitor => new Visitor("bench-$n", granted: [Purpose::Personalization, Purpose::Measurement]),
            range(1, $c['visitors'] ?? 1000),
        );
        for ($n = 0; hrtime(true) - $begun < $c['seconds'] * 1e9; $n++) {
            $visitor = $visitors[$n % count($visitors)];
            if ($c['what'] === 'decide') {
                $this->client->decide($visitor, $c['placement']);
            } else {
                $this->client->track(Event::productViewed($visitor, $c['product']));
            }
        }
        $this->client->flush(60_000);
        $after = $this->client->stats();

        return [
            'calls' => $c['what'] === 'decide'
                ? $after->pages - $after->fallbacks - $before->pages + $before->fallbacks
                : $after->stored - $before->stored,
            'seconds' => (hrtime(true) - $begun) / 1e9,
            'cpu_seconds' => $cpu(getrusage()) - $used,
        ];
    }

    /** @return array<string, mixed> */
    private static function answered(Page $page, int $begun): array
    {
        return ['fallback' => $page->fallback, 'took_ms' => (hrtime(true) - $begun) / 1e6]
            + ($page->error === null ? [] : ['error' => $page->error->reason->value]);
    }

    /** @param array<string, mixed> $v */
    private static function visitor(array $v): Visitor
    {
        $granted = isset($v['granted']) ? array_map(static fn (string $p) => Purpose::from("PURPOSE_$p"), $v['granted']) : null;

        return new Visitor($v['device_id'] ?? '', $v['person_id'] ?? '', $granted);
    }
}

$driver = new Driver();
while (($line = fgets(STDIN)) !== false) {
    try {
        $reply = $driver->do(json_decode($line, true, flags: JSON_THROW_ON_ERROR));
    } catch (\Throwable $e) {
        $reply = ['fatal' => $e->getMessage()];
    }
    echo json_encode($reply, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES), "\n";
}
