"""What `make package` does: the frozen folder, its smoke test, and on Debian a .deb, all under `dist/`.

python packaging/build.py
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from fieldguide import __version__

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
FOLDER = DIST / "fieldguide"


def main() -> int:
    """Build, try, pack; the first step that fails ends it."""
    spec = ROOT / "packaging" / "fieldguide.spec"
    freeze = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", str(spec)]
    subprocess.run([*freeze, "--distpath", str(DIST), "--workpath", str(ROOT / "build")], check=True, cwd=ROOT)
    if sys.platform.startswith("linux") and shutil.which("strip"):
        strip_libraries()
    subprocess.run([sys.executable, str(ROOT / "packaging" / "smoke_test.py"), str(FOLDER)], check=True)
    print(f"{FOLDER}: {size_of(FOLDER) / 2**20:.0f} MiB")
    if sys.platform.startswith("linux") and shutil.which("dpkg-deb"):
        package = debian_package()
        print(f"{package}: {package.stat().st_size / 2**20:.0f} MiB")
    return 0


def strip_libraries() -> None:
    """Drop symbols that nobody needs at run time: a tenth of the folder.

    Libraries with a digest in their name were rewritten by the makers of a wheel, and stripping breaks those.
    """
    libraries = [
        str(file)
        for file in FOLDER.rglob("*.so*")
        if file.is_file() and not file.is_symlink() and not re.search(r"-[0-9a-f]{8}[.-]", file.name)
    ]
    subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)


def debian_package() -> Path:
    """Pack the frozen folder as a .deb and return its path."""
    machine = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    tree = ROOT / "build" / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(FOLDER, tree / "opt" / "fieldguide", symlinks=True)
    source = ROOT / "packaging" / "deb"
    place(source / "fieldguide.desktop", tree / "usr/share/applications/fieldguide.desktop")
    place(ROOT / "resources/icons/fieldguide.svg", tree / "usr/share/icons/hicolor/scalable/apps/fieldguide.svg")
    place(ROOT / "LICENSE", tree / "usr/share/doc/fieldguide/copyright")
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/fieldguide").symlink_to("/opt/fieldguide/fieldguide")
    control = (source / "control").read_text(encoding="utf-8")
    (tree / "DEBIAN").mkdir()
    filled = control.format(version=__version__, architecture=machine, size=size_of(tree) // 1024)
    (tree / "DEBIAN/control").write_text(filled, encoding="utf-8")
    package = DIST / f"fieldguide_{__version__}_{machine}.deb"
    pack = ["dpkg-deb", "-Zzstd", "-z12", "--root-owner-group", "--build", str(tree), str(package)]
    subprocess.run(pack, check=True)  # xz takes minutes; every system with the C library of our Depends reads zstd
    shutil.rmtree(tree)
    return package


def place(source: Path, target: Path) -> None:
    """Copy one file to where the package wants it, readable by everybody."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder; links count nothing."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    sys.exit(main())
