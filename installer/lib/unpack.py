# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacks what is needed of a pinned download: unpack.py NAME ARCHIVE DEPS.

torch:      include/ and the libraries of lib/ (no Python module)  -> DEPS/libtorch-2.11.0
assorthead: include/                                               -> DEPS/assorthead-0.2.2/include
nvidia-*:   the shared libraries                                   -> DEPS/nvidia/... (LibTorch's run path looks there)
"""
import os
import shutil
import sys
import tarfile
import zipfile

TORCH = ("torch/include/", "torch/lib/", "torch/share/")
# LibTorch's own copy of fmt would shadow the system's, whose library we link.
TORCH_NOT = ("torch/lib/libtorch_python", "torch/lib/libshm_windows", "torch/include/fmt/")


def target_of(name, member):
    """Where a member of the archive goes, relative to DEPS; None leaves it out."""
    if name == "torch":
        if member.startswith(TORCH) and not member.startswith(TORCH_NOT):
            return os.path.join("libtorch-2.11.0", member[len("torch/"):])
        return None
    if name == "assorthead":
        _, found, rest = member.partition("/src/assorthead/include/")
        return os.path.join("assorthead-0.2.2", "include", rest) if found and rest else None
    return member if member.startswith("nvidia/") and ".so" in os.path.basename(member) else None


def members(path):
    """Yields (name, opener) of the regular files of a zip or tar archive."""
    if path.endswith(".whl"):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, lambda info=info: archive.open(info)
    else:
        with tarfile.open(path) as archive:
            for info in archive:
                if info.isfile():
                    yield info.name, lambda info=info: archive.extractfile(info)


def main(name, path, deps):
    count = 0
    for member, opener in members(path):
        target = target_of(name, member)
        if target is None:
            continue
        target = os.path.normpath(os.path.join(deps, target))
        if not target.startswith(os.path.normpath(deps) + os.sep):
            sys.exit(f"{path} holds a path outside of its folder: {member}")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with opener() as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
        count += 1
    if count == 0:
        sys.exit(f"{path} holds nothing of {name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
