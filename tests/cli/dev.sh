#!/usr/bin/env bash
# ./dev on a machine that lacks things and where nothing may be installed: it names the packages and exits
# 3. Such a machine is a PATH with a few basic tools.
set -u
: "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
complain() { echo "$*"; cat "$work/out"; failures=1; }

mkdir "$work/bin"
for tool in bash env dirname nproc id tr grep cat sed cut head apt-cache mktemp rm true; do
    path=$(type -P $tool) && ln -s "$path" "$work/bin/$tool"
done

bare() { # STATUS COMMAND...: runs ./dev COMMAND... on the bare machine
    local wanted=$1 status=0
    shift
    env -i HOME="$work" PATH="$work/bin" FEARLESS_NO_INSTALL=1 \
        bash "$SRC/dev" "$@" >"$work/out" 2>&1 </dev/null || status=$?
    [ $status -eq "$wanted" ] || complain "./dev $* exits with $status, not $wanted"
}

for command in demo test build ui san; do
    bare 3 $command
    for package in gcc libc6-dev cmake ninja-build pkg-config libglib2.0-dev libjson-glib-dev libcmocka-dev; do
        grep -qE "apt-get install.* $package( |\$)" "$work/out" ||
            complain "./dev $command does not name $package"
    done
    ! grep -q LLVM "$work/out" || complain "./dev $command names a package that does not exist"
done
bare 3 test
grep -qE "apt-get install.* clang-[0-9]+" "$work/out" || complain "./dev test does not name a clang"

bare 0 help
grep -q './dev demo' "$work/out" || complain "./dev help does not say what there is"
bare 1 no-such-command
grep -q 'unknown command: no-such-command' "$work/out" || complain "./dev takes an unknown command"


# A user who is not root: with sudo that asks nothing, apt-get runs through it, without one question; where
# sudo would ask, nothing runs.
script() { printf '#!/usr/bin/env bash\n%s\n' "$2" >"$work/bin/$1" && chmod +x "$work/bin/$1"; }
user() { # as bare, but allowed to install
    local wanted=$1 status=0
    shift
    : >"$work/calls"
    env -i HOME="$work" PATH="$work/bin" CALLS="$work/calls" bash "$SRC/dev" "$@" >"$work/out" 2>&1 </dev/null || status=$?
    [ $status -eq "$wanted" ] || complain "./dev $* exits with $status, not $wanted"
}
rm "$work/bin/id"
script id 'echo 1000'
script apt-get 'echo "apt-get as ${AS:-user}, ${DEBIAN_FRONTEND:-asking}: $*" >>"$CALLS"'
script sudo '[ "$1" = -n ] || exit 9
shift
AS=root exec env CALLS="$CALLS" "$@"'
user 3 build
grep -q '^apt-get as root, noninteractive: .* update$' "$work/calls" || complain "no apt-get update through sudo"
grep -qE '^apt-get as root, noninteractive: .*-y .*install .*gcc .*cmake .*libcmocka-dev' "$work/calls" ||
    complain "no apt-get install through sudo"
grep -q 'still not found' "$work/out" || complain "./dev build does not notice that nothing was installed"
script sudo 'exit 1'
user 3 build
[ ! -s "$work/calls" ] || complain "apt-get runs without the right to"
grep -qE "apt-get install.* cmake" "$work/out" || complain "./dev build does not name cmake"

exit $failures
