# SPDX-License-Identifier: GPL-3.0-or-later
# Configure and build with as many jobs as cores and memory allow (a LibTorch source needs about 1.5 GB).

# Clones in other places share what ccache holds.
export CCACHE_BASEDIR=$source_dir CCACHE_NOHASHDIR=1

build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ {print int($2 / 1024 / 1600)}' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  [ "$memory" -lt "$cores" ] && printf '%s' "$memory" || printf '%s' "$cores"
}

check_build() {
  if [ -x "$1/bin/geocyte" ] && [ -x "$1/bin/geocyte-engine" ]; then say "build: there ($1)"; else say "build: not yet ($1)"; return 1; fi
}

# configure_geocyte DIR [cmake options]: writes DIR/configure.log, prints its end when it fails.
configure_geocyte() {
  local dir=$1; shift
  mkdir -p "$dir"
  cmake -S "$source_dir" -B "$dir" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGEOCYTE_DEPS="$deps" "$@" >"$dir/configure.log" 2>&1 || {
    tail -n 25 "$dir/configure.log" >&2
    fail 3 "the configuration failed; all of it is in $dir/configure.log"
  }
}

# build_geocyte DIR targets…
build_geocyte() {
  local dir=$1; shift
  timed "configure" configure_geocyte "$dir" -DGEOCYTE_TESTS=OFF   # their libraries are a package group of their own
  timed "build ($(build_jobs) jobs)" compile_geocyte "$dir" "$@"
}

compile_geocyte() {
  local dir=$1; shift
  if [ -t 1 ]; then
    ninja -C "$dir" -j "$(build_jobs)" "$@" || fail 3 "the build failed; run it again after mending what is printed above"
  else
    ninja -C "$dir" -j "$(build_jobs)" "$@" >"$dir/build.log" 2>&1 || {
      grep -B2 -A12 -E 'error|FAILED' "$dir/build.log" | head -n 80 >&2
      fail 3 "the build failed; all of it is in $dir/build.log"
    }
  fi
}
