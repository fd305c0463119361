<?php

declare(strict_types=1);

namespace Vitrine;

/** An amount of money: Money::cents('EUR', 1250) is 12.50 EUR. */
final readonly class Money
{
    private function __construct(public string $currency, public int $cents)
    {
    }

    /** So many hundredths of the currency's unit. */
    public static function cents(string $currency, int $cents): self
    {
        return new self($currency, $cents);
    }

    /** @return array{currencyCode: string, units: string, nanos: int} */
    public function fields(): array
    {
        return [
            'currencyCode' => $this->currency,
            'units' => (string) intdiv($this->cents, 100),
            'nanos' => $this->cents % 100 * 10_000_000, // of the same sign as units
        ];
    }
}
