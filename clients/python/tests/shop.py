"""The real vitrine, with a shop in it, for tests of this client and of the examples."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest

from vitrine_client import v1

REPOSITORY = Path(__file__).resolve().parents[3]
BINARY = REPOSITORY / "bin" / "vitrine"


@dataclass(frozen=True)
class Server:
    address: str
    key: str
    tags: str = ""  # where pixels and clicks are counted

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.key}"),)

    @property
    def environment(self) -> dict[str, str]:
        """For a program that is told where the server is by its environment."""
        return os.environ | {"VITRINE_TARGET": self.address, "VITRINE_API_KEY": self.key}

    @contextmanager
    def channel(self) -> Iterator[grpc.Channel]:
        with grpc.insecure_channel(self.address) as channel:
            yield channel

    def open_shop(self, site: str, products: int = 0, **fields: object) -> str:
        """Makes a site with products p1, p2 and so on and a placement `home`; returns its name."""
        with self.channel() as channel:
            v1.SiteServiceStub(channel).CreateSite(
                v1.CreateSiteRequest(site_id=site, site=v1.Site(currency_code="EUR", locale="en", **fields)),
                metadata=self.metadata,
            )
            listed = v1.PlacementServiceStub(channel).ListPlacements(
                v1.ListPlacementsRequest(parent=f"sites/{site}"), metadata=self.metadata
            )
            if "home" not in [p.name.rsplit("/", 1)[1] for p in listed.placements]:
                v1.PlacementServiceStub(channel).CreatePlacement(
                    v1.CreatePlacementRequest(
                        parent=f"sites/{site}", placement_id="home", placement=v1.Placement(count=4)
                    ),
                    metadata=self.metadata,
                )
            for i in range(1, products + 1):
                v1.CatalogServiceStub(channel).CreateProduct(
                    v1.CreateProductRequest(
                        parent=f"sites/{site}",
                        product_id=f"p{i}",
                        product=v1.Product(title=f"Product {i}", price=v1.Money(units=i), categories=["things"]),
                    ),
                    metadata=self.metadata,
                )
        return f"sites/{site}"


@contextmanager
def serving(*flags: str) -> Iterator[Server]:
    """Runs a server on a folder of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = subprocess.run(
            [BINARY, "keys", "create", "tests", "--role", "admin", "--data-dir", folder],
            check=True,
            capture_output=True,
            text=True,
        )
        command = [BINARY, "serve", "--data-dir", folder, "--listen", "127.0.0.1:0", "--ops-listen", ""]
        command += ["--log-format", "json", "--limits-max-wait", "1s", *flags]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr
            said = []
            try:
                for line in process.stderr:
                    said.append(line)
                    told = json.loads(line) if line.startswith("{") else {}
                    if told.get("msg") == "serving":
                        break
                else:
                    raise RuntimeError("the server does not serve: " + "".join(said))
                yield Server(told["address"], made.stdout.strip(), told["tags"])
            finally:
                process.kill()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running
