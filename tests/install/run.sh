#!/usr/bin/env bash
# Installs into an empty prefix, moves that prefix, and builds and runs a program outside the tree:
#   tests/install/run.sh pkgconfig | cmake
#
# SRC: root of the source tree, BUILD: the build tree, CC: the compiler. The prefix is moved because a
# package that only works where it was built is not installed, only copied.
set -eu

: "${SRC:?}" "${BUILD:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CC=${CC:-cc}

cmake --install "$BUILD" --prefix "$work/first" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
mv "$work/first" "$work/prefix"

# Each name has a man page, its own or one that leads to it.
man=$(dirname "$(find "$work/prefix" -type d -name man3)")
[ -f "$man/man3/fl_guard.3" ] || { echo "fl_guard has no man page"; exit 1; }
[ ! -x "$work/prefix/bin/fearless" ] || [ -f "$man/man1/fearless.1" ] || { echo "the command has no man page"; exit 1; }
grep -rhoP '^\.so \K.*' "$man" | sort -u | while read -r page; do
    [ -f "$man/$page" ] || { echo "man pages lead to $page, which is not there"; exit 1; }
done
mkdir "$work/consumer"
cp "$SRC/tests/install/consumer.c" "$SRC/tests/install/consumer.cmake" "$work/consumer/"
cp -r "$SRC/examples" "$work/examples"
cd "$work/consumer"

expect() { # what is run must print the line that the consumer prints
    local out
    out=$("$@") || { echo "$* fails"; exit 1; }
    [ "$out" = "the thread says 42" ] || { echo "$* prints: $out"; exit 1; }
}

# The larger examples have been built, somewhere in the directory given, and run.
examples() {
    local built
    built=$(find "$1" -type f -executable -name "[acw]*" ! -name "*.*" -printf "%f\n" | sort | paste -sd" ")
    [ "$built" = "aggregate chat_client chat_server checksum web_server" ] || { echo "built: $built"; exit 1; }
    [ "$(echo a b a | "$(find "$1" -type f -name aggregate)" -n 1)" = "2 a" ] || { echo "aggregate fails"; exit 1; }
}

case $1 in
pkgconfig)
    pc=$(find "$work/prefix" -name fearless.pc)
    libdir=$(dirname "$(dirname "$pc")")
    export PKG_CONFIG_PATH=${pc%/*}
    for flag in -fexceptions -pthread; do
        pkg-config --cflags fearless | grep -q -e "$flag" || { echo "fearless.pc lacks $flag"; exit 1; }
    done
    # shellcheck disable=SC2046
    $CC -std=gnu11 -Wall -Wextra -Werror $(pkg-config --cflags fearless) consumer.c -o shared $(pkg-config --libs fearless)
    LD_LIBRARY_PATH=$libdir expect ./shared
    # shellcheck disable=SC2046
    $CC -std=gnu11 $(pkg-config --cflags fearless) consumer.c -o static "$libdir/libfearless.a"
    expect ./static
    # As examples/README.md says.
    cd "$work/examples"
    awk '$0 == "```sh" { inside = 1; next } $0 == "```" { inside = 0 } inside' README.md | sed "s|^cc |$CC |" >commands
    [ "$(wc -l <commands)" -eq 5 ] || { echo "examples/README.md has other commands"; exit 1; }
    bash -e commands
    LD_LIBRARY_PATH=$libdir examples .
    cd "$work/consumer"
    ;;
cmake)
    mv consumer.cmake CMakeLists.txt
    cmake -S . -B build -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_COMPILER="$CC" \
        -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >"$work/log" 2>&1 &&
        cmake --build build >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    for flag in -fexceptions -pthread; do
        grep -q -e "$flag" build/compile_commands.json || { echo "the package does not pass $flag"; exit 1; }
    done
    expect build/shared
    expect build/static
    cmake -S "$work/examples" -B "$work/examples/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
        -DCMAKE_C_COMPILER="$CC" >"$work/log" 2>&1 &&
        cmake --build "$work/examples/build" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    examples "$work/examples/build"
    ;;
esac

# The installed command finds its own headers from where it now is.
if [ -x "$work/prefix/bin/fearless" ]; then
    "$work/prefix/bin/fearless" check consumer.c || { echo "the installed checker rejects the consumer"; exit 1; }
fi
