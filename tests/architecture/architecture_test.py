# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule of check.py as a test, what the linker says about both programs, and headers that compile alone."""
import os
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

import check

BIN = os.environ.get("GEOCYTE_BIN", "")
BUILD = os.environ.get("GEOCYTE_BUILD_DIR", "")


class Rules(unittest.TestCase):
    pass


for rule_name, rule in check.rules().items():
    def run(self, rule=rule):
        breaches = list(rule())
        self.assertFalse(breaches, "\n" + "\n".join(breaches))
    setattr(Rules, "test_" + rule_name, run)


class RulesCanFail(unittest.TestCase):
    """A rule that cannot fail protects nothing: each of these plants a breach and sees it found."""

    def plant(self, path, content, rule):
        """Breaches that `rule` finds in a tree of nothing but the layer table and the planted file."""
        with tempfile.TemporaryDirectory() as root:
            for name, body in (("engine/layers.txt", check.text("engine/layers.txt")), (path, content)):
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), "w") as f:
                    f.write(body)
            subprocess.run(["git", "init", "-q"], cwd=root, check=True)
            before, check.ROOT = check.ROOT, root
            try:
                return [b for b in check.rules()[rule]() if path in b]
            finally:
                check.ROOT = before

    def test_an_upward_include_is_found(self):
        self.assertTrue(self.plant("engine/core/planted.h", '#include "engine/store/run_reader.h"\n',
                                   "engine_modules_include_only_what_their_row_allows"))

    def test_torch_below_its_tier_is_found(self):
        self.assertTrue(self.plant("engine/data/planted.h", "#include <torch/torch.h>\n",
                                   "engine_modules_include_only_what_their_row_allows"))

    def test_a_long_file_is_found(self):
        self.assertTrue(self.plant("engine/core/planted.cpp", "\n" * 601, "files_stay_below_the_line_budget"))

    def test_a_backward_outside_the_context_is_found(self):
        self.assertTrue(self.plant("engine/losses/planted.cpp", "loss.backward();\n", "updates_go_through_the_train_context"))


@unittest.skipUnless(BIN and os.path.exists(os.path.join(BIN, "geocyte-engine")), "the programs are not built here")
class Programs(unittest.TestCase):
    def needed(self, program):
        return subprocess.run(["ldd", os.path.join(BIN, program)], capture_output=True, text=True, check=True).stdout

    def test_the_engine_needs_no_qt_no_vtk_and_no_cuda_mathematics(self):
        libraries = self.needed("geocyte-engine")
        for name in ("libQt", "libvtk", "libtorch_cuda", "libcublas", "libcudnn", "libqcustomplot"):
            self.assertNotIn(name, libraries)

    @unittest.skipUnless(BIN and os.path.exists(os.path.join(BIN, "geocyte")), "the window is not built here")
    def test_the_window_needs_no_torch_and_no_cuda(self):
        libraries = self.needed("geocyte")
        for name in ("libtorch", "libc10", "libcuda", "libcublas", "libQt5"):
            self.assertNotIn(name, libraries)


def reaches_torch(header, seen=None):
    """Whether a header includes LibTorch, itself or through one of ours."""
    seen = set() if seen is None else seen
    if header in seen or not os.path.exists(os.path.join(check.ROOT, header)):
        return False
    seen.add(header)
    return bool(check.TORCH.search(check.text(header))) or any(reaches_torch(i, seen) for i in check.includes(header))


def changed_files():
    """Files of the last commit and of the working tree."""
    listed = subprocess.run(["git", "diff", "--name-only", "HEAD~1"], cwd=check.ROOT, capture_output=True, text=True).stdout
    return set(listed.split())


@unittest.skipUnless(BUILD, "no build folder")
class Headers(unittest.TestCase):
    """Each header compiles alone (syntax only). One with LibTorch takes seconds: of those, the changed ones."""

    INCLUDE = ["-I" + check.ROOT, "-isystem", "/usr/include/eigen3", "-isystem", "/usr/include/hdf5/serial"]

    def compile_alone(self, headers, include):
        def errors_of(header):
            done = subprocess.run(["g++", "-std=c++20", "-fsyntax-only", *include, "-x", "c++", "-"],
                                  input=f'#include "{header}"\nint main() {{}}\n', capture_output=True, text=True, cwd=check.ROOT)
            return f"{header}: {done.stderr[:300]}" if done.returncode else ""

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            bad = [e for e in pool.map(errors_of, headers) if e]
        self.assertFalse(bad, "\n".join(bad))

    def headers(self):
        return [h for h in check.files("engine", "plugins", suffix=(".h",)) if not h.startswith("engine/embed/scnum/")]

    def test_each_torch_free_header_compiles_alone(self):
        headers = [h for h in self.headers() if not reaches_torch(h)]
        self.assertTrue(headers)
        self.compile_alone(headers, self.INCLUDE)

    def test_each_changed_torch_header_compiles_alone(self):
        changed = changed_files()
        headers = [h for h in self.headers() if h in changed and reaches_torch(h)]
        with open(os.path.join(BUILD, "CMakeCache.txt")) as cache:
            root = next((line.split("=", 1)[1].strip() for line in cache if line.startswith("LIBTORCH_ROOT")), "")
        torch = os.path.join(root, "include")
        self.compile_alone(headers, [*self.INCLUDE, "-isystem", torch, "-isystem", os.path.join(torch, "torch/csrc/api/include")])


if __name__ == "__main__":
    unittest.main()
