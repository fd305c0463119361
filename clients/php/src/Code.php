<?php

declare(strict_types=1);

namespace Vitrine;

/** Why a call came to nothing: the names of gRPC's codes, and two of the client's own. */
enum Code: string
{
    case Cancelled = 'CANCELLED';
    case Unknown = 'UNKNOWN';
    case InvalidArgument = 'INVALID_ARGUMENT';
    case DeadlineExceeded = 'DEADLINE_EXCEEDED';
    case NotFound = 'NOT_FOUND';
    case AlreadyExists = 'ALREADY_EXISTS';
    case PermissionDenied = 'PERMISSION_DENIED';
    case ResourceExhausted = 'RESOURCE_EXHAUSTED';
    case FailedPrecondition = 'FAILED_PRECONDITION';
    case Aborted = 'ABORTED';
    case OutOfRange = 'OUT_OF_RANGE';
    case Unimplemented = 'UNIMPLEMENTED';
    case Internal = 'INTERNAL';
    case Unavailable = 'UNAVAILABLE';
    case DataLoss = 'DATA_LOSS';
    case Unauthenticated = 'UNAUTHENTICATED';
    /** Not asked, as the last calls failed. */
    case NotAsked = 'NOT_ASKED';
    /** The client was closed before. */
    case Closed = 'CLOSED';

    /**
     * Whether the server is there and said no, and would say no again. Every other failure
     * may pass.
     */
    public function isRefusal(): bool
    {
        return match ($this) {
            self::InvalidArgument, self::NotFound, self::AlreadyExists, self::PermissionDenied,
            self::Unauthenticated, self::FailedPrecondition, self::OutOfRange, self::Unimplemented => true,
            default => false,
        };
    }

    /** What an HTTP status stands for where nobody says more, as a proxy in between does not. */
    public static function ofStatus(int $status): self
    {
        return match ($status) {
            400, 405, 413, 415 => self::InvalidArgument,
            401 => self::Unauthenticated,
            403 => self::PermissionDenied,
            404 => self::NotFound,
            409 => self::Aborted,
            412 => self::FailedPrecondition,
            429 => self::ResourceExhausted,
            499 => self::Cancelled,
            501 => self::Unimplemented,
            502, 503 => self::Unavailable,
            408, 504 => self::DeadlineExceeded,
            default => $status >= 500 ? self::Internal : self::Unknown,
        };
    }
}
