<?php

declare(strict_types=1);

namespace Vitrine;

/**
 * An event that will not be delivered. One that was under way may have arrived all the
 * same; sending it again under its id is safe for 24 hours.
 */
final readonly class Drop
{
    public function __construct(public Event $event, public DropReason $reason, public ?VitrineException $error = null)
    {
    }
}
