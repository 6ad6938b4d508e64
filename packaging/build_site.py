#!/usr/bin/env python3
"""Build the documentation site: generate its pages, take its pictures, check its links.

    python3 run.py docs [--into FOLDER] [--keep-pictures]

Warnings are errors. The site is FOLDER/html (default: build/site), and is read without a network.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from documentation import inserts, links, pictures  # noqa: E402

from core import VERSION  # noqa: E402

FONT = "STIXTwoMath-Regular.ttf"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", metavar="FOLDER", type=Path, default=ROOT / "build" / "site")
    parser.add_argument(
        "--keep-pictures", action="store_true", help="take only the pictures that are missing"
    )
    options = parser.parse_args(words)
    source, site = options.into / "source", options.into / "html"
    shutil.rmtree(site, ignore_errors=True)
    if not options.keep_pictures:
        shutil.rmtree(source, ignore_errors=True)
    inserts.write(ROOT / "docs", source)
    pictures.take(source / pictures.FOLDER)
    shutil.copyfile(ROOT / "assets" / "icons" / "logitlab.svg", source / "logitlab.svg")
    with as_file(files("ziamath.fonts") / FONT) as font:  # that of formulae in the window
        shutil.copyfile(font, source / "_static" / FONT)
    build = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--nitpicky"]
    build += ["--quiet", "--builder", "html", "--fresh-env", str(source), str(site)]
    if code := subprocess.run(build, env={**os.environ, "LOGITLAB_VERSION": VERSION}).returncode:
        return code
    found = links.faults(site)
    found += [f"no way leads to {name}" for name in links.unreached(site)]
    for sentence in found:
        print(sentence, file=sys.stderr)
    if not found:
        print(f"{len(list(site.rglob('*.html')))} pages in {site}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
