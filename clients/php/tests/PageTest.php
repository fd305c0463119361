<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use PHPUnit\Framework\TestCase;
use Vitrine\Breaker;
use Vitrine\Client;
use Vitrine\Code;
use Vitrine\Options;
use Vitrine\Page;
use Vitrine\Visitor;
use Vitrine\VitrineException;

final class PageTest extends TestCase
{
    public function testAFallbackKeepsTheRulesOfThePage(): void
    {
        $page = Page::ofFallback([
            'context' => ['productId' => 'own'],
            'placements' => [
                ['placement' => 'sites/demo/placements/top', 'count' => 2, 'excludeIds' => ['excluded']],
                ['placement' => 'side'],
                ['placement' => 'nothing'],
            ],
        ], [
            'top' => ['own', 'excluded', 'a', 'b', 'c'],
            'side' => ['b', 'b', '', 'c', 'excluded'],
        ], new VitrineException('gone', Code::Unavailable));
        self::assertSame(['a', 'b'], $page->products('top')); // two, without the page's own and the excluded
        self::assertSame(['c', 'excluded'], $page->products('side')); // b stands above
        self::assertSame([], $page->products('nothing'));
        self::assertSame([], $page->products('never asked for'));
        self::assertCount(3, $page->response['placements']);
        self::assertTrue($page->fallback);
        self::assertSame('REASON_KIND_FALLBACK', $page->items('top')[0]->decided['reasons'][0]['kind']);
        self::assertSame('', $page->items('top')[0]->attributionToken);
    }

    public function testReadsAnAnswer(): void
    {
        $page = new Page(['placements' => [['placement' => 'sites/demo/placements/home', 'items' => [
            ['product' => ['productId' => 'p1'], 'attributionToken' => 't', 'reasons' => [['text' => 'Popular in this shop']]],
            ['creative' => ['creative' => 'sites/demo/campaigns/c/creatives/x']],
        ]]]]);
        [$product, $creative] = $page->items('home');
        self::assertSame(['p1', 't', 'Popular in this shop'], [$product->productId, $product->attributionToken, $product->reason]);
        self::assertSame('', $creative->productId);
        self::assertSame(['p1'], $page->products('home'));
        self::assertFalse($page->fallback);
    }

    public function testFiveFailuresInARowAreNotAskedAgainButNowAndThen(): void
    {
        $clock = new FakeClock();
        $client = new Client('127.0.0.1:1', new Options('demo', insecure: true, decideTimeoutMs: 60_000), $clock);
        $reasons = [];
        for ($n = 0; $n < 7; $n++) {
            $reasons[] = $client->decide(new Visitor('d1'), 'home', ['a'])->error?->reason;
        }
        self::assertSame([...array_fill(0, 5, Code::Unavailable), Code::NotAsked, Code::NotAsked], $reasons);
        $clock->now += 0.25;
        self::assertSame(Code::Unavailable, $client->decide(new Visitor('d1'), 'home')->error?->reason);
        self::assertSame(Code::NotAsked, $client->decide(new Visitor('d1'), 'home')->error?->reason);
        self::assertSame([9, 9], [$client->stats()->pages, $client->stats()->fallbacks]);
        $client->close();
        self::assertSame(Code::Closed, $client->decide(new Visitor('d1'), 'home')->error?->reason);
    }

    public function testAnAnswerEndsTheBreak(): void
    {
        $breaker = new Breaker('somewhere');
        for ($n = 0; $n < 5; $n++) {
            $breaker->failed(100);
        }
        self::assertFalse($breaker->allows(100.2));
        self::assertTrue($breaker->allows(100.3));
        $breaker->answered();
        self::assertTrue($breaker->allows(100.3));
    }

    public function testASiteIsAnIdOrAName(): void
    {
        self::assertSame('sites/demo', (new Options('demo'))->site);
        self::assertSame('sites/demo', (new Options('sites/demo'))->site);
        $this->expectExceptionMessage('site "": an id or sites/{site} is needed');
        new Options('');
    }
}
