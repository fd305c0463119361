<?php

declare(strict_types=1);

namespace Vitrine;

/** Why an event will not be delivered. */
enum DropReason: string
{
    /** As many events or bytes as the options allow were waiting. */
    case QueueFull = 'QUEUE_FULL';
    /** The event breaks a rule of the contract; the drop's error has the violations. */
    case Invalid = 'INVALID';
    /** The server refused the request as a whole, for a reason that time does not mend. */
    case Refused = 'REFUSED';
    /** Undelivered for so long that Vitrine might not know it again, and count it twice. */
    case Expired = 'EXPIRED';
    /** The client was closed. */
    case Closed = 'CLOSED';
}
