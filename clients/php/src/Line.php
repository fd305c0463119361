<?php

declare(strict_types=1);

namespace Vitrine;

/** A product of a cart or an order; price is of one, null when not told. */
final readonly class Line
{
    public function __construct(public string $productId, public int $quantity = 1, public ?Money $price = null)
    {
    }

    /** @return array<string, mixed> */
    public function fields(): array
    {
        return ['productId' => $this->productId, 'quantity' => $this->quantity]
            + ($this->price === null ? [] : ['price' => $this->price->fields()]);
    }
}
