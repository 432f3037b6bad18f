#!/usr/bin/env bash
# Nobody reads what is printed, or there is nowhere to print to: the exit status is the same, and nothing hangs.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
wrong_file wrong.c
right_file right.c
status_of() { # WANTED WORDS COMMAND...; redirections are in the command
    local wanted=$1 got
    last=$2
    timeout -k 5 60 bash -c "$3" >/dev/null 2>&1 </dev/null
    got=$?
    [ "$got" -eq "$wanted" ] || fail "exit status $got, and must be $wanted"
}
export FEARLESS

status_of 1 'stderr closed' '"$FEARLESS" check wrong.c 2>&-'
status_of 1 'stdout closed' '"$FEARLESS" check wrong.c >&-'
status_of 1 'all closed' '"$FEARLESS" check wrong.c <&- >&- 2>&-'
status_of 0 'all closed, nothing found' '"$FEARLESS" check right.c <&- >&- 2>&-'
status_of 0 'dump to nowhere' '"$FEARLESS" check --dump=ir right.c >&-'
status_of 0 'help to nowhere' '"$FEARLESS" --help >&-'
status_of 2 'an error to nowhere' '"$FEARLESS" check missing.c 2>&-'
status_of 1 'stderr full' '"$FEARLESS" check wrong.c 2>/dev/full'
status_of 1 'reader of stderr gone' 'set -o pipefail; { "$FEARLESS" check wrong.c 2>&1 >/dev/null; echo $? >status; } | true; exit "$(cat status)"'
status_of 0 'reader of the dump gone' '{ "$FEARLESS" check --dump=ir right.c; echo $? >status; } | true; exit "$(cat status)"'
status_of 0 'reader of a page gone' '{ "$FEARLESS" --explain E0382; echo $? >status; } | head -c 1; exit "$(cat status)"'

# A closed stderr must not make the report land in a file that happens to be opened next.
cp right.c before.c
"$FEARLESS" check right.c wrong.c 2>&- >&-
cmp -s right.c before.c || fail "wrote into a source file"

# As a launcher the compiler gets the files as they were, and a broken pipe kills it as it would without us.
printf '#!/usr/bin/env bash\nkill -PIPE $$\n' >dies && chmod +x dies
last='SIGPIPE in the compiler'
"$FEARLESS" ./dies x.o 2>/dev/null
got=$?
[ $got -eq 141 ] || fail "exit status $got, and must be 141"

finish
