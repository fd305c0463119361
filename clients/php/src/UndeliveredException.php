<?php

declare(strict_types=1);

namespace Vitrine;

/** Events that close() had to leave, oldest first; onDrop had them, too. */
final class UndeliveredException extends VitrineException
{
    /** @param list<Event> $events with their ids */
    public function __construct(public readonly array $events, ?VitrineException $why)
    {
        parent::__construct(
            sprintf('close: %d events not delivered: %s', count($events), $why?->getMessage() ?? 'out of time'),
            $why?->reason ?? Code::DeadlineExceeded,
            previous: $why,
        );
    }
}
