# Sourced by ./dev: what each command needs, and how it gets there on Debian and Ubuntu.
# shellcheck shell=bash

LLVM_VERSIONS="22 21 20 19 18 17"

have_libclang() {
    local version
    for version in $LLVM_VERSIONS; do
        if [ -f "/usr/lib/llvm-$version/include/clang-c/Index.h" ] &&
            compgen -G "/usr/lib/llvm-$version/lib/libclang*.so" >/dev/null; then
            return 0
        fi
    done
    # Elsewhere: whatever llvm-config in PATH points to, if it is new enough.
    if command -v llvm-config >/dev/null && [ "$(llvm-config --version | cut -d. -f1)" -ge 17 ]; then
        [ -f "$(llvm-config --includedir)/clang-c/Index.h" ]
    else
        return 1
    fi
}

# The clang of the tests: any that a user may have; the tests take the newest and clang-14.
have_clang() {
    local version
    for version in '' $(printf -- '-%s ' $LLVM_VERSIONS); do
        command -v "clang$version" >/dev/null && return 0
    done
    return 1
}

clang_format() {
    local version
    for version in 19 20 21 22; do
        if command -v "clang-format-$version" >/dev/null; then
            echo "clang-format-$version"
            return
        fi
    done
    echo clang-format
}

# The newest release of LLVM that apt offers here. Before `apt-get update` has ever run, apt knows
# nothing; then it is what the distribution is known to carry.
newest_llvm() {
    local version policy
    for version in $LLVM_VERSIONS; do
        policy=$(LC_ALL=C apt-cache policy "libclang-$version-dev" 2>/dev/null) || true
        if [[ $policy =~ Candidate:\ [^\(] ]]; then
            echo "$version"
            return
        fi
    done
    case $(. /etc/os-release 2>/dev/null && echo "${ID:-}${VERSION_ID:-}") in
    ubuntu24*) echo 18 ;;
    *) echo 19 ;;
    esac
}

# missing GROUP...: prints the packages that are not there, one a line. LLVM stands for its version.
missing() {
    local group crate
    for group in "$@"; do
        case $group in
        build)
            command -v cc >/dev/null && [ -f /usr/include/stdio.h ] || echo gcc libc6-dev
            command -v cmake >/dev/null || echo cmake
            command -v ninja >/dev/null || echo ninja-build
            command -v pkg-config >/dev/null || echo pkg-config
            pkg-config --exists glib-2.0 2>/dev/null || echo libglib2.0-dev
            pkg-config --exists json-glib-1.0 2>/dev/null || echo libjson-glib-dev
            # Tests and examples are part of the one build tree.
            pkg-config --exists cmocka 2>/dev/null || echo libcmocka-dev
            have_libclang || echo libclang-LLVM-dev
            ;;
        test)
            have_clang || echo clang-LLVM
            # The launcher is tested with the build tool that people put it into.
            command -v make >/dev/null || echo make
            command -v mandoc >/dev/null || echo mandoc
            # What talks to the web server of the examples.
            command -v curl >/dev/null || echo curl
            ;;
        rustc) command -v rustc >/dev/null || echo rustc ;;
        fmt) command -v "$(clang_format)" >/dev/null || echo clang-format ;;
        valgrind) command -v valgrind >/dev/null || echo valgrind ;;
        fresh) command -v debootstrap >/dev/null || echo debootstrap ;;
        bench) # the peers of bench/runtime.sh
            command -v rustc >/dev/null || echo rustc
            command -v cargo >/dev/null || echo cargo
            command -v go >/dev/null || echo golang-go
            for crate in crossbeam-channel parking-lot; do
                compgen -G "/usr/share/cargo/registry/${crate/parking-lot/parking_lot}-[0-9]*" >/dev/null ||
                    echo "librust-$crate-dev"
            done
            ;;
        esac
    done | tr ' ' '\n'
}

# need GROUP...: installs what is missing, or says what that is and exits with status 3.
need() {
    local packages sudo=() apt log
    packages=$(missing "$@")
    [ -n "$packages" ] || return 0

    if [ "${FEARLESS_NO_INSTALL:-0}" = 1 ]; then
        refuse "$packages" "FEARLESS_NO_INSTALL is set"
    elif ! command -v apt-get >/dev/null; then
        refuse "$packages" "this is no Debian or Ubuntu (the names below are theirs)"
    elif [ "$(id -u)" -ne 0 ]; then
        # -n: a question would stop an unattended run for ever.
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            sudo=(sudo -n)
        else
            refuse "$packages" "neither root nor able to use sudo without a password"
        fi
    fi

    # env, because sudo drops the caller's environment. Another apt may be running: wait for it.
    apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y
        -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0)
    printf 'Looking for packages (apt-get update)...\n'
    "${apt[@]}" update || printf 'dev: apt-get update failed; going on with what apt knows\n' >&2
    packages=$(named "$packages")
    printf 'Installing: %s\n' "$packages"
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! "${apt[@]}" install --no-install-recommends $packages >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        refuse "$packages" "apt-get install failed"
    fi
    rm -f "$log"
    packages=$(missing "$@")
    [ -z "$packages" ] || refuse "$packages" "apt-get installed them, and they are still not found"
}

# want GROUP...: the same for what can be done without.
want() {
    (need "$@") || printf "dev: going on without them\n" >&2
}

named() { # the list on one line, with the version of LLVM filled in
    local list
    list=$(echo $1)
    case $list in
    *LLVM*) echo "${list//LLVM/$(newest_llvm)}" ;;
    *) echo "$list" ;;
    esac
}

refuse() {
    printf 'dev: missing, and not installed: %s.\nInstall these packages and run it again:\n\n    apt-get install %s\n\n' \
        "$2" "$(named "$1")" >&2
    exit 3
}
