#!/usr/bin/env bash
# Sourced by bench/check.sh: how the checker's cost grows with a program, and what the others take for the same files.
# Without what earlier runs kept: a cache would answer here. Processor time, not wall time: it is what a busy machine distorts least. Each figure is the least of its runs.
# shellcheck shell=bash disable=SC2154

cpu() { # COMMAND...: milliseconds of processor time, its children's too
    local TIMEFORMAT='%U %S'
    { time "$@" >/dev/null 2>&1 || true; } 2>&1 | awk '{ printf "%.0f\n", ($1 + $2) * 1000 }'
}

least() { # RUNS COMMAND...
    local many=$1
    shift
    for ((r = 0; r < many; r++)); do cpu "$@"; done | sort -n | head -1
}

head_of_program() {
    cat <<'TXT'
#include <fearless.h>
#include <stdlib.h>
typedef struct { char *s; } text;
static void text_drop(text *t) { free(t->s); }
#define FL_OWNED text, text_drop
#include <fearless/owned.h>
typedef fl_mutex(long) counter;
struct account { struct fl_lock lock; long balance FL_GUARDED_BY(lock); };
void unseen(int n);
TXT
}

# One program of a kind and a size; what grows is the one thing that the kind is called after.
grown() { # KIND SIZE
    local i
    head_of_program
    case $1 in
    functions) generate "$2" | sed 1,6d ;;
    statements)
        echo 'int f(int n, int m) { int a = 0, b = 1; text t = { malloc(8) }; fl_auto(t);'
        for ((i = 0; i < $2; i++)); do echo "    if (n > $i) a += b; else b -= m; m = a; t.s[$i % 8] = (char)m;"; done
        echo '    return a + b; }'
        ;;
    variables)
        echo 'int f(int n) {'
        for ((i = 0; i < $2; i++)); do echo "    text t$i = { malloc(8) }; fl_auto(t$i); char *p$i = t$i.s; if (n > $i) p$i[0] = 1;"; done
        echo '    return n; }'
        ;;
    locks)
        for ((i = 0; i < $2; i++)); do echo "static counter m$i; static struct account a$i;"; done
        for ((i = 0; i < $2; i++)); do
            echo "static void f$i(int n) { fl_guard(g, &m$i); *g += n; fl_lock_guard(h, &a$i.lock); a$i.balance += *g; }"
        done
        echo 'FL_THREAD_FN(void, run, int, n) {'
        for ((i = 0; i < $2; i++)); do echo "    f$i(n);"; done
        echo '} void start(void) { fl_detach(fl_spawn(run, 1)); }'
        ;;
    depth)
        echo 'static void f0(struct account *a, text *t) { fl_lock_guard(g, &a->lock); a->balance++; t->s[0] = 1; }'
        for ((i = 1; i < $2; i++)); do echo "static void f$i(struct account *a, text *t) { if (t->s) f$((i - 1))(a, t); }"; done
        echo "void start(struct account *a, text *t) { f$(($2 - 1))(a, t); }"
        ;;
    branches)
        echo 'int f(int n) { struct account a = { 0 }; text t = { malloc(8) }; int k = 0;'
        for ((i = 0; i < $2; i++)); do
            echo "    if (n == $i) { if (fl_lock_try(&a.lock)) { a.balance++; fl_lock_release(&a.lock); } k++; }"
        done
        echo '    fl_drop(t); return k; }'
        ;;
    esac
}

growth() {
    local kind size ours theirs
    echo
    echo "growth: ms of processor time without what clang -fsyntax-only takes; the exponent of a line through the logarithms (1: linear)"
    printf '%-11s %s\n' grows 'size: ms ...'
    for kind in functions statements variables locks depth branches; do
        : >"$work/points"
        for size in 100 200 400; do
            [ "$kind" != functions ] || size=$((size * 5))
            grown "$kind" "$size" >"$work/$kind.c"
            ours=$(least 2 "$fearless" check --no-cache "$work/$kind.c" -- "${flags[@]}")
            theirs=$(least 2 "$clang" -fsyntax-only "${flags[@]}" "$work/$kind.c")
            echo "$size $((ours > theirs ? ours - theirs : 1))" >>"$work/points"
        done
        awk -v kind="$kind" '
            { x = log($1); y = log($2); n++; sx += x; sy += y; sxx += x * x; sxy += x * y; text = text sprintf("%6d: %5d", $1, $2) }
            END { printf "%-11s %s   exponent %.2f\n", kind, text, (n * sxy - sx * sy) / (n * sxx - sx * sx) }' "$work/points"
    done
}

others() { # FILE...: the analysers that are installed
    local file ours
    echo
    echo "others: ms of processor time, and how many times ours that is"
    printf '%-24s %8s  %s\n' file ours 'the others'
    for file in "$@"; do
        ours=$(least 2 "$fearless" check --no-cache "$file" -- "${flags[@]}")
        printf '%-24s %8d' "$(basename "$file")" "$ours"
        other "clang --analyze" "$ours" "$clang" --analyze --analyzer-output text "${flags[@]}" "$file" -o /dev/null
        other "gcc -fanalyzer" "$ours" gcc -fanalyzer -c "${flags[@]}" "$file" -o /dev/null
        other cppcheck "$ours" cppcheck -q --enable=all --force "${flags[@]/-std=gnu11/--std=c11}" "$file"
        echo
    done
}

other() { # NAME OURS COMMAND...
    local name=$1 ours=$2 theirs
    shift 2
    if ! command -v "$1" >/dev/null; then
        printf '  %s is not installed' "$name"
        return
    fi
    theirs=$(least 1 timeout 60 "$@")
    printf '  %s %d (%s)' "$name" "$theirs" "$(awk -v a="$theirs" -v b="$ours" 'BEGIN { printf "%.1f", a / b }')"
}
