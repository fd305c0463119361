import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from shop import Server

from vitrine_client import v1

HERE = Path(__file__).parent
HEADER = "id,title,product_type,brand,price,availability\n"


@pytest.fixture
def site(server: Server, request: pytest.FixtureRequest) -> str:
    name = "sync-" + re.sub(r"\W+|_", "-", request.node.name)[5:40].strip("-")
    server.open_shop(name)
    return name


def sync(server: Server, feed: Path, site: str, *flags: str) -> tuple[int, str, str]:
    command = [sys.executable, HERE / "catalogue_sync.py", feed.name, "--site", site, "--insecure", *flags]
    done = subprocess.run(command, cwd=feed.parent, env=server.environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip(), done.stderr


def products(server: Server, site: str) -> dict[str, v1.Product]:
    with server.channel() as channel:
        listed = v1.CatalogServiceStub(channel).ListProducts(
            v1.ListProductsRequest(parent=f"sites/{site}", page_size=1000), metadata=server.metadata
        )
    return {p.name.rsplit("/", 1)[1]: p for p in listed.products}


def write(path: Path, *lines: str) -> Path:
    path.write_text(HEADER + "".join(line + "\n" for line in lines))
    return path


def test_the_example_feed_twice(server: Server, site: str):
    feed = HERE / "feed.csv"
    assert sync(server, feed, site) == (0, "4 lines: 0 unchanged, 4 stored, 0 deleted, 0 left out", "")
    assert sync(server, feed, site) == (0, "4 lines: 4 unchanged, 0 stored, 0 deleted, 0 left out", "")
    boot = products(server, site)["boot-41"]
    assert (boot.title, boot.brand, list(boot.categories)) == ("Summit Boot", "Falk", ["shoes/hiking"])
    assert (boot.price.units, boot.list_price.units, boot.group_id) == (99, 129, "boot")
    assert (dict(boot.attributes), list(boot.tags)) == ({"colour": "brown"}, ["waterproof"])


def test_only_what_changed_and_what_is_gone(server: Server, site: str, tmp_path: Path):
    feed = tmp_path / "feed.csv"
    sync(server, write(feed, *(f"p{i},Thing {i},Things,,1.00 EUR,in_stock" for i in range(20))), site)
    before = products(server, site)
    # p3 is dearer, p4 is gone, p20 is new.
    lines = [f"p{i},Thing {i},Things,,{2 if i == 3 else 1}.00 EUR,in_stock" for i in range(21) if i != 4]
    write(feed, *lines)
    dry = sync(server, feed, site, "--dry-run")
    assert dry == (0, "20 lines: 18 unchanged, 2 would be stored, 1 would be deleted, 0 left out", "")
    assert products(server, site) == before
    assert sync(server, feed, site) == (0, "20 lines: 18 unchanged, 2 stored, 1 deleted, 0 left out", "")
    after = products(server, site)
    assert set(after) == {f"p{i}" for i in range(21)} - {"p4"}
    assert {i for i in after if i not in before or after[i].etag != before[i].etag} == {"p3", "p20"}


def test_bad_lines_are_told_and_their_products_stay(server: Server, site: str, tmp_path: Path):
    feed = write(tmp_path / "feed.csv", "a,A,,,1.00 EUR,in_stock", "b,B,,,1.00 EUR,in_stock")
    sync(server, feed, site)
    long = "x" * 513  # the contract allows 512 bytes: the server refuses it
    write(
        feed,
        'a,A,,,"1,00 EUR",in_stock',
        f"b,{long},,,1.00 EUR,in_stock",
        "c,C,,,,sold",
        "d,D,,,,",
        "d,D,,,,",
        ",E,,,,",
    )
    code, out, err = sync(server, feed, site)
    assert (code, out) == (1, "6 lines: 0 unchanged, 1 stored, 0 deleted, 5 left out")
    told = err.splitlines()
    assert told[0] == "feed.csv:2: price: '1,00 EUR' is no price such as 12.50 EUR"
    assert re.match(r"feed\.csv:3: title: ", told[1])
    assert told[2].startswith("feed.csv:4: availability: 'sold' is none of in_stock")
    assert told[3:] == ["feed.csv:6: id: 'd' is in line 5 already", "feed.csv:7: id: is empty"]
    assert {i: p.title for i, p in products(server, site).items()} == {"a": "A", "b": "B", "d": "D"}


def test_a_feed_that_was_cut_off_deletes_nothing(server: Server, site: str, tmp_path: Path):
    feed = write(tmp_path / "feed.csv", *(f"p{i},Thing,,,," for i in range(10)))
    sync(server, feed, site)
    code, _, err = sync(server, write(feed, "p0,Thing,,,,"), site)
    assert code == 2
    assert "9 of 10 products are not in the feed: nothing was deleted" in err
    assert len(products(server, site)) == 10
    assert sync(server, feed, site, "--max-deletes", "1")[:2] == (
        0,
        "1 lines: 1 unchanged, 0 stored, 9 deleted, 0 left out",
    )


def test_more_than_the_window(server: Server, site: str, tmp_path: Path):
    feed = write(tmp_path / "feed.csv", *(f"p{i},Thing {i},,,," for i in range(5500)), "bad,B,,,x,")
    code, out, err = sync(server, feed, site)
    assert (code, out) == (1, "5,501 lines: 0 unchanged, 5,500 stored, 0 deleted, 1 left out")
    assert err == "feed.csv:5502: price: 'x' is no price such as 12.50 EUR\n"


def test_sqlite(server: Server, site: str, tmp_path: Path):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE articles (number TEXT, name TEXT, cents INTEGER)")
        db.execute("INSERT INTO articles VALUES ('a', 'Alpha', 1250), ('b', NULL, 99)")
    query = "SELECT number AS id, name AS title, printf('%d.%02d EUR', cents / 100, cents % 100) AS price FROM articles"
    assert sync(server, path, site, "--query", query)[:2] == (
        0,
        "2 lines: 0 unchanged, 2 stored, 0 deleted, 0 left out",
    )
    assert products(server, site)["a"].price == v1.Money(currency_code="EUR", units=12, nanos=500_000_000)


def test_what_ends_a_run_early(server: Server, site: str, tmp_path: Path):
    (tmp_path / "other.csv").write_text("sku,name\n1,a\n")
    code, _, err = sync(server, tmp_path / "other.csv", site)
    assert (code, err) == (2, "ended early: other.csv: no column `id` in its first line\n")
    assert sync(server, tmp_path / "missing.csv", site)[0] == 2
    code, _, err = sync(server, HERE / "feed.csv", "no-such-site")
    assert code == 2
    assert "NOT_FOUND" in err
