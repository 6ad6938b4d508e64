#!/usr/bin/env python3
"""Build what people install who have no Python: a folder, a .tar.xz of it, and on Debian a .deb.

    python3 packaging/build.py [--into FOLDER] [--appimage-runtime FILE]

With the runtime of AppImages (https://github.com/AppImage/type2-runtime, a release's file for this
processor) and mksquashfs it makes an AppImage, too: the same tree as in the .deb, as one file.

It makes an environment of its own in FOLDER (default: build/bundle) from requirements.lock,
freezes the program by PyInstaller as logitlab.spec says, tries it (try_bundle.py), and packs it.
"""

from __future__ import annotations

import argparse
import gzip
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import run  # noqa: E402 - what it knows of requirements and of PyTorch's build for CPUs
from core import VERSION  # noqa: E402

SOURCE_ONLY = "argparse-manpage"  # published without a wheel
MB = 1e6
UNPACKED_MB, PACKED_MB = 900, 320  # what a bundle may take
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
# What Qt's plugins load from the system, by the names of Debian's packages.
DEPENDS = sorted(set(run.LIBRARIES.values()) - {"libglib2.0-0"})


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", metavar="FOLDER", type=Path, default=ROOT / "build" / "bundle")
    parser.add_argument("--appimage-runtime", metavar="FILE", type=Path)
    options = parser.parse_args(words)
    into = options.into.resolve()
    into.mkdir(parents=True, exist_ok=True)
    python = make_environment(into / "venv")
    folder = freeze(python, into)
    subprocess.run([sys.executable, str(HERE / "try_bundle.py"), str(folder)], check=True)
    packed = [pack(folder, into / f"logitlab-{VERSION}-{platform()}.tar.xz")]
    if shutil.which("dpkg-deb"):
        packed.append(make_deb(python, folder, into))
    elif sys.platform == "darwin":
        packed.append(make_image(into))
    elif sys.platform == "win32" and shutil.which("iscc"):
        packed.append(make_installer(folder, into))
    if options.appimage_runtime:
        packed.append(make_appimage(python, folder, into, options.appimage_runtime))
    is_small = report("unpacked", size_of(folder), UNPACKED_MB)
    for path in packed:
        is_small &= report(path.name, path.stat().st_size, PACKED_MB)
    return 0 if is_small else 1


def platform() -> str:
    return f"{sys.platform}-{os.uname().machine if hasattr(os, 'uname') else 'x86_64'}"


def make_environment(folder: Path) -> Path:
    """Return the Python of an environment with the program's requirements and the freezer."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    wheels = ["--only-binary", ":all:", "--constraint", str(run.LOCK)]
    wanted = [each for each in run.requirements({"bundle"}) if not each.startswith(SOURCE_ONLY)]
    pip_install(python, *wheels, "pip")
    pip_install(python, *wheels, *run.cpu_build(), *wanted)
    # To build it runs what came with it, so that is compared before, and needs nothing else.
    source = folder / "source.txt"
    source.write_text(f"{pinned(SOURCE_ONLY)}\n", encoding="utf-8")
    built = ["--no-build-isolation", "--no-deps", "--require-hashes", "--requirement", str(source)]
    pip_install(python, *built)
    return python


def pip_install(python: Path, *words: str) -> None:
    """Install into this Python's environment what is the file that was published."""
    written = python.parent.parent / "installed.json"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--report", str(written), *words], check=True)
    run.verify(written.read_text(encoding="utf-8"))


def pinned(name: str) -> str:
    """Return the requirement of the locked version, with the digests of its files."""
    known = run.known_hashes()
    version, digests = next((at[1], known[at]) for at in known if at[0] == name)
    return " ".join([f"{name}=={version}", *(f"--hash=sha256:{each}" for each in sorted(digests))])


def freeze(python: Path, into: Path) -> Path:
    """Return the folder with the program that PyInstaller has made."""
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(into / "dist"), "--workpath", str(into / "work")]
    subprocess.run([*command, str(HERE / "logitlab.spec")], check=True)
    return into / "dist" / "logitlab"


def pack(folder: Path, path: Path) -> Path:
    """Write the folder as one compressed file."""
    xz = shutil.which("xz")
    if xz is None:
        with tarfile.open(path, "w:xz", preset=6) as archive:
            archive.add(folder, folder.name)
        return path
    with path.open("wb") as target:  # on all processors
        command = [xz, "-6", "-T0", "--stdout"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=target) as packer:
            assert packer.stdin is not None
            with tarfile.open(fileobj=packer.stdin, mode="w|") as archive:
                archive.add(folder, folder.name)
            packer.stdin.close()
    if packer.returncode:
        raise lzma.LZMAError(f"xz ended with {packer.returncode}")
    return path


def make_image(into: Path) -> Path:
    """Return a disk image with the program for macOS."""
    path = into / f"logitlab-{VERSION}-macos.dmg"
    command = ["hdiutil", "create", "-volname", "Logit Lab", "-ov", "-format", "UDZO"]
    subprocess.run(
        [*command, "-srcfolder", str(into / "dist" / "Logit Lab.app"), str(path)], check=True
    )
    return path


def make_installer(folder: Path, into: Path) -> Path:
    """Return an installer for Windows, made by Inno Setup."""
    values = {"Version": VERSION, "Folder": folder, "Into": into}
    defined = [f"/D{name}={value}" for name, value in values.items()]
    subprocess.run(["iscc", *defined, str(HERE / "windows" / "logitlab.iss")], check=True)
    return into / f"logitlab-{VERSION}-windows.exe"


def make_tree(python: Path, folder: Path, tree: Path) -> Path:
    """Return a tree with the folder in /opt, and what makes it known to a desktop in /usr."""
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(folder, tree / "opt" / "logitlab", symlinks=True)
    share = tree / "usr" / "share"
    for name, where in (
        ("desktop", "applications"),
        ("setup.desktop", "applications"),  # links that set the program up
        ("metainfo.xml", "metainfo"),
        ("mime.xml", "mime/packages"),
    ):
        (share / where).mkdir(parents=True, exist_ok=True)
        file = f"org.logitlab.LogitLab.{name}"
        shutil.copyfile(HERE / "linux" / file, share / where / file.replace(".mime", ""))
    add_documents(python, tree.parent / "documents", share)
    draw_icons(python, share / "icons" / "hicolor")
    (tree / "usr" / "bin").mkdir()
    (tree / "usr" / "bin" / "logitlab").symlink_to("../../opt/logitlab/logitlab")
    return tree


def make_appimage(python: Path, folder: Path, into: Path, runtime: Path) -> Path:
    """Return one file that mounts itself and starts: the runtime, then the tree, packed."""
    tree = make_tree(python, folder, into / "AppDir")
    (tree / "AppRun").symlink_to("opt/logitlab/logitlab")
    shutil.copy(HERE / "linux" / "org.logitlab.LogitLab.desktop", tree)
    icon = Path("usr/share/icons/hicolor/256x256/apps/logitlab.png")
    shutil.copy(tree / icon, tree)
    (tree / ".DirIcon").symlink_to("logitlab.png")
    packed = into / "AppDir.squashfs"
    command = ["mksquashfs", str(tree), str(packed), "-noappend", "-root-owned"]
    command += ["-comp", "zstd", "-b", "1M", "-no-progress", "-quiet"]
    subprocess.run(command, check=True)
    path = into / f"LogitLab-{VERSION}-{os.uname().machine}.AppImage"
    with path.open("wb") as target:
        for part in (runtime, packed):
            with part.open("rb") as source:
                shutil.copyfileobj(source, target)
    path.chmod(0o755)
    return path


def make_deb(python: Path, folder: Path, into: Path) -> Path:
    """Return a Debian package of the tree."""
    tree = make_tree(python, folder, into / "deb")
    (tree / "DEBIAN").mkdir()
    machine = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
    (tree / "DEBIAN" / "control").write_text(
        f"Package: logitlab\nVersion: {VERSION}\nArchitecture: {machine}\n"
        "Maintainer: The Logit Lab authors <logitlab@localhost>\n"
        f"Installed-Size: {size_of(tree) // 1024}\nDepends: {', '.join(DEPENDS)}\n"
        "Section: education\nPriority: optional\n"
        "Description: Watch logistic and softmax regression learn\n"
        " Data, training, decision regions and weights, live.\n"
    )
    path = into / f"logitlab_{VERSION}_{machine}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def add_documents(python: Path, written: Path, share: Path) -> None:
    """Add the man page and the completions of shells where Debian looks for them."""
    subprocess.run([str(python), str(HERE / "documents.py"), str(written)], check=True)
    for name, where in (
        ("logitlab", "bash-completion/completions"),
        ("_logitlab", "zsh/vendor-completions"),
    ):
        (share / where).mkdir(parents=True)
        shutil.copyfile(written / name, share / where / name)
    manual = share / "man" / "man1"
    manual.mkdir(parents=True)
    page = (written / "logitlab.1").read_bytes()
    (manual / "logitlab.1.gz").write_bytes(gzip.compress(page, mtime=0))


def draw_icons(python: Path, theme: Path) -> None:
    """Draw the icon in all sizes, and copy its outlines."""
    drawn = ROOT / "assets" / "icons" / "logitlab.svg"
    (theme / "scalable" / "apps").mkdir(parents=True)
    shutil.copyfile(drawn, theme / "scalable" / "apps" / "logitlab.svg")
    targets = {}
    for size in ICON_SIZES:
        path = theme / f"{size}x{size}" / "apps" / "logitlab.png"
        path.parent.mkdir(parents=True)
        targets[str(path)] = size
    code = (
        "from PySide6.QtGui import QGuiApplication, QIcon\n"
        "application = QGuiApplication([])\n"
        f"icon = QIcon({str(drawn)!r})\n"
        f"for path, size in {targets!r}.items():\n"
        "    assert icon.pixmap(size, size).save(path)\n"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([str(python), "-c", code], check=True, env=environment)


def size_of(folder: Path) -> int:
    """Return the bytes of all files in the folder; links take none."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def report(what: str, size: int, limit: int) -> bool:
    """Print a size and return whether it is within its limit in MB."""
    is_small = size <= limit * MB
    verdict = "" if is_small else f", more than {limit} MB"
    print(f"{what}: {size / MB:.0f} MB{verdict}", flush=True)
    return is_small


if __name__ == "__main__":
    sys.exit(main())
