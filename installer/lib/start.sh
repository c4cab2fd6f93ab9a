# SPDX-License-Identifier: GPL-3.0-or-later
# What happens after the build: the window, or, without a display, the demo in the terminal and its report.

start_geocyte() {
  local bin=$1/bin
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    say "opening the window"
    exec "$bin/geocyte"
  fi
  say "no display here: training the demo in the terminal (this takes about a minute)"
  local runs=${GEOCYTE_RUNS:-$HOME/geocyte/runs} run
  run=$("$bin/geocyte-engine" train --preset gems/demo --runs "$runs") || exit $?
  "$bin/geocyte-engine" report --run "$run" --out "$run/report.html"
  say "report: $run/report.html"
}
