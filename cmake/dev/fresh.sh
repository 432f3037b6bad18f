#!/usr/bin/env bash
# ./dev fresh [--suite SUITE] [--keep-log FILE]: does what the README promises work on a fresh machine?
#
# A bare Debian is made with debootstrap in a temporary folder, the committed tree is copied into it,
# and the commands that README.md names are run there one after the other, with nothing of this
# machine's environment but its network settings. Needs root; takes minutes. Everything is removed at
# the end, also on failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# shellcheck source=setup.sh
. cmake/dev/setup.sh

suite=bookworm
keep=''
while [ $# -gt 0 ]; do
    case $1 in
    --suite) suite=${2:?--suite needs a name} && shift 2 ;;
    --keep-log) keep=${2:?--keep-log needs a file} && shift 2 ;;
    *) echo "dev: fresh: unknown option $1" >&2 && exit 1 ;;
    esac
done

[ "$(id -u)" -eq 0 ] || { echo "dev: fresh needs root (debootstrap and chroot)" >&2; exit 1; }
need fresh

# The commands are read from the README, so that what is tested is what is promised.
mapfile -t commands < <(grep -xE '\./dev (demo|test)' README.md)
[ ${#commands[@]} -eq 2 ] || { echo "dev: README.md must name ./dev demo and ./dev test, each on a line" >&2; exit 1; }

work=$(mktemp -d /var/tmp/fearless-fresh.XXXXXX)
root=$work/root
log=${keep:-$work/log}
mounted=()
cleanup() {
    local point
    for point in "${mounted[@]}"; do
        umount -l "$point" || true
    done
    # --one-file-system: if an unmount failed, this machine's own files must survive.
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Where this machine gets its packages from, as apt sees it: "URI RELEASE COMPONENT" a line.
origins() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u
}
here=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirror=$(origins | awk -v release="$here" '$2 == release && $3 == "main" && /debian/ { print $1; exit }')

# The network settings of apt here; debootstrap fetches with wget, which reads the environment.
proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
[ -z "$proxy" ] || [ "$proxy" = DIRECT ] || export http_proxy=${http_proxy:-$proxy}

echo "== debootstrap: a bare $suite"
# An empty mirror makes debootstrap take its own default.
debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"} >"$work/debootstrap" 2>&1 || {
    tail -30 "$work/debootstrap" >&2
    echo "dev: debootstrap failed" >&2
    exit 1
}

# The same sources as here (updates and security, too), for the suite that was asked for.
if [ -n "$mirror" ]; then
    origins | awk -v here="$here" -v suite="$suite" '
        $1 ~ /debian/ && $3 == "main" && ($2 == here || index($2, here "-") == 1) {
            sub("^" here, suite, $2); print "deb", $1, $2, $3 }' >"$root/etc/apt/sources.list"
fi
apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|Check-Valid-Until|Check-Date)\b' \
    >"$root/etc/apt/apt.conf.d/99network" || true
for file in /etc/hosts /etc/resolv.conf; do
    [ ! -e "$file" ] || cp -L "$file" "$root$file"
done

attach() { # POINT MOUNT-ARGUMENTS: what programs expect of a machine; a sandbox may refuse it
    if mount "${@:2}" "$root$1" 2>/dev/null; then
        mounted=("$root$1" "${mounted[@]}")
    fi
}
attach /proc -t proc proc
attach /dev --rbind /dev
attach /sys -t sysfs sysfs

mkdir "$root/root/fearless"
git archive HEAD | tar -x -C "$root/root/fearless"

: >"$log"
failed=0
for command in "${commands[@]}"; do
    echo "== $command"
    started=$SECONDS
    status=0
    chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        bash -c "cd /root/fearless && exec $command" </dev/null 2>&1 | tee -a "$log" || status=$?
    echo "== $command: exit status $status, $((SECONDS - started)) s"
    [ $status -eq 0 ] || failed=1
done

# Twice is as good as once, and quick: nothing is left to install.
echo "== ${commands[0]} again"
started=$SECONDS
chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    FEARLESS_NO_INSTALL=1 bash -c "cd /root/fearless && exec ${commands[0]}" </dev/null >"$work/again" 2>&1 ||
    { failed=1; cat "$work/again"; }
echo "== ${commands[0]} again: $((SECONDS - started)) s"

if [ $failed -eq 0 ]; then
    echo "fresh $suite: both commands work"
else
    echo "fresh $suite: failed"
    exit 1
fi
