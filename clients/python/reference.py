"""Writes the reference of this package as web pages: reference.py OUT.

The generated modules make their messages as they are imported, which leaves nothing to
read; their stubs have every field with the contract's own words. So the stubs are what
is read.
"""

import re
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import pdoc

SOURCE = Path(__file__).parent / "src" / "vitrine_client"


def main(out: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "vitrine_client"
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        wanted = ["vitrine_client"]
        for stub in sorted((copy / "v1").glob("*_pb2*.pyi")):
            # A folder beside the package: the package itself needs the real messages.
            read = Path(folder) / "vitrine_v1" / f"{stub.stem}.py"
            read.parent.mkdir(exist_ok=True)
            text = stub.read_text().replace("from vitrine_client.v1 import", "from vitrine_v1 import")
            # What only type checkers know.
            text = re.sub(r"_enum_type_wrapper\._EnumTypeWrapper\[.*?\], ", "", text)
            text = text.replace("@_typing.type_check_only\n", "")
            read.write_text("from __future__ import annotations\n" + text)
            wanted.append(f"vitrine_v1.{stub.stem}")
        (Path(folder) / "vitrine_v1" / "__init__.py").write_text('"""vitrine_client.v1: the contract."""\n')
        sys.path.insert(0, folder)
        # The types of gRPC's calls take parameters for type checkers alone: shown as written.
        warnings.simplefilter("ignore", UserWarning)
        pdoc.render.configure(docformat="restructuredtext")
        pdoc.pdoc(*wanted, output_directory=Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
