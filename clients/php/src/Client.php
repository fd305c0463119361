<?php

declare(strict_types=1);

namespace Vitrine;

/**
 * Talks to one Vitrine about one site, through its JSON door: asks what to show and tells
 * what visitors do. Neither makes a page wait for long, and neither breaks it.
 *
 *     $shop = new Client('localhost:7657', new Options('demo', insecure: true));
 *     $visitor = new Visitor($cookie, granted: [Purpose::Personalization, Purpose::Measurement]);
 *     $shop->track(Event::productViewed($visitor, 'trail-runner-42'));
 *     foreach ($shop->decide($visitor, 'home', $bestsellers)->items('home') as $item) {
 *         echo $item->productId, ' ', $item->reason, "\n";
 *     }
 */
final class Client
{
    private readonly Connection $connection;
    private readonly Breaker $breaker;
    private readonly Queue $queue;
    private readonly Stats $stats;
    private readonly Clock $clock;
    private bool $closed = false;

    /**
     * @param string $target host and port of the JSON door; whether anybody listens there is
     *   seen with the first call
     */
    public function __construct(string $target, private readonly Options $options, ?Clock $clock = null)
    {
        $this->clock = $clock ?? new Clock();
        $this->connection = new Connection($target, $options);
        $this->breaker = new Breaker($target);
        $this->stats = new Stats();
        $this->queue = new Queue(
            $options,
            $this->stats,
            $this->clock,
            fn (float $timeout, string $body): array => $this->connection->post("/v1/{$options->site}/events:batch", $body, $timeout)['results'] ?? [],
        );
        register_shutdown_function($this->shutDown(...));
    }

    /**
     * Fills one placement for a visitor, or, when Vitrine gives no answer in time, with the
     * fallback products. It never throws.
     *
     * @param list<string> $fallback
     */
    public function decide(Visitor $visitor, string $placement, array $fallback = []): Page
    {
        return $this->decidePage($visitor->fields() + ['placements' => [['placement' => $placement]]], [basename($placement) => $fallback]);
    }

    /**
     * Fills a whole page as the request says. When Vitrine gives no answer in time the page
     * is made of the fallback: products by placement id, which are cut to the count asked
     * for and leave out what the request excludes and what stands on the page already. It
     * never throws.
     *
     * @param array<string, mixed> $request a DecideRequest as proto3 JSON has it; the
     *   client's site stands in for a missing one
     * @param array<string, list<string>> $fallbacks
     */
    public function decidePage(array $request, array $fallbacks = []): Page
    {
        $this->stats->pages++;
        try {
            return new Page($this->ask($request));
        } catch (VitrineException $e) {
            $this->stats->fallbacks++;

            return Page::ofFallback($request, $fallbacks, $e);
        }
    }

    /**
     * Takes an event and returns at once. It is delivered when the page has been sent, when
     * a batch of 500 is full, and by flush() and close(), or handed to the option onDrop. An
     * id and the time are assigned if missing.
     */
    public function track(Event ...$events): void
    {
        foreach ($events as $event) {
            $event = $event->identified($this->clock->now());
            if ($this->closed) {
                $this->stats->tracked++;
                $this->queue->drop($event, DropReason::Closed);
                continue;
            }
            $this->queue->add($event);
            $this->queue->deliverFull();
        }
    }

    /**
     * Delivers one event and waits until it is durable, trying again under the same id until
     * the time is up. On an error the event may have arrived or not. It does not wait for
     * events that track() took before.
     *
     * @return string STORED, DUPLICATE or NO_CONSENT
     * @throws VitrineException
     */
    public function trackNow(Event $event, int $timeoutMs = 10_000): string
    {
        if ($this->closed) {
            throw new VitrineException('client is closed', Code::Closed);
        }
        $event = $event->identified($this->clock->now());
        $body = $this->encode($event);
        $end = $this->clock->now() + $timeoutMs / 1000;
        for ($failures = 0; ; $failures++) {
            try {
                $left = $end - $this->clock->now();
                $answer = $this->connection->post("/v1/{$this->options->site}/events", $body, min(Queue::SEND_TIMEOUT, $left));

                return substr($answer['status'] ?? '', strlen('EVENT_STATUS_'));
            } catch (VitrineException $e) {
                if ($e->reason->isRefusal()) {
                    throw $e;
                }
                $pause = max(Queue::pause($failures, $this->clock->chance()), $e->retryAfter);
                $left = $end - $this->clock->now();
                if ($pause >= $left) {
                    $this->clock->sleep(max(0, $left));
                    throw new VitrineException('track: out of time, after ' . $e->getMessage(), Code::DeadlineExceeded, previous: $e);
                }
                $this->clock->sleep($pause);
            }
        }
    }

    /** Delivers what track() has taken until the time is up; returns how many are left. */
    public function flush(int $timeoutMs = 10_000): int
    {
        return $this->queue->deliver($timeoutMs / 1000);
    }

    /**
     * Delivers what is queued until the time is up, and takes no more. A second call does
     * nothing.
     *
     * @throws UndeliveredException if events were left
     */
    public function close(int $timeoutMs = 10_000): void
    {
        if ($this->closed) {
            return;
        }
        $this->closed = true;
        if ($this->queue->deliver($timeoutMs / 1000) > 0) {
            $why = $this->queue->lastError();
            throw new UndeliveredException($this->queue->dropRest(), $why);
        }
    }

    /** The counters as of now. */
    public function stats(): Stats
    {
        return clone $this->stats;
    }

    /**
     * Any method of the API that is called by POST with a body: its path below /v1, such as
     * `sites/demo/visitors/d1:setConsent` (docs/json.md has them all).
     *
     * @param array<string, mixed> $request as proto3 JSON has it
     * @return array<string, mixed>
     * @throws VitrineException
     */
    public function call(string $path, array $request, int $timeoutMs = 10_000): array
    {
        return $this->connection->post('/v1/' . ltrim($path, '/'), $this->encode($request), $timeoutMs / 1000);
    }

    /**
     * @param array<string, mixed> $request
     * @return array<string, mixed>
     */
    private function ask(array $request): array
    {
        if ($this->closed) {
            throw new VitrineException('client is closed', Code::Closed);
        }
        $body = $this->encode($request);
        if (!$this->breaker->allows($this->clock->now())) {
            throw new VitrineException('not asked, as the last calls failed', Code::NotAsked);
        }
        try {
            $site = $request['site'] ?? $this->options->site;
            $answer = $this->connection->post("/v1/$site:decide", $body, $this->options->decideTimeoutMs / 1000);
            $this->breaker->answered();

            return $answer;
        } catch (VitrineException $e) {
            $e->reason->isRefusal() ? $this->breaker->answered() : $this->breaker->failed($this->clock->now());
            throw $e;
        }
    }

    /** @param Event|array<string, mixed> $message */
    private function encode(Event|array $message): string
    {
        try {
            return json_encode($message ?: new \stdClass(), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION);
        } catch (\JsonException $e) {
            throw new VitrineException('request is no JSON: ' . $e->getMessage(), Code::InvalidArgument, previous: $e);
        }
    }

    /** Sends the page to the visitor, and then the events. */
    private function shutDown(): void
    {
        if ($this->closed) {
            return;
        }
        if ($this->stats->queued > 0 && function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        }
        try {
            $this->close($this->options->shutdownTimeoutMs);
        } catch (UndeliveredException $e) {
            if ($this->options->log !== null) {
                ($this->options->log)('error', $e->getMessage());
            }
        }
    }
}
