# SPDX-License-Identifier: GPL-3.0-or-later
# Talking to the user: what is done now, how long it took, why it stopped.
say() { printf '\033[1m==>\033[0m %s\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
fail() { local code=$1; shift; printf 'installer: %s\n' "$*" >&2; exit "$code"; }
# timed "text" command...: runs the command and says how many seconds it took.
timed() {
  local text=$1 begin=$SECONDS; shift
  say "$text"
  "$@"
  say "$text: $((SECONDS - begin)) s"
}
