import asyncio
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from shop import Server, serving

from vitrine_client import (
    ADVERTISING,
    DIRECT_CONTACT,
    MEASUREMENT,
    PERSONALIZATION,
    Visitor,
    granted,
    line,
    product_added,
    v1,
)

HERE = Path(__file__).parent
LANDING = "https://shop.example/cart"


class Mailbox:
    """A real SMTP server; `before` runs before a mail is acknowledged."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.before: Callable[[], None] = lambda: None
        self.refuses = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address == self.refuses:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.before()
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return sorted(str(m["To"]) for m in self.mails)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box, loop = Mailbox(), asyncio.new_event_loop()
    smtp = loop.run_until_complete(loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield box, f"127.0.0.1:{smtp.sockets[0].getsockname()[1]}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    smtp.close()
    for task in asyncio.all_tasks(loop):  # connections of a mailer that was killed
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


class Shop:
    """A site with a mail campaign and visitors who left a cart behind two hours ago."""

    def __init__(self, server: Server, site: str, visitors: int, folder: Path) -> None:
        self.server, self.site, self.folder = server, site, folder
        name = server.open_shop(site, products=3)
        with server.channel() as channel:
            self._fill(channel, name, visitors)
        rows = "".join(f"visitors/v{i},v{i}@example.org,Visitor {i}\n" for i in range(visitors))
        (folder / "customers.csv").write_text("visitor,email,name\n" + rows)

    def _fill(self, channel: Any, name: str, visitors: int) -> None:
        server = self.server
        v1.PlacementServiceStub(channel).CreatePlacement(
            v1.CreatePlacementRequest(
                parent=name,
                placement_id="cart-mail",
                placement=v1.Placement(count=1, creatives=v1.CreativeRules(formats=["mail"])),
            ),
            metadata=server.metadata,
        )
        campaign = v1.Campaign(name=f"{name}/campaigns/carts", landing_url=LANDING)
        creative = v1.Creative(
            name=f"{name}/campaigns/carts/creatives/cart",
            format="mail",
            product_slots=v1.ProductSlots(count=3, sources=[v1.PRODUCT_SOURCE_CART]),
        )
        imported = v1.CampaignServiceStub(channel).ImportCampaigns(
            iter([v1.ImportCampaignsRequest(parent=name, campaigns=[campaign], creatives=[creative])]),
            metadata=server.metadata,
        )
        assert not [e for progress in imported for e in progress.errors]
        events = []
        for i in range(visitors):
            consent = granted(PERSONALIZATION, ADVERTISING, MEASUREMENT, DIRECT_CONTACT)
            event = product_added(Visitor(f"v{i}", consent=consent), line("p1"))
            event.id = f"cart-{i}"
            event.time.FromSeconds(int(time.time()) - 2 * 3600)
            events.append(event)
        answer = v1.EventServiceStub(channel).TrackEvents(
            v1.TrackEventsRequest(site=name, events=events), metadata=server.metadata
        )
        assert {r.status for r in answer.results} == {v1.EVENT_STATUS_STORED}
        for i in range(visitors):
            self.consents(channel, f"v{i}", PERSONALIZATION, ADVERTISING, MEASUREMENT, DIRECT_CONTACT)

    def consents(self, channel: Any, visitor: str, *purposes: Any) -> None:
        v1.VisitorServiceStub(channel).SetConsent(
            v1.SetConsentRequest(name=f"sites/{self.site}/visitors/{visitor}", consent=granted(*purposes)),
            metadata=self.server.metadata,
        )

    def command(self, smtp: str, *flags: str) -> list[Any]:
        command = [sys.executable, HERE / "cart_mailer.py", "customers.csv", "--site", self.site, "--insecure"]
        command += ["--from", "Shop <hello@shop.example>", "--smtp", smtp]
        return [*command, "--unsubscribe", "https://shop.example/unsubscribe", *flags]

    def mail(self, smtp: str, *flags: str) -> tuple[int, str, str]:
        done = subprocess.run(
            self.command(smtp, *flags),
            cwd=self.folder,
            env=self.server.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr


def test_everybody_once(server: Server, mailbox: tuple[Mailbox, str], tmp_path: Path):
    box, smtp = mailbox
    shop = Shop(server, "mail-once", 3, tmp_path)
    code, table, _ = shop.mail(smtp, "--dry-run")
    assert code == 0
    assert re.search(r"^visitors/v0 +1 in the cart +would be mailed$", table, re.M)
    assert table.endswith("3 would be mailed\n")
    assert box.mails == []
    assert shop.mail(smtp) == (0, "3 mailed\n", "")
    assert box.recipients == ["v0@example.org", "v1@example.org", "v2@example.org"]
    assert shop.mail(smtp) == (0, "3 mailed within 7 days\n", "")
    assert len(box.mails) == 3
    mail = box.mails[0]
    assert mail["Subject"] == "Product 1 is still in your cart"
    assert mail["List-Unsubscribe"] == "<https://shop.example/unsubscribe>"
    text = mail.get_body(("plain",))
    assert text
    assert "Hello Visitor" in text.get_content()
    assert LANDING in text.get_content()


def test_consent_addresses_and_orders(server: Server, mailbox: tuple[Mailbox, str], tmp_path: Path):
    box, smtp = mailbox
    shop = Shop(server, "mail-consent", 4, tmp_path)
    with server.channel() as channel:
        shop.consents(channel, "v0", PERSONALIZATION, ADVERTISING)  # no longer to be written to
        bought = v1.Event(id="order", type=v1.EVENT_TYPE_ORDER_COMPLETED, visitor=v1.VisitorKey(device_id="v1"))
        bought.items.add(product_id="p1")
        bought.order.id = "o-1"
        v1.EventServiceStub(channel).TrackEvent(
            v1.TrackEventRequest(site="sites/mail-consent", event=bought), metadata=server.metadata
        )
    lines = (tmp_path / "customers.csv").read_text().splitlines()
    (tmp_path / "customers.csv").write_text("\n".join(x for x in lines if not x.startswith("visitors/v2")) + "\n")
    assert shop.mail(smtp) == (0, "1 mailed, 1 no address\n", "")
    assert box.recipients == ["v3@example.org"]


def test_contact_pressure_holds_mails_back(server: Server, mailbox: tuple[Mailbox, str], tmp_path: Path):
    box, smtp = mailbox
    shop = Shop(server, "mail-pressure", 2, tmp_path)
    with server.channel() as channel:
        site = v1.Site(name="sites/mail-pressure")
        budget = site.contact_policy.budgets.add(limit=1, channels=[v1.CHANNEL_EMAIL])
        budget.window.FromSeconds(7 * 24 * 3600)
        v1.SiteServiceStub(channel).UpdateSite(
            v1.UpdateSiteRequest(site=site, update_mask={"paths": ["contact_policy"]}), metadata=server.metadata
        )
    # Without rest of the mailer's own: it is the second mail's contact that counts.
    assert shop.mail(smtp, "--rest-days", "0") == (0, "2 mailed\n", "")
    assert shop.mail(smtp, "--rest-days", "0") == (0, "2 held back: CAPPED\n", "")
    assert len(box.mails) == 2


def test_killed_while_the_mail_server_has_it(server: Server, mailbox: tuple[Mailbox, str], tmp_path: Path):
    box, smtp = mailbox
    shop = Shop(server, "mail-killed", 3, tmp_path)
    process = subprocess.Popen(shop.command(smtp), cwd=tmp_path, env=server.environment)

    def kill() -> None:
        if len(box.mails) == 2:  # taken, and the mailer will never hear of it
            process.kill()
            process.wait()

    box.before = kill
    assert process.wait() == -signal.SIGKILL
    code, out, err = shop.mail(smtp)
    assert (code, out) == (0, "1 mailed, 2 mailed within 7 days\n")
    assert err == "1 in doubt: a run ended while the mail server had them\n"
    assert box.recipients == ["v0@example.org", "v1@example.org", "v2@example.org"]


def test_a_refused_address_is_told_and_tried_again(server: Server, mailbox: tuple[Mailbox, str], tmp_path: Path):
    box, smtp = mailbox
    shop = Shop(server, "mail-refused", 2, tmp_path)
    box.refuses = "v0@example.org"
    code, out, err = shop.mail(smtp)
    assert (code, out) == (1, "1 mailed, 1 refused by the mail server\n")
    assert err == "visitors/v0: refused by the mail server: 550\n"
    box.refuses = ""
    assert shop.mail(smtp)[:2] == (0, "1 mailed, 1 mailed within 7 days\n")
    assert box.recipients == ["v0@example.org", "v1@example.org"]


def test_nothing_is_noted_while_the_mail_server_is_away(server: Server, mailbox: tuple[Mailbox, str], tmp_path: Path):
    box, smtp = mailbox
    shop = Shop(server, "mail-away", 1, tmp_path)
    code, _, err = shop.mail("127.0.0.1:1")
    assert code == 2
    assert "ended early: ConnectionRefusedError" in err
    assert shop.mail(smtp) == (0, "1 mailed\n", "")
    assert len(box.mails) == 1


def test_opens_and_clicks_are_counted(mailbox: tuple[Mailbox, str], tmp_path: Path):
    box, smtp = mailbox
    with serving("--tag-listen", "127.0.0.1:0", "--public-url", "https://t.shop.example") as server:
        shop = Shop(server, "mail-tags", 1, tmp_path)
        assert shop.mail(smtp) == (0, "1 mailed\n", "")
        body = box.mails[0].get_body(("html",))
        assert body
        urls = re.findall(r'(?:src|href)="https://t\.shop\.example(.*?)"', body.get_content())
        click, pixel = (f"http://{server.tags}{url}".replace("&amp;", "&") for url in urls)
        with urllib.request.urlopen(pixel) as answer:
            assert answer.headers["Content-Type"].startswith("image/")

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                return None

        with pytest.raises(urllib.error.HTTPError) as moved:
            urllib.request.build_opener(Stay).open(click)
        assert (moved.value.code // 100, moved.value.headers["Location"]) == (3, LANDING)
