<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use PHPUnit\Framework\TestCase;
use Vitrine\Event;
use Vitrine\EventType;
use Vitrine\Item;
use Vitrine\Line;
use Vitrine\Money;
use Vitrine\Purpose;
use Vitrine\Visitor;

/** Holds what is written by hand against the contract. */
final class ContractTest extends TestCase
{
    private const PROTO = __DIR__ . '/../../../proto/vitrine/v1/';

    /** @return list<string> the values of an enumeration, but the unspecified one */
    private static function values(string $file, string $prefix): array
    {
        preg_match_all("~^  ({$prefix}_\\w+) = \\d+;~m", (string) file_get_contents(self::PROTO . $file), $m);

        return array_values(array_diff($m[1], ["{$prefix}_UNSPECIFIED"]));
    }

    public function testEveryEventTypeIsThere(): void
    {
        self::assertSame(self::values('event.proto', 'EVENT_TYPE'), array_column(EventType::cases(), 'value'));
    }

    public function testEveryPurposeIsThere(): void
    {
        self::assertEqualsCanonicalizing(self::values('visitor.proto', 'PURPOSE'), array_column(Purpose::cases(), 'value'));
    }

    public function testConsentSaysWhatWasGrantedAndWhatNot(): void
    {
        $visitor = new Visitor('d1', granted: [Purpose::Personalization]);
        self::assertSame([
            ['purpose' => 'PURPOSE_PERSONALIZATION', 'granted' => true],
            ['purpose' => 'PURPOSE_ADVERTISING', 'granted' => false],
            ['purpose' => 'PURPOSE_MEASUREMENT', 'granted' => false],
            ['purpose' => 'PURPOSE_DIRECT_CONTACT', 'granted' => false],
        ], $visitor->fields()['consent']['purposes']);
        self::assertArrayNotHasKey('consent', (new Visitor('d1'))->fields());
        self::assertSame([], (new Visitor())->fields());
    }

    public function testAnEventGetsAnIdAndATimeOnce(): void
    {
        $event = Event::productViewed(new Visitor('d1'), 'p1')->identified(1_764_555_555.25);
        self::assertMatchesRegularExpression('~^019ad7b5-01b2-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$~', $event->id());
        self::assertSame('2025-12-01T02:19:15.250000Z', $event->fields['time']);
        self::assertSame($event->fields, $event->identified(1_764_555_999)->fields);
    }

    public function testMoneyIsUnitsAndNanosOfOneSign(): void
    {
        self::assertSame(['currencyCode' => 'EUR', 'units' => '12', 'nanos' => 500_000_000], Money::cents('EUR', 1250)->fields());
        self::assertSame(['currencyCode' => 'EUR', 'units' => '-12', 'nanos' => -500_000_000], Money::cents('EUR', -1250)->fields());
    }

    public function testAClickCarriesTheTokenOfWhatWasShown(): void
    {
        $click = Event::itemClicked(new Visitor('d1'), new Item('p1', '', 'token', []));
        self::assertSame(['token', [['productId' => 'p1', 'quantity' => 1]]], [$click->fields['attributionToken'], $click->fields['items']]);
        self::assertArrayNotHasKey('attributionToken', Event::itemClicked(new Visitor('d1'), new Item('p1', '', '', []))->fields);
        self::assertSame('EVENT_TYPE_CREATIVE_CLICKED', Event::itemClicked(new Visitor('d1'), new Item('', '', 'token', []))->fields['type']);
    }

    public function testAnOrderHasItsLines(): void
    {
        $order = Event::orderCompleted(new Visitor('d1'), 'o1', Money::cents('EUR', 999), new Line('p1', 2), new Line('p2'));
        self::assertSame('o1', $order->fields['order']['id']);
        self::assertSame(['p1', 'p2'], array_column($order->fields['items'], 'productId'));
    }
}
