<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use PHPUnit\Framework\TestCase;
use Vitrine\Client;
use Vitrine\Code;
use Vitrine\Drop;
use Vitrine\Event;
use Vitrine\EventType;
use Vitrine\Line;
use Vitrine\Money;
use Vitrine\Options;
use Vitrine\Purpose;
use Vitrine\UndeliveredException;
use Vitrine\Visitor;
use Vitrine\VitrineException;

/** The client against the real server, through its door. */
final class ShopTest extends TestCase
{
    private static Server $server;

    public static function setUpBeforeClass(): void
    {
        self::$server = Server::start()->withShop();
    }

    public static function tearDownAfterClass(): void
    {
        self::$server->end();
    }

    private static function visitor(string $id): Visitor
    {
        return new Visitor($id, granted: [Purpose::Personalization, Purpose::Measurement]);
    }

    public function testAPageIsDecidedByWhatTheVisitorDid(): void
    {
        $shop = self::$server->client();
        $visitor = self::visitor('looks at p4');
        self::assertSame('STORED', $shop->trackNow(Event::productViewed($visitor, 'p4'), Server::PATIENCE_MS));
        $page = $shop->decide($visitor, 'home', ['p1', 'p2']);
        self::assertNull($page->error);
        self::assertFalse($page->fallback);
        self::assertSame('DECISION_MODE_PROFILE', $page->response['mode']);
        $items = $page->items('home');
        $evidence = array_merge(...array_map(static fn ($item) => array_column($item->decided['reasons'], 'productId'), $items));
        self::assertContains('p4', $evidence);
        self::assertNotSame('', $items[0]->reason);
        self::assertNotSame('', $items[0]->attributionToken);

        $shop->track(Event::itemClicked($visitor, $items[0]));
        self::assertSame(0, $shop->flush(Server::PATIENCE_MS));
        self::assertSame([1, 1, 0], [$shop->stats()->stored, $shop->stats()->pages, $shop->stats()->fallbacks]);
    }

    public function testARefusalFallsBackAndSaysWhy(): void
    {
        $shop = self::$server->client();
        for ($n = 0; $n < 10; $n++) { // more than five: a refusal is an answer
            $page = $shop->decide(self::visitor('refused'), 'nowhere', ['p1', 'p2']);
            self::assertSame(['p1', 'p2'], $page->products('nowhere'));
            self::assertSame(Code::NotFound, $page->error?->reason);
        }
        self::assertFalse($shop->decide(self::visitor('refused'), 'home')->fallback);
        $page = $shop->decidePage(['placements' => [['placement' => 'home', 'count' => 1000]]], ['home' => ['p1']]);
        self::assertSame(Code::InvalidArgument, $page->error?->reason);
        self::assertSame('placements[0].count', $page->error->violations[0]['field']);
        $page = $shop->decidePage(['placements' => [['placement' => 'home', 'coumt' => 1]]], ['home' => ['p1']]);
        self::assertSame(Code::InvalidArgument, $page->error?->reason);
    }

    public function testAPageWaitsNoLongerThanItsTimeout(): void
    {
        $silent = stream_socket_server('tcp://127.0.0.1:0'); // takes calls, says nothing
        $shop = new Client(stream_socket_get_name($silent, false), new Options('demo', insecure: true, decideTimeoutMs: 20));
        $page = $shop->decide(self::visitor('slow'), 'home', ['p1']);
        self::assertSame(Code::DeadlineExceeded, $page->error?->reason);
        self::assertSame(['p1'], $page->products('home'));
    }

    public function testConsentGoesAlong(): void
    {
        $shop = self::$server->client();
        $nobody = new Visitor('nobody', granted: []);
        self::assertSame('NO_CONSENT', $shop->trackNow(Event::productViewed($nobody, 'p1'), Server::PATIENCE_MS));
        self::assertSame('DECISION_MODE_CONTEXTUAL', $shop->decide($nobody, 'home')->response['mode']);
        $shop->track(Event::productViewed($nobody, 'p1'));
        $shop->close(Server::PATIENCE_MS);
        self::assertSame([0, 1], [$shop->stats()->stored, $shop->stats()->noConsent]);
    }

    public function testABadEventIsDroppedAlone(): void
    {
        $drops = [];
        $shop = self::$server->client(onDrop: static function (Drop $drop) use (&$drops): void {
            $drops[] = $drop;
        });
        $visitor = self::visitor('v');
        $good = Event::productViewed($visitor, 'p1')->with('id', 'good');
        $shop->track($good, new Event(['id' => 'bad']), $good->with('id', 'good too'), $good);
        self::assertSame(0, $shop->flush(Server::PATIENCE_MS));
        self::assertSame([2, 1], [$shop->stats()->stored, $shop->stats()->duplicates]);
        self::assertSame(['bad'], array_map(static fn (Drop $d): string => $d->event->id(), $drops));
        self::assertSame([], array_diff(['type', 'visitor'], array_column($drops[0]->error->violations, 'field')));
        try {
            $shop->trackNow(new Event([]), Server::PATIENCE_MS);
            self::fail('an empty event was taken');
        } catch (VitrineException $e) {
            self::assertSame(Code::InvalidArgument, $e->reason);
            self::assertContains('event.type', array_column($e->violations, 'field'));
        }
    }

    public function testAnEventThatCantBeReadIsFoundAndDroppedAlone(): void
    {
        $drops = [];
        $shop = self::$server->client(onDrop: static function (Drop $drop) use (&$drops): void {
            $drops[] = $drop;
        });
        foreach (range(0, 99) as $n) {
            $event = Event::homeViewed(self::visitor('v'))->with('id', "read $n");
            $shop->track($n === 17 || $n === 80 ? $event->with('serchQuery', 'red') : $event);
        }
        self::assertSame(0, $shop->flush(Server::PATIENCE_MS));
        self::assertSame(98, $shop->stats()->stored);
        self::assertSame(['INVALID' => 2], $shop->stats()->dropped);
        self::assertSame(['read 17', 'read 80'], array_map(static fn (Drop $d): string => $d->event->id(), $drops));
        self::assertStringContainsString('unknown field "serchQuery"', (string) $drops[0]->error?->getMessage());
    }

    public function testTheServerTakesEveryEventThatTheClientMakes(): void
    {
        $shop = self::$server->client();
        $visitor = new Visitor('d1', 'c1', granted: Purpose::cases());
        $line = new Line('p1', 2, Money::cents('EUR', 1250));
        $shop->track(
            Event::homeViewed($visitor),
            Event::productListViewed($visitor, 'shoes', 'hats/straw'),
            Event::productsSearched($visitor, 'red'),
            Event::productViewed($visitor, 'p1')->with('dwellTime', '12.5s'),
            Event::itemClicked($visitor, $shop->decide($visitor, 'home')->items('home')[0]),
            Event::productAdded($visitor, $line),
            Event::productRemoved($visitor, $line),
            Event::cartViewed($visitor, $line),
            Event::orderCompleted($visitor, 'o1', Money::cents('EUR', 2500), $line),
            Event::orderRefunded($visitor, 'o1', $line),
            Event::orderCancelled($visitor, 'o1'),
        );
        $events = 11;
        foreach (EventType::cases() as $type) {
            if ($type !== EventType::Custom) { // needs its name
                $shop->track(Event::of($visitor, $type, $line)->with('order', ['id' => 'o2'])->with('searchQuery', 'x'));
                $events++;
            }
        }
        $shop->close(Server::PATIENCE_MS);
        self::assertSame([], $shop->stats()->dropped);
        self::assertSame($events, $shop->stats()->stored);
    }

    public function testEventsOutliveARestartOfTheServer(): void
    {
        $server = Server::start()->withShop();
        $shop = $server->client();
        $visitor = self::visitor('v');
        $shop->track(Event::productViewed($visitor, 'p1'));
        self::assertSame(0, $shop->flush(Server::PATIENCE_MS));
        $server->kill();
        $shop->track(Event::productViewed($visitor, 'p2'));
        self::assertSame(1, $shop->flush(1));
        self::assertTrue($shop->decide($visitor, 'home', ['p1'])->fallback);
        $server = $server->again();
        try {
            self::assertSame(0, $shop->flush(Server::PATIENCE_MS));
            self::assertSame(2, $shop->stats()->stored);
            self::assertFalse($shop->decide($visitor, 'home')->fallback);
        } finally {
            $server->end();
        }
    }

    public function testWhatCantBeDeliveredIsHandedBack(): void
    {
        $server = Server::start();
        $server->end();
        $shop = $server->client();
        $shop->track(Event::homeViewed(self::visitor('v')));
        try {
            $shop->close(1);
            self::fail('nothing was left');
        } catch (UndeliveredException $e) {
            self::assertCount(1, $e->events);
            self::assertStringContainsString('close: 1 events not delivered', $e->getMessage());
        }
        try {
            $shop->trackNow(Event::homeViewed(self::visitor('v')));
            self::fail('it was taken');
        } catch (VitrineException $e) {
            self::assertSame(Code::Closed, $e->reason);
        }
        $other = $server->client();
        try {
            $other->trackNow(Event::homeViewed(self::visitor('v')), 1);
            self::fail('it was taken');
        } catch (VitrineException $e) {
            self::assertSame(Code::DeadlineExceeded, $e->reason);
        }
    }
}
