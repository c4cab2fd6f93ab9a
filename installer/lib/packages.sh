# SPDX-License-Identifier: GPL-3.0-or-later
# System packages by the groups of installer/packages.txt.

packages_of() {
  local group
  for group in "$@"; do
    sed -n "s/^$group: *//p" "$here/packages.txt" | tr ' ' '\n'
  done | grep -v '^$'
}

# Prints the packages of the groups that are not installed.
missing_packages() {
  local name
  for name in $(packages_of "$@"); do
    dpkg-query -W -f='${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || printf '%s\n' "$name"
  done
}

check_packages() {
  command -v dpkg-query >/dev/null || { say "packages: no dpkg here; Debian 12 and Ubuntu 24.04 are supported"; return 1; }
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  if [ -z "$missing" ]; then say "packages: all there"; else say "packages missing: $missing"; return 1; fi
}

run_as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  command -v apt-get >/dev/null || fail 3 "apt-get is missing; Debian 12 and Ubuntu 24.04 are supported. Install what installer/packages.txt lists by hand, then use --offline"
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  local line="apt-get install -y --no-install-recommends $missing"
  if [ "$(id -u)" != 0 ] && ! { command -v sudo >/dev/null && sudo -v; }; then
    fail 3 "packages are missing and this user may not install them. Ask for: sudo sh -c 'apt-get update && $line'"
  fi
  # shellcheck disable=SC2086
  timed "system packages ($(wc -w <<<"$missing"))" apt_quietly $missing ||
    fail 3 "the packages could not be installed; the line was: $line"
}

apt_quietly() {
  local log
  log=$(mktemp)
  if ! { run_as_root apt-get update && run_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# Further HDF5 filters: useful, not needed.
install_optional_packages() {
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086
  apt_quietly $missing || say "not available here, going on without: $missing"
}
