"""Writes to visitors who left a cart behind: whom, what and how often, Vitrine says.

Nobody is mailed twice for a cart, however often this runs and wherever it is killed.
Exit code 0: everybody was dealt with; 1: some mails failed or could not be decided on;
2: the run ended early.
"""

from __future__ import annotations

import argparse
import csv
import html
import os
import smtplib
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import grpc

from vitrine_client import Client, VitrineError, v1

DAY = 24 * 3600


class Ledger:
    """What was mailed: a row a mail, written before the mail is handed over.

    A mail is `sending` until the mail server has taken it. A run that is killed there
    can't know whether it did: such a mail counts as sent, and is told as in doubt.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS mails (id TEXT PRIMARY KEY, visitor TEXT NOT NULL, at REAL NOT NULL, "
            "state TEXT NOT NULL, event BLOB NOT NULL)"
        )

    def begin(self, mail: str, visitor: str, event: v1.Event, rest: float) -> bool:
        """Notes that a mail is about to be sent, unless one was within `rest` seconds. Of two
        runs at once one is told no."""
        now = time.time()
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if self.mailed(visitor, rest):
                return False
            self._db.execute(
                "INSERT INTO mails VALUES (?, ?, ?, 'sending', ?)", (mail, visitor, now, event.SerializeToString())
            )
        return True

    def mailed(self, visitor: str, rest: float) -> bool:
        since = time.time() - rest
        return bool(self._db.execute("SELECT 1 FROM mails WHERE visitor = ? AND at > ?", (visitor, since)).fetchone())

    def sent(self, mail: str) -> None:
        self._db.execute("UPDATE mails SET state = 'sent' WHERE id = ?", (mail,))

    def told(self, mail: str) -> None:
        self._db.execute("UPDATE mails SET state = 'told' WHERE id = ?", (mail,))

    def refused(self, mail: str) -> None:
        """The mail server did not take it, and said so: the next run may try again."""
        self._db.execute("DELETE FROM mails WHERE id = ?", (mail,))

    def untold(self) -> list[tuple[str, v1.Event]]:
        """Mails that were sent, and that Vitrine was not told of."""
        rows = self._db.execute("SELECT id, event FROM mails WHERE state = 'sent' ORDER BY at").fetchall()
        return [(mail, v1.Event.FromString(event)) for mail, event in rows]

    def in_doubt(self) -> int:
        count: int = self._db.execute("SELECT count(*) FROM mails WHERE state = 'sending'").fetchone()[0]
        return count


@dataclass(frozen=True)
class Customer:
    email: str
    name: str


def customers(path: Path) -> dict[str, Customer]:
    """The shop's addresses: visitor (persons/c-1 or visitors/cookie-1), email, name."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["visitor"]: Customer(row["email"], row.get("name") or "") for row in csv.DictReader(file)}


def render(item: v1.DecidedItem, customer: Customer, sender: str, unsubscribe: str, mail: str) -> EmailMessage:
    """The mail, in text and HTML."""
    creative = item.creative
    link = creative.click_url or creative.landing_url
    names = [p.product.title or p.product_id for p in creative.products]
    message = EmailMessage()
    message["Subject"] = f"{names[0]} is still in your cart" if names else "Your cart is waiting"
    message["From"], message["To"] = sender, customer.email
    message["Message-ID"] = f"<{mail}@{sender.rpartition('@')[2].strip('>')}>"
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
    hello = f"Hello {customer.name}," if customer.name else "Hello,"
    goods = "\n".join(f"  - {name}" for name in names)
    message.set_content(
        f"{hello}\n\nyou left in your cart:\n\n{goods}\n\nHave another look: {link}\n\n"
        f"No more of these: {unsubscribe}\n"
    )
    rows = "".join(f"<li>{html.escape(name)}</li>" for name in names)
    pixel = f'<img src="{html.escape(creative.impression_url)}" alt="">' if creative.impression_url else ""
    message.add_alternative(
        f"<p>{html.escape(hello)}</p><p>you left in your cart:</p><ul>{rows}</ul>"
        f'<p><a href="{html.escape(link)}">Have another look</a></p>'
        f'<p><a href="{html.escape(unsubscribe)}">No more of these</a></p>{pixel}',
        subtype="html",
    )
    return message


class Mailer:
    def __init__(self, shop: Client, ledger: Ledger, options: argparse.Namespace) -> None:
        self.shop, self.ledger, self.options = shop, ledger, options
        self.outcomes: dict[str, int] = {}
        self.failed = False
        self._smtp: smtplib.SMTP | None = None

    def run(self, addresses: dict[str, Customer]) -> None:
        if not self.options.dry_run:
            for mail, event in self.ledger.untold():
                self._tell(mail, event)
        for member in self._members():
            who = member.name.split("/", 2)[2]
            outcome = self._deal_with(who, addresses.get(who))
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
            if self.options.dry_run:
                print(f"{who:<32} {len(member.cart):>2} in the cart   {outcome}")

    def close(self) -> None:
        if self._smtp:
            self._smtp.close()

    def _members(self) -> Iterator[v1.SegmentMember]:
        """Those who left a cart behind and allow to be written to."""
        name = f"sites/{self.options.site}/segments/{self.options.segment}"
        request = v1.ListSegmentMembersRequest(name=name, contactable_only=True)
        yield from v1.SegmentServiceStub(self.shop.channel).ListSegmentMembers(request)

    def _deal_with(self, who: str, customer: Customer | None) -> str:
        rest = self.options.rest_days * DAY
        if customer is None:
            return "no address"
        if self.ledger.mailed(who, rest):
            return f"mailed within {self.options.rest_days:g} days"
        kind, _, id = who.partition("/")
        key = v1.VisitorKey(person_id=id) if kind == "persons" else v1.VisitorKey(device_id=id)
        page = self.shop.decide_page(
            v1.DecideRequest(
                visitor=key,
                context=v1.PageContext(page_type=v1.PAGE_TYPE_EMAIL, channel=v1.CHANNEL_EMAIL),
                placements=[v1.PlacementRequest(placement=self.options.placement)],
                include_products=True,
                dry_run=self.options.dry_run,
            )
        )
        if page.error:
            self.failed = True
            print(f"{who}: {page.error}", file=sys.stderr)
            return f"not decided: {page.error.code}"
        items = page.items(self.options.placement)
        if not items:
            reason = v1.NoFillReason.Name(page.response.placements[0].no_fill_reason)
            return "held back: " + reason.removeprefix("NO_FILL_REASON_")
        if self.options.dry_run:
            return "would be mailed"
        mail = str(uuid.uuid4())
        event = v1.Event(
            id=mail,
            type=v1.EVENT_TYPE_EMAIL_DELIVERED,
            visitor=key,
            channel=v1.CHANNEL_EMAIL,
            attribution_token=items[0].attribution_token,
        )
        event.time.GetCurrentTime()
        message = render(items[0].decided, customer, self.options.sender, self.options.unsubscribe, mail)
        if not self.ledger.begin(mail, who, event, rest):
            return "mailed by another run"
        try:
            self._server().send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as e:
            self.ledger.refused(mail)
            self.failed = True
            print(f"{who}: refused by the mail server: {_codes(e)}", file=sys.stderr)
            return "refused by the mail server"
        self.ledger.sent(mail)
        self._tell(mail, event)
        return "mailed"

    def _server(self) -> smtplib.SMTP:
        """One connection for all mails; made before the first is noted in the ledger."""
        if self._smtp is None:
            host, _, port = self.options.smtp.partition(":")
            self._smtp = smtplib.SMTP(host, int(port or 25), timeout=60)
        return self._smtp

    def _tell(self, mail: str, event: v1.Event) -> None:
        """Counts the contact; under the mail's id, so once."""
        try:
            self.shop.track_now(event, timeout=30)
        except VitrineError as e:  # the next run tells it
            self.failed = True
            print(f"mail {mail}: sent, and Vitrine not told yet: {e}", file=sys.stderr)
            return
        self.ledger.told(mail)


def _codes(e: smtplib.SMTPException) -> str:
    """What the mail server said, without the address."""
    if isinstance(e, smtplib.SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _ in e.recipients.values())
    return str(getattr(e, "smtp_code", ""))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="cart_mailer.py", description=__doc__.splitlines()[0])
    parser.add_argument("addresses", type=Path, help="CSV with visitor, email, name")
    parser.add_argument("--site", required=True, help="the shop, by id")
    parser.add_argument("--from", dest="sender", required=True, help="the sender's address")
    parser.add_argument("--unsubscribe", required=True, help="URL where the recipient says no more")
    parser.add_argument("--smtp", default="localhost:25", help="host:port of the mail server")
    parser.add_argument("--ledger", type=Path, default=Path("cart-mailer.db"), help="what was mailed; keep it")
    parser.add_argument("--segment", default="abandoned-carts")
    parser.add_argument("--placement", default="cart-mail", help="a placement of creatives for mails")
    parser.add_argument("--rest-days", type=float, default=7, help="nobody is mailed again before (7)")
    parser.add_argument("--target", default=os.environ.get("VITRINE_TARGET", "localhost:7654"))
    parser.add_argument("--insecure", action="store_true", help="plain text: on one machine or network")
    parser.add_argument("--dry-run", action="store_true", help="print whom it would mail, and mail nobody")
    a = parser.parse_args(arguments)

    key = os.environ.get("VITRINE_API_KEY", "")
    ended = ""
    # A mail is no page: it has time, and no fallback.
    with Client(a.target, site=a.site, api_key=key, insecure=a.insecure, decide_timeout=30) as shop:
        try:
            ledger = Ledger(a.ledger)
            mailer = Mailer(shop, ledger, a)
        except sqlite3.Error as e:
            print(f"ended early: {a.ledger}: {e}", file=sys.stderr)
            return 2
        try:
            addresses = customers(a.addresses)
            if not a.dry_run:
                mailer._server()
            mailer.run(addresses)
        except (OSError, smtplib.SMTPException, sqlite3.Error) as e:
            ended = f"{type(e).__name__}: {e}"
        except KeyError as e:
            ended = f"{a.addresses}: no column {e}"
        except grpc.RpcError as e:
            ended = f"{e.code().name}: {e.details()}"
        finally:
            mailer.close()
    told = ", ".join(f"{n:,} {outcome}" for outcome, n in sorted(mailer.outcomes.items()))
    print(told or "nobody left a cart behind")
    if doubt := ledger.in_doubt():
        print(f"{doubt:,} in doubt: a run ended while the mail server had them", file=sys.stderr)
    if ended:
        print(f"ended early: {ended}", file=sys.stderr)
        return 2
    return 1 if mailer.failed else 0


if __name__ == "__main__":
    sys.exit(main())
