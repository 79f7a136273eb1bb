#!/bin/bash
# npm run calibrate in a Linux that has IPVS, where this machine's has none (user-mode Linux; no privileges).
#
#   in-user-mode-linux.sh OUT [OPTION...]      options of calibrate, but --out; OUT is a folder
#
# Wants the project built. Exit code 3, and "cannot run here: ..." on stderr, where user-mode Linux is not there.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

[ $# -ge 1 ] || { echo "usage: in-user-mode-linux.sh OUT [OPTION...]" >&2; exit 2; }
mkdir -p "$1" && out=$(realpath "$1") || exit 2
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Its table of connections is small unless said otherwise, and chains in it would be what is measured.
"$root/bench/peers/linux-ipvs/boot.sh" "$work" 1500M sh -c \
  'modprobe ip_vs conn_tab_bits=18; node=$1; shift; exec "$node" "$@" --out /run/work/models' \
  sh "$(command -v node)" "$root/build/bench/calibrate/main.js" "$@"
code=$?
cat "$work/log" 2>/dev/null
[ $code = 0 ] && cp "$work/models/"*.json "$out"
exit $code
