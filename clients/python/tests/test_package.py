"""The package as it is published."""

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import tomllib
from shop import BINARY, REPOSITORY, Server

import vitrine_client

HERE = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]


def test_the_version_is_the_servers():
    server = subprocess.run([BINARY, "version", "--json"], check=True, capture_output=True, text=True).stdout
    released = re.search(r'"version": "v(\d+\.\d+\.\d+)"', server)  # a build between releases has none
    if released:
        assert vitrine_client.__version__ == released[1]
    listed = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (REPOSITORY / "CHANGELOG.md").read_text(), re.M)
    assert vitrine_client.__version__ == (listed[0] if listed else "0.1.0")  # the first release to come


def test_an_empty_environment_with_the_lowest_versions(server: Server, tmp_path: Path):
    """The wheel needs nothing but what it says, at the versions that it says."""
    server.open_shop("wheel", products=4)
    venv.create(tmp_path, with_pip=True)
    python = tmp_path / "bin" / "python"
    lowest = [re.sub(r">=([\d.]+).*", r"==\1", d) for d in PROJECT["dependencies"]]
    [wheel] = (HERE / "dist").glob(f"vitrine_client-{vitrine_client.__version__}-*.whl")
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", wheel, *lowest], check=True)
    example = re.search(r"```python\n(.*?)```", (HERE / "README.md").read_text(), re.S)
    assert example
    adapted = (
        example[1]
        .replace('"localhost:7654", site="demo"', f'"{server.address}", site="wheel", api_key="{server.key}"')
        .replace("insecure=True", "insecure=True, decide_timeout=60")
    )
    ran = subprocess.run(
        [python, "-W", "error::UserWarning", "-c", adapted], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 4  # products, each with its reason
    assert re.match(r"p\d \w+", ran.stdout)


def test_the_sdist_has_what_builds_it():
    import tarfile

    with tarfile.open(HERE / "dist" / f"vitrine_client-{vitrine_client.__version__}.tar.gz") as sdist:
        names = {n.split("/", 1)[1] for n in sdist.getnames()}
    assert {
        "pyproject.toml",
        "README.md",
        "src/vitrine_client/py.typed",
        "src/vitrine_client/v1/event_pb2.pyi",
    } <= names


def test_the_contract_needs_nothing_but_protobuf():
    """No rules of servers, no other distribution's folders."""
    code = "import sys, vitrine_client; print([m for m in sys.modules if m.split('.')[0] in ('buf', 'vitrine')])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize("name", vitrine_client.__all__)
def test_every_public_name_is_documented(name: str):
    thing = getattr(vitrine_client, name)
    assert isinstance(thing, int) or thing.__doc__


def test_the_reference_has_the_contracts_own_words(tmp_path: Path):
    subprocess.run([sys.executable, HERE / "reference.py", tmp_path], check=True)
    assert "idempotency key" in (tmp_path / "vitrine_v1" / "event_pb2.html").read_text()
    assert "decide_timeout" in (tmp_path / "vitrine_client.html").read_text()
