<?php

declare(strict_types=1);

namespace Vitrine;

/**
 * Something that a visitor did. The functions make the usual ones; every other field of
 * the contract (proto/vitrine/v1/event.proto) is set with with(), as proto3 JSON has it:
 *
 *     Event::productViewed($visitor, 'p1')->with('dwellTime', '12.5s')
 */
final readonly class Event implements \JsonSerializable
{
    /** @param array<string, mixed> $fields as proto3 JSON has them */
    public function __construct(public array $fields)
    {
    }

    /** An event of any type. */
    public static function of(Visitor $visitor, EventType $type, Line ...$lines): self
    {
        return new self(
            ['type' => $type->value] + $visitor->fields()
            + ($lines === [] ? [] : ['items' => array_map(static fn (Line $l): array => $l->fields(), array_values($lines))]),
        );
    }

    /** The home page was looked at. */
    public static function homeViewed(Visitor $visitor): self
    {
        return self::of($visitor, EventType::HomeViewed);
    }

    /** A list of products was looked at, by its category paths such as "shoes/running". */
    public static function productListViewed(Visitor $visitor, string ...$categories): self
    {
        return self::of($visitor, EventType::ProductListViewed)->with('categories', array_values($categories));
    }

    /** What was searched for. */
    public static function productsSearched(Visitor $visitor, string $query): self
    {
        return self::of($visitor, EventType::ProductsSearched)->with('searchQuery', $query);
    }

    /** A product's page was looked at. */
    public static function productViewed(Visitor $visitor, string $productId): self
    {
        return self::of($visitor, EventType::ProductViewed, new Line($productId));
    }

    /** An item that Vitrine had chosen, a product or a creative, was clicked: its attribution token goes along. */
    public static function itemClicked(Visitor $visitor, Item $item): self
    {
        $event = $item->productId === ''
            ? self::of($visitor, EventType::CreativeClicked)
            : self::of($visitor, EventType::ProductClicked, new Line($item->productId));

        return $item->attributionToken === '' ? $event : $event->with('attributionToken', $item->attributionToken);
    }

    /** A product was put into the cart. */
    public static function productAdded(Visitor $visitor, Line $line): self
    {
        return self::of($visitor, EventType::ProductAdded, $line);
    }

    /** A product was taken out of the cart. */
    public static function productRemoved(Visitor $visitor, Line $line): self
    {
        return self::of($visitor, EventType::ProductRemoved, $line);
    }

    /** The cart was looked at; its lines, when given, replace the cart as Vitrine knows it. */
    public static function cartViewed(Visitor $visitor, Line ...$lines): self
    {
        return self::of($visitor, EventType::CartViewed, ...$lines);
    }

    /** An order was placed, under the shop's number, for that revenue without tax and shipping. */
    public static function orderCompleted(Visitor $visitor, string $order, Money $revenue, Line ...$lines): self
    {
        return self::of($visitor, EventType::OrderCompleted, ...$lines)
            ->with('order', ['id' => $order, 'revenue' => $revenue->fields()]);
    }

    /** Goods of an order were sent back. */
    public static function orderRefunded(Visitor $visitor, string $order, Line ...$lines): self
    {
        return self::of($visitor, EventType::OrderRefunded, ...$lines)->with('order', ['id' => $order]);
    }

    /** An order was called off. */
    public static function orderCancelled(Visitor $visitor, string $order): self
    {
        return self::of($visitor, EventType::OrderCancelled)->with('order', ['id' => $order]);
    }

    /** The same event with one more field, or another value of it. */
    public function with(string $field, mixed $value): self
    {
        return new self([$field => $value] + $this->fields);
    }

    public function id(): string
    {
        return (string) ($this->fields['id'] ?? '');
    }

    /** The same event with an id and a time, if it has none. */
    public function identified(float $now): self
    {
        $event = $this;
        if ($event->id() === '') {
            $event = $event->with('id', self::uuidv7($now));
        }
        if (!isset($event->fields['time'])) {
            $event = $event->with('time', self::time($now));
        }

        return $event;
    }

    /** @return array<string, mixed>|\stdClass */
    public function jsonSerialize(): array|\stdClass
    {
        return $this->fields === [] ? new \stdClass() : $this->fields;
    }

    private static function time(float $now): string
    {
        $micros = (int) round($now * 1e6);

        return gmdate('Y-m-d\TH:i:s', intdiv($micros, 1_000_000)) . sprintf('.%06dZ', $micros % 1_000_000);
    }

    /** RFC 9562, section 5.7: 48 bits of milliseconds, and chance. */
    private static function uuidv7(float $now): string
    {
        $bytes = substr(pack('J', (int) ($now * 1000)), 2) . random_bytes(10);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x70);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);

        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
