"""What can go wrong, and whether trying again may help."""

from __future__ import annotations

from collections.abc import Sequence

from . import v1

# The server is there and said no, and would say no again.
_REFUSALS = frozenset(
    {
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "UNAUTHENTICATED",
        "FAILED_PRECONDITION",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
    }
)


class VitrineError(Exception):
    """Why Vitrine gave no answer, or which.

    `code` is the name of a gRPC status, such as "UNAVAILABLE"; "NOT_ASKED" where the
    last calls in a row had failed; or "CLOSED" after close. `violations` are all
    fields that were wrong, where that was said.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        violations: Sequence[v1.FieldViolation] = (),
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.violations = tuple(violations)
        #: Seconds before which the server asked not to be tried again.
        self.retry_after = retry_after

    @property
    def refused(self) -> bool:
        """The server said no, and would say no again. Every other failure may pass."""
        return self.code in _REFUSALS


class NotFlushedError(VitrineError, TimeoutError):
    """Events were left when the time of a flush was up. They are tried on."""

    def __init__(self, left: int, after: VitrineError | None) -> None:
        super().__init__("DEADLINE_EXCEEDED", f"{left} events left" + _after(after))
        self.left = left


class UndeliveredError(VitrineError):
    """Events were left when the time of close was up.

    `events` are those, oldest first, with their ids; `on_drop` had them, too. One that
    was under way may have arrived: to send it again under its id is safe for 24 hours.
    """

    def __init__(self, events: Sequence[v1.Event], after: VitrineError | None) -> None:
        super().__init__("DEADLINE_EXCEEDED", f"{len(events)} events not delivered" + _after(after))
        self.events = tuple(events)


def _after(error: VitrineError | None) -> str:
    return f", after {error}" if error else ""
