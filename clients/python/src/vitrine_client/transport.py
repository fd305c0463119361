"""What both clients say to gRPC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import grpc
from google.rpc import error_details_pb2, status_pb2

from . import v1
from .errors import VitrineError

#: Seconds after which an attempt that hangs is ended. A batch takes milliseconds.
SEND_TIMEOUT = 10.0

TRACK_EVENTS = "/vitrine.v1.EventService/TrackEvents"

CHANNEL_OPTIONS: list[tuple[str, int | str]] = [
    # gRPC's own default lets a connection wait 120 s between two attempts: a shop would
    # show fallback pages for minutes after a restart of the server.
    ("grpc.initial_reconnect_backoff_ms", 50),
    # In spite of its name, how long an attempt to connect may take at least.
    ("grpc.min_reconnect_backoff_ms", 5_000),
    ("grpc.max_reconnect_backoff_ms", 2000),
    # A connection that died without a word is noticed after the timeout. The server
    # takes a ping in 10 s.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    # A connection of its own, so that closing one client leaves another alone.
    ("grpc.use_local_subchannel_pool", 1),
]


@dataclass(frozen=True)
class TLS:
    """A connection's authorities and certificate, in PEM; the system's roots when None."""

    roots: bytes | None = None
    #: Shown to the server (mTLS), with `key`.
    certificate: bytes | None = None
    key: bytes | None = None

    def credentials(self) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(self.roots, self.key, self.certificate)


def authorization(api_key: str) -> tuple[tuple[str, str], ...]:
    """The metadata of every call."""
    return (("authorization", "Bearer " + api_key),) if api_key else ()


def track_events_body(site: str, events: Sequence[bytes]) -> bytes:
    """A TrackEventsRequest of events that are encoded already: field 2 of each, by its
    length. Decoding them to encode them again would be most of what delivery costs."""
    parts = [v1.TrackEventsRequest(site=site).SerializeToString()]
    for event in events:
        parts += (b"\x12", _varint(len(event)), event)
    return b"".join(parts)


def _varint(n: int) -> bytes:
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def failure(error: BaseException) -> VitrineError:
    """What a call raised, in our own words."""
    if isinstance(error, VitrineError):
        return error
    if not isinstance(error, grpc.RpcError) or not isinstance(error, grpc.Call | grpc.aio.AioRpcError):
        return VitrineError("INVALID_ARGUMENT", f"{type(error).__name__}: {error}")  # it was never sent
    code = error.code() or grpc.StatusCode.UNKNOWN
    violations: list[v1.FieldViolation] = []
    advice = 0.0
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        try:
            for detail in status_pb2.Status.FromString(_binary(value)).details:
                if detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
                    advice = (
                        error_details_pb2.RetryInfo.FromString(detail.value).retry_delay.ToTimedelta().total_seconds()
                    )
                elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                    for v in error_details_pb2.BadRequest.FromString(detail.value).field_violations:
                        violations.append(v1.FieldViolation(field=v.field, description=v.description))
        except Exception:  # details that can't be read are none; the code and its text stand
            continue
    return VitrineError(code.name, error.details() or "", violations, max(0.0, advice))


def _binary(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")
