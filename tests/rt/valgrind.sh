#!/usr/bin/env bash
# Runs one test under valgrind: FL_VALGRIND_TOOL is memcheck (also when it is not set), helgrind or drd. What one of them
# cannot follow is skipped (exit status 77), and says why.
set -eu
here=$(dirname "${BASH_SOURCE[0]}")
tool=${FL_VALGRIND_TOOL:-memcheck}
options=(-q "--tool=$tool" --error-exitcode=99 --fair-sched=try "--suppressions=$here/valgrind.supp")

skip() {
    echo "not under $tool: $1"
    exit 77
}

if [ "$tool" = memcheck ]; then
    case $1 in
    */test_fork) leaks=no ;; # its children lose the threads of their parent, and what those had
    *) leaks=full ;;
    esac
    options+=("--leak-check=$leaks" --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect)
else
    case $1 in
    */test_asymmetric | */test_scope | */test_panics_channels | */test_channel_bounded | */test_channel_behaviour_elements)
        skip "it does not end within a minute" ;;
    */test_fork)
        skip "its children change what threads have changed that are not there; the tool goes on counting those" ;;
    esac
    case $tool$1 in
    drd*/test_channel_behaviour_threads) skip "it does not end within seven minutes" ;;
    drd*/test_channel | drd*/test_channel_shared) skip "it does not end within 40 seconds" ;;
    drd*/test_thread_failures) skip "drd fails an assertion of its own after a pthread_create that failed" ;;
    esac
fi
exec valgrind "${options[@]}" "$@"
