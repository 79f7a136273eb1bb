#!/bin/bash
# Boots a real Linux kernel (user-mode Linux) and plays sequences of IPVS events in it.
#
#   run.sh SEQUENCES ANSWERS      files of JSON lines; each answer is written as soon as it is there
#
# Needs python3 and what boot.sh needs, but no privileges. Exit code 3, and "cannot run here: ..." on stderr, where something
# of this is not there or the kernel does not come up.
set -u
here=$(cd "$(dirname "$0")" && pwd)

[ $# = 2 ] || { echo "usage: run.sh SEQUENCES ANSWERS" >&2; exit 2; }
command -v python3 >/dev/null || { echo "cannot run here: there is no python3" >&2; exit 3; }

# Beside the answers, so that the guest can write them under another name.
touch "$2" && work=$(mktemp -d "$(dirname "$(realpath "$2")")/kernel.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
cp "$1" "$work/sequences" && ln "$2" "$work/answers" || exit 2
"$here/boot.sh" "$work" 384M python3 "$here/drive.py" /run/work/sequences /run/work/answers
code=$?
cat "$work/log" 2>/dev/null
exit $code
