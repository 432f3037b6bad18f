# The example of a man page, as files: awk -v to=PREFIX -f tests/man/example.awk PAGE makes PREFIX.c and PREFIX.out
#
# The first literal display of EXAMPLES is a whole program, the second what it prints.

function complain(what)
{
    printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
    failed = 1
    exit 1
}

BEGIN { ending[1] = ".c"; ending[2] = ".out" }

/^\.Sh / { inside = $0 == ".Sh EXAMPLES"; next }
inside && /^\.Bd -literal/ {
    if (++displays > 2)
        complain("a third display: EXAMPLES has a program and its output")
    file = to ending[displays]
    printf "" > file
    next
}
inside && /^\.Ed/ { file = ""; next }
file != "" {
    if (/^[.']/)
        complain("a request in the middle of a display: write \\& before the line")
    sub(/^\\&/, "")
    gsub(/\\-/, "-")
    gsub(/\\\(aq/, "'")
    gsub(/\\e/, "\001")    # a backslash; the others must be gone by now
    if (/\\/)
        complain("write \\e for a backslash")
    gsub(/\001/, "\\")
    print > file
}

END {
    if (!failed && displays != 2) {
        printf "%s: EXAMPLES needs two displays, a program and its output\n", FILENAME > "/dev/stderr"
        exit 1
    }
}
