# awk -v work=FOLDER -v dir=DIR/ -v src=SRC/ -f split-output.awk FILES OUTPUT
#
# Takes the checker's output for several files apart: FOLDER/N is what a run on the N-th file alone would have said, with
# $DIR and $SRC for the two prefixes, and FOLDER/raw.N the same as it is. Exit status 1: something is of none of the files.

BEGIN { MOST_CODES = 9 } # as in render.c

FNR == NR {
    number[$0] = FNR
    files = FNR
    next
}

function flush(    n, shown) {
    if (block == "")
        return
    n = number[place]
    if (!n) {
        stray = stray || !closing
    } else {
        printf "%s", block > (work "/raw." n)
        shown = replaced(replaced(block, dir, "$DIR/"), src, "$SRC/")
        printf "%s", shown > (work "/" n)
        if (severity == "error") errors[n]++; else warnings[n]++
        note_code(n, code)
    }
    block = place = ""
}

function replaced(text, what, by,    at, done) {
    done = ""
    while ((at = index(text, what)) > 0) {
        done = done substr(text, 1, at - 1) by
        text = substr(text, at + length(what))
    }
    return done text
}

function counted(n, one) { return n " " one (n == 1 ? "" : "s") }

# The codes of each file, sorted, each once.
function note_code(n, new,    i) {
    for (i = 1; i <= codes[n]; i++)
        if (code_of[n, i] == new)
            return
    for (i = ++codes[n]; i > 1 && code_of[n, i - 1] > new; i--)
        code_of[n, i] = code_of[n, i - 1]
    code_of[n, i] = new
}

function hint(n,    i, all) {
    if (codes[n] == 1)
        return "For more information about this error, try `fearless --explain " code_of[n, 1] "`.\n"
    for (i = 1; i <= codes[n] && i <= MOST_CODES; i++)
        all = all (i > 1 ? ", " : "") code_of[n, i]
    return "Some errors have detailed explanations: " all (codes[n] > MOST_CODES ? "..." : ".") "\n" \
           "For more information about an error, try `fearless --explain " code_of[n, 1] "`.\n"
}

/^(error|warning)(\[[A-Z][0-9]+\])?: / {
    flush()
    severity = /^error/ ? "error" : "warning"
    code = $0
    sub(/^[a-z]+\[/, "", code)
    sub(/\].*/, "", code)
    closing = /^(error: aborting due to|warning: [0-9]+ warnings? emitted)/
}

{ block = block $0 "\n" }

/^ *--> / && place == "" {
    place = $0
    sub(/^ *--> /, "", place)
    sub(/:[0-9]+:[0-9]+$/, "", place)
}

END {
    flush()
    for (n = 1; n <= files; n++) {
        if (!errors[n] && !warnings[n])
            continue
        if (errors[n] && warnings[n])
            line = "error: aborting due to " counted(errors[n], "previous error") "; " counted(warnings[n], "warning") " emitted"
        else if (errors[n])
            line = "error: aborting due to " counted(errors[n], "previous error")
        else
            line = "warning: " counted(warnings[n], "warning") " emitted"
        printf "%s\n\n%s", line, hint(n) > (work "/" n)
        printf "%s\n\n", line > (work "/raw." n)
    }
    exit stray ? 1 : 0
}
