<?php

declare(strict_types=1);

namespace Vitrine;

/** One thing to show. */
final readonly class Item
{
    /**
     * @param string $productId the shop's id of it; empty for a creative
     * @param string $reason a sentence fit for the visitor: why this, of all; empty for a fallback
     * @param string $attributionToken belongs into the events that follow from showing it
     * @param array<string, mixed> $decided the item with all its reasons, score and propensity,
     *   or a creative: a DecidedItem as proto3 JSON has it
     */
    public function __construct(
        public string $productId,
        public string $reason,
        public string $attributionToken,
        public array $decided,
    ) {
    }
}
