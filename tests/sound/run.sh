#!/usr/bin/env bash
# Is what the checker accepts right? Each accepted program is compiled with a sanitizer, linked with the library that was
# built with it, and run: tests/sound/run.sh LIBRARY SANITIZERS [REGEX]       (./dev sound)
#
# Accepted programs are the UI tests and listings without marks that have a main and need nothing else: what is in
# tests/ui/sound was written for this. A race, a leak, a wrong access, a hang or a crash is a bug of soundness.
set -euo pipefail

library=$1 sanitizers=$2 regex=${3:-.}
: "${SRC:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export TSAN_OPTIONS="halt_on_error=0:exitcode=66:second_deadlock_stack=1:${TSAN_OPTIONS:-}"
export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=1:exitcode=66:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=66

# What the tests' headers declare and leave to another file; an archive, so that only what is missing is taken.
compile() { ${CC:-cc} -g -O1 -w -std=gnu11 -fexceptions -pthread "-fsanitize=$sanitizers" -fno-omit-frame-pointer -I"$SRC/include" "$@"; }
for part in "$SRC"/tests/sound/*.c; do
    compile -c -o "$work/$(basename "$part" .c).o" "$part"
done
ar -rcs "$work/parts.a" "$work"/*.o

directive() { sed -n "s|^//@ $1:* *||p" "$2" | tr '\n' ' '; }

programs() {
    find "$SRC/tests/ui" "$SRC/examples/listings" -name '*.c' | LC_ALL=C sort | while read -r file; do
        ! grep -qE '//~[v^|]* *(ERROR|WARNING|first-line-has)' "$file" || continue
        grep -qE '\bmain\(' "$file" && [[ $file =~ $regex ]] && echo "$file"
    done || true
}

run_one() { # FILE: prints what is wrong; status 2: it cannot be linked on its own
    local file=$1 program=$work/program status=0 flags
    read -ra flags <<<"$(directive flags "$file")"
    # ThreadSanitizer does not know the threads of C11.
    [[ $sanitizers == thread ]] && grep -q '<threads.h>' "$file" && return 2
    if ! compile "${flags[@]}" -o "$program" "$file" "$work/parts.a" "$library" -lm >"$work/cc" 2>&1; then
        grep -q 'undefined reference' "$work/cc" && return 2
        cat "$work/cc"
        return 1
    fi
    timeout -k 5 "${FEARLESS_SOUND_SECONDS:-20}" "$program" >"$work/out" 2>&1 </dev/null || status=$?
    # main may have a number to say; a sanitizer says 66, a panic 101, timeout 124, a signal more.
    if [ "$status" -ge 66 ] || grep -qE 'WARNING: ThreadSanitizer|ERROR: .*Sanitizer|runtime error:' "$work/out"; then
        echo "ended with $status"
        head -60 "$work/out"
        return 1
    fi
}

ran=0 wrong=0 alone=0
while read -r file; do
    status=0
    run_one "$file" >"$work/said" || status=$?
    case $status in
    0) ran=$((ran + 1)) ;;
    2) alone=$((alone + 1)) ;;
    *)
        ran=$((ran + 1)) wrong=$((wrong + 1))
        echo "${file#"$SRC"/}:"
        cat "$work/said"
        ;;
    esac
done < <(programs)
echo "$sanitizers: $ran accepted programs ran, $wrong of them wrongly ($alone have parts elsewhere)"
[ "$wrong" -eq 0 ] && [ "$ran" -gt 0 ]
