"""Brings a shop's catalogue in Vitrine up to its feed; run it every night.

Only what changed is sent, and what is gone from the feed is deleted. Running it twice
changes nothing. Exit code 0: all of the feed is in; 1: some lines were left out, each told
with its place and reason; 2: nothing was done, or not all of it.
"""

from __future__ import annotations

import argparse
import csv
import os
import sqlite3
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import grpc

from vitrine_client import Client, v1

#: Products in a message; the contract allows 1,000.
BATCH = 500
#: Products on their way that the server has not told of yet. More would gain nothing.
WINDOW = 4 * BATCH

AVAILABILITY = {
    "": v1.AVAILABILITY_IN_STOCK,
    "in_stock": v1.AVAILABILITY_IN_STOCK,
    "out_of_stock": v1.AVAILABILITY_OUT_OF_STOCK,
    "preorder": v1.AVAILABILITY_PREORDER,
    "backorder": v1.AVAILABILITY_BACKORDER,
}
#: Columns of the feed that become attributes.
ATTRIBUTES = ("color", "size", "material", "gender", "age_group")


@dataclass(frozen=True)
class Line:
    """A line of the feed: what it says, and where."""

    number: int
    fields: dict[str, str]


@dataclass
class Result:
    """What a run did, or in a dry run would do."""

    lines: int = 0
    unchanged: int = 0
    changed: int = 0
    deleted: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)  # line number, reason


class RefusedError(Exception):
    """The run ends before it does harm; the text says what to do."""


# The feed


def read(path: Path, query: str) -> Iterator[Line]:
    """Reads CSV, TSV by the file's ending, or SQLite by a query."""
    if path.suffix in (".db", ".sqlite", ".sqlite3"):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            db.row_factory = sqlite3.Row
            for number, row in enumerate(db.execute(query), start=1):
                yield Line(number, {k: "" if row[k] is None else str(row[k]) for k in row.keys()})  # noqa: SIM118
        return
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file, dialect="excel-tab" if path.suffix == ".tsv" else "excel")
        if "id" not in (rows.fieldnames or ()):
            raise RefusedError(f"{path}: no column `id` in its first line")
        for row in rows:
            yield Line(rows.line_num, {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)})


def product_of(line: Line, site: str) -> v1.Product:
    """A product from the columns of a Google Merchant feed. Raises ValueError with the
    column and what is wrong with it."""
    f = line.fields
    if not f.get("id"):
        raise ValueError("id: is empty")
    product = v1.Product(name=f"{site}/products/{f['id']}", title=f.get("title", ""), brand=f.get("brand", ""))
    product.group_id = f.get("item_group_id", "")
    product.url, product.image_url = f.get("link", ""), f.get("image_link", "")
    # "Shoes > Running > Trail" is the path shoes/running/trail.
    if f.get("product_type"):
        product.categories.append("/".join(level.strip().lower() for level in f["product_type"].split(">")))
    if f.get("availability", "") not in AVAILABILITY:
        raise ValueError(f"availability: {f['availability']!r} is none of {', '.join(list(AVAILABILITY)[1:])}")
    product.availability = AVAILABILITY[f.get("availability", "")]
    if f.get("price"):
        product.price.CopyFrom(money("price", f["price"]))
    if f.get("sale_price"):
        product.list_price.CopyFrom(product.price)
        product.price.CopyFrom(money("sale_price", f["sale_price"]))
    for name in ATTRIBUTES:
        if f.get(name):
            product.attributes["colour" if name == "color" else name] = f[name]
    product.tags.extend(f[label] for label in sorted(f) if label.startswith("custom_label_") and f[label])
    return product


def money(column: str, text: str) -> v1.Money:
    """12.50 EUR."""
    try:
        number, currency = text.split()
        nanos = Decimal(number) * 1_000_000_000
        if not nanos.is_finite() or nanos != int(nanos) or nanos < 0:
            raise InvalidOperation
    except (ValueError, InvalidOperation):
        raise ValueError(f"{column}: {text!r} is no price such as 12.50 EUR") from None
    units, rest = divmod(int(nanos), 1_000_000_000)
    return v1.Money(currency_code=currency, units=units, nanos=rest)


# The run


def content(product: v1.Product) -> bytes:
    """What the shop says of a product, without what the server adds."""
    own = v1.Product()
    own.CopyFrom(product)
    own.ClearField("etag")
    own.ClearField("update_time")
    return own.SerializeToString(deterministic=True)


class Sync:
    def __init__(self, catalog: v1.CatalogServiceStub, site: str, dry_run: bool, max_deletes: float) -> None:
        self.catalog, self.site = catalog, site
        self.dry_run, self.max_deletes = dry_run, max_deletes
        self.result = Result()
        self._sent: list[int] = []  # the line of each product sent
        self._received = 0
        self._told = threading.Condition()
        self._over = False

    def run(self, lines: Iterable[Line]) -> Result:
        known = {p.name: hash(content(p)) for p in self._listed()}
        gone = dict.fromkeys(known)
        changed = self._changed(lines, known, gone)
        if self.dry_run:
            self.result.changed = sum(1 for _ in changed)
        else:
            self._import(changed)
        self._delete(list(gone), len(known))
        return self.result

    def _listed(self) -> Iterator[v1.Product]:
        request = v1.ListProductsRequest(parent=self.site, page_size=1000)
        while True:
            page = self.catalog.ListProducts(request)
            yield from page.products
            request.page_token = page.next_page_token
            if not request.page_token:
                return

    def _changed(
        self, lines: Iterable[Line], known: dict[str, int], gone: dict[str, None]
    ) -> Iterator[tuple[int, v1.Product]]:
        seen: dict[str, int] = {}
        for line in lines:
            self.result.lines += 1
            # A line that can't be read is no reason to delete its product.
            name = f"{self.site}/products/{line.fields.get('id', '')}"
            gone.pop(name, None)
            try:
                product = product_of(line, self.site)
                if name in seen:
                    raise ValueError(f"id: {line.fields['id']!r} is in line {seen[name]} already")
            except ValueError as e:
                self.result.errors.append((line.number, str(e)))
                continue
            seen[name] = line.number
            if known.get(name) == hash(content(product)):
                self.result.unchanged += 1
            else:
                yield line.number, product

    def _import(self, products: Iterator[tuple[int, v1.Product]]) -> None:
        failed: list[BaseException] = []

        def requests() -> Iterator[v1.ImportProductsRequest]:
            # gRPC reads from here in a thread of its own, and would hide what it raises.
            try:
                yield from self._requests(products)
            except BaseException as e:
                failed.append(e)
                raise

        call = self.catalog.ImportProducts(requests())
        same = 0
        try:
            for progress in call:
                for error in progress.errors:
                    self.result.errors.append((self._sent[error.index], error.reason))
                self.result.changed, same = progress.stored, progress.unchanged
                with self._told:
                    self._received = progress.received
                    self._told.notify_all()
                if sys.stderr.isatty():
                    print(f"\r{progress.received:,} sent, {progress.stored:,} stored", end="", file=sys.stderr)
        except grpc.RpcError:
            if failed:
                raise failed[0] from None
            raise
        finally:
            self.result.unchanged += same  # written differently, and the same to the server
            with self._told:
                self._over = True
                self._told.notify_all()
            if sys.stderr.isatty():
                print(file=sys.stderr)

    def _requests(self, products: Iterator[tuple[int, v1.Product]]) -> Iterator[v1.ImportProductsRequest]:
        request = v1.ImportProductsRequest(parent=self.site, mode=v1.IMPORT_MODE_INCREMENTAL)
        for line, product in products:
            self._sent.append(line)
            request.products.append(product)
            if len(request.products) == BATCH:
                yield request
                request = v1.ImportProductsRequest()
                with self._told:  # back-pressure: the feed is read as fast as products are stored
                    self._told.wait_for(lambda: self._over or len(self._sent) - self._received <= WINDOW)
                if self._over:
                    return
        if request.products or request.parent:
            yield request

    def _delete(self, gone: list[str], known: int) -> None:
        if len(gone) > known * self.max_deletes:
            raise RefusedError(
                f"{len(gone):,} of {known:,} products are not in the feed: nothing was deleted. "
                "If that is right, run again with --max-deletes 1"
            )
        for name in gone:
            if not self.dry_run:
                try:
                    self.catalog.DeleteProduct(v1.DeleteProductRequest(name=name))
                except grpc.RpcError as e:
                    if e.code() is not grpc.StatusCode.NOT_FOUND:  # somebody else was faster
                        raise
            self.result.deleted += 1


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="catalogue_sync.py", description=__doc__.splitlines()[0])
    parser.add_argument("feed", type=Path, help="CSV, or TSV (.tsv), or SQLite (.db, .sqlite)")
    parser.add_argument("--site", required=True, help="the shop, by id")
    parser.add_argument("--query", default="SELECT * FROM products", help="of SQLite; columns as in the feed")
    parser.add_argument("--target", default=os.environ.get("VITRINE_TARGET", "localhost:7654"))
    parser.add_argument("--insecure", action="store_true", help="plain text: on one machine or network")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
    parser.add_argument(
        "--max-deletes",
        type=float,
        default=0.1,
        help="the share of the catalogue that may go in one run (0.1): a feed that was cut off empties no shop",
    )
    a = parser.parse_args(arguments)

    key = os.environ.get("VITRINE_API_KEY", "")
    with Client(a.target, site=a.site, api_key=key, insecure=a.insecure) as shop:
        sync = Sync(v1.CatalogServiceStub(shop.channel), f"sites/{a.site}", a.dry_run, a.max_deletes)
        ended = ""
        try:
            sync.run(read(a.feed, a.query))
        except (RefusedError, OSError, sqlite3.Error, csv.Error, UnicodeDecodeError) as e:
            ended = str(e)
        except grpc.RpcError as e:
            ended = f"{e.code().name}: {e.details()}"
    r = sync.result
    for number, reason in sorted(r.errors):
        print(f"{a.feed}:{number}: {reason}", file=sys.stderr)
    would = "would be " if a.dry_run else ""
    print(
        f"{r.lines:,} lines: {r.unchanged:,} unchanged, {r.changed:,} {would}stored, "
        f"{r.deleted:,} {would}deleted, {len(r.errors):,} left out"
    )
    if ended:
        print(f"ended early: {ended}", file=sys.stderr)
        return 2
    return 1 if r.errors else 0


if __name__ == "__main__":
    sys.exit(main())
