# SPDX-License-Identifier: GPL-3.0-or-later
# The pinned downloads of installer/pins.txt: fetched once, resumed when broken off, verified by hash, unpacked in part.

# 0 when the system's loader knows the library. grep reads to the end: with pipefail an early exit would look like a no.
system_has() { ldconfig -p 2>/dev/null | grep -F "$1" >/dev/null; }
# 0 when a CUDA runtime can be found without our wheels.
have_cuda_runtime() { system_has libcudart.so.13 && system_has libcupti.so.13; }
have_cuda_math() { system_has libcublas.so.13 && system_has libcudnn.so.9; }
have_gpu() { [ -e /dev/nvidia0 ] || { command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; }; }

# The groups this machine needs: core always, runtime where there is no toolkit, cuda where there is a GPU.
wanted_groups() {
  printf 'core\n'
  have_cuda_runtime || printf 'runtime\n'
  case $cuda in
    yes) printf 'cuda\n' ;;
    auto) if have_gpu; then printf 'cuda\n'; fi ;;
  esac
}

pins_of() { grep -v '^#' "$here/pins.txt" | awk -v g="$1" '$5 == g {print $1, $2, $3, $4}'; }

check_downloads() {
  local missing="" group name version
  for group in $(wanted_groups); do
    while read -r name version _ _; do
      [ -e "$deps/.done/$name-$version" ] || missing="$missing $name-$version"
    done < <(pins_of "$group")
  done
  if [ -z "$missing" ]; then say "downloads: all there ($deps)"; else say "downloads missing:$missing"; return 1; fi
}

fetch_downloads() {
  mkdir -p "$deps/.done" "$deps/downloads"
  exec 9>"$deps/.lock"
  flock 9   # two checkouts may set up at once
  local group name version file hash
  for group in $(wanted_groups); do
    while read -r name version file hash; do
      [ -e "$deps/.done/$name-$version" ] || fetch_one "$name" "$version" "$file" "$hash"
    done < <(pins_of "$group")
    if [ "$group" = cuda ] && ! have_cuda_math && [ ! -e "$deps/.done/cuda-math" ]; then fetch_cuda_math; fi
  done
  flock -u 9
}

fetch_one() {
  local name=$1 version=$2 file=$3 hash=$4
  local target="$deps/downloads/$file"
  if [ -n "$offline" ]; then
    [ -e "$offline/$file" ] || fail 3 "$file is not in $offline; it comes from the Python package index: pip download --no-deps $name==$version"
    target="$offline/$file"
  else
    timed "download $name $version" download "$name" "$version" "$target" ||
      fail 3 "$name $version could not be downloaded; run this again to go on where it stopped, or use --offline DIR"
  fi
  printf '%s  %s\n' "$hash" "$target" | sha256sum --check --status || {
    [ -n "$offline" ] || rm -f "$target"
    fail 3 "$file is damaged (its SHA-256 is not the pinned one); run this again"
  }
  timed "unpack $name $version" python3 "$here/lib/unpack.py" "$name" "$target" "$deps"
  [ -n "$offline" ] || rm -f "$target"
  touch "$deps/.done/$name-$version"
}

# Asks pip where the file is, so that any configured index or mirror is used, and lets curl resume a broken transfer.
download() {
  local name=$1 version=$2 target=$3 url
  local -a pin=(--no-deps --quiet)
  case $target in
    *.whl) pin+=(--only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --abi none
                 --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux_2_17_x86_64
                 --platform manylinux2014_x86_64) ;;
  esac
  url=$(python3 -m pip install --dry-run --ignore-installed "${pin[@]}" --target "$deps/downloads/none" --report - "$name==$version" 2>/dev/null |
        python3 -c 'import json,sys; print(json.load(sys.stdin)["install"][0]["download_info"]["url"])' 2>/dev/null) || url=""
  if [ -n "$url" ] && curl --fail --silent --show-error --location --retry 3 --continue-at - --output "$target" "$url" 2>/dev/null; then
    return 0
  fi
  rm -f "$target"
  python3 -m pip download "${pin[@]}" --dest "$deps/downloads" "$name==$version"
}

# Where there is a GPU but no CUDA toolkit: the mathematics libraries LibTorch was built with.
fetch_cuda_math() {
  [ -z "$offline" ] || fail 3 "the CUDA mathematics libraries are not part of --offline; install the CUDA 13 toolkit or use --cpu"
  # pip replaces a whole folder: it gets one of its own, and the libraries are moved beside the pinned ones
  local target="$deps/downloads/cuda-math"
  timed "download the CUDA libraries (about 2.5 GB)" python3 -m pip install --quiet --no-compile --root-user-action=ignore --target "$target" \
    'cuda-toolkit[cublas,cudart,cufft,cufile,cupti,curand,cusolver,cusparse,nvjitlink,nvrtc,nvtx]==13.0.2' \
    nvidia-cudnn-cu13==9.19.0.56 nvidia-nccl-cu13==2.28.9 || fail 3 "the CUDA libraries could not be downloaded; use --cpu to go on without"
  cp --recursive --link --update "$target/nvidia" "$deps/"
  rm -rf "$target"
  touch "$deps/.done/cuda-math"
}
