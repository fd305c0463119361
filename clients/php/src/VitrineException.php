<?php

declare(strict_types=1);

namespace Vitrine;

/** A call that came to nothing. */
class VitrineException extends \RuntimeException
{
    /**
     * @param string $message what happened, for the log: nothing about visitors
     * @param Code $reason which kind of failure
     * @param list<array{field: string, description: string}> $violations what is wrong with the request
     * @param float $retryAfter seconds that the server asks to wait; 0: it says nothing
     */
    public function __construct(
        string $message,
        public readonly Code $reason,
        public readonly array $violations = [],
        public readonly float $retryAfter = 0,
        ?\Throwable $previous = null,
    ) {
        parent::__construct('vitrine: ' . $message, 0, $previous);
    }
}
