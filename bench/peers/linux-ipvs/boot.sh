#!/bin/bash
# Boots a real Linux kernel (user-mode Linux) and runs a command in it.
#
#   boot.sh FOLDER MEMORY COMMAND [ARGUMENT...]
#
# The guest's root is the host's file system, to be read; FOLDER is /run/work in it, to be written, and what it writes elsewhere
# goes to memory (`384M`). What the command said is FOLDER/log; its exit code is this one's.
# Needs Debian's user-mode-linux and a C compiler, but no privileges. Exit code 3, and "cannot run here: ..." on stderr,
# where something of this is not there or the kernel does not come up.
set -u
here=$(cd "$(dirname "$0")" && pwd)
built=$here/../../../build/peers
export PATH=$PATH:/usr/sbin:/sbin

cannot() {
  echo "cannot run here: $*" >&2
  exit 3
}

[ $# -ge 3 ] || { echo "usage: boot.sh FOLDER MEMORY COMMAND [ARGUMENT...]" >&2; exit 2; }
work=$(realpath "$1") memory=$2
shift 2
[ "$(uname -m)" = x86_64 ] || cannot "user-mode Linux is for x86-64, this is $(uname -m)"
for program in linux.uml cc; do
  command -v "$program" >/dev/null || cannot "there is no $program"
done
modules=$(ls -d /usr/lib/uml/modules/*/ 2>/dev/null | head -1)
[ -n "$modules" ] || cannot "there are no modules of user-mode Linux in /usr/lib/uml/modules"

shim=$built/ptrace-xstate.so
if [ "$here/ptrace-xstate.c" -nt "$shim" ]; then
  mkdir -p "$built"
  cc -O2 -Wall -Wextra -shared -fPIC -o "$shim.$$" "$here/ptrace-xstate.c" -ldl || cannot "ptrace-xstate.c does not compile"
  mv "$shim.$$" "$shim"
fi

cat >"$work/init" <<EOI
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/run/tmp
mount -t proc proc /proc && mount -t sysfs sys /sys && mount -t tmpfs run /run
mkdir /run/modules /run/work /run/tmp
mount -t tmpfs modules /lib/modules && ln -s "$modules" "/lib/modules/\$(uname -r)"
mount -t hostfs work /run/work -o "$work"

$(printf '%q ' "$@") >/run/work/log 2>&1
echo \$? >/run/work/status
sync
halt -f
EOI
chmod +x "$work/init"
LD_PRELOAD=$shim timeout 1200 linux.uml mem="$memory" root=/dev/root rootfstype=hostfs rootflags=/ ro \
  init="$work/init" umid="kubenetsim-$$" uml_dir="$work" con=null con0=null,fd:1 quiet </dev/null >"$work/console" 2>&1
[ $? = 124 ] && { echo "the kernel was not done after 1200 s" >&2; exit 1; }
[ -s "$work/status" ] || cannot "user-mode Linux ended early: $(grep -v '^ \[' "$work/console" | tail -3 | tr '\n' ' ')"
exit "$(cat "$work/status")"
