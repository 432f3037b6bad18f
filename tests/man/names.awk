# What is wrong with the names in the man pages: awk -f tests/man/names.awk PUBLIC PAGE...
#
# PUBLIC has the public names of the headers, one a line. A page may be named after its subject (fl_time) instead of one of
# its names.

function complain(what)
{
    print what
    failed = 1
}
function base(file) { n = split(file, parts, "/"); return parts[n] }
function page() { return base(FILENAME) }

BEGIN {
    for (i = 2; i < ARGC; i++) {
        name = base(ARGV[i])
        sub(/\.[37]$/, "", name)
        subject[name]
    }
}

FNR == 1 { file++ }
file == 1 { public[$1]; next }

/^\.Sh / { section = substr($0, 5) }
section == "NAME" && $1 == ".Nm" {
    if ($2 in written)
        complain(page() ": " $2 " is in NAME of " written[$2] ", too")
    written[$2] = page()
    if (page() ~ /\.3$/ && ($2 in public || !($2 in subject)))
        wanted[page(), $2]
}
section != "NAME" && $1 == ".Nm" && NF > 1 { complain(page() ": .Nm " $2 " outside of NAME: use .Fn or .Xr") }
$1 ~ /^\.(Nm|Fn|Fo|Xr)$/ && $2 ~ /^"?(fl|FL)_/ {
    name = $2
    gsub(/"/, "", name)
    if (!(name in public) && ($1 ~ /F/ || !(name in subject)))
        complain(page() ": there is no " name " in the headers")
}
section == "SYNOPSIS" {
    line = $0
    while (match(line, /(fl|FL)_[A-Za-z0-9_]+/)) {
        delete wanted[page(), substr(line, RSTART, RLENGTH)]
        line = substr(line, RSTART + RLENGTH)
    }
}

END {
    for (name in public)
        if (!(name in written))
            complain(name " is in no page: write it (man/*.3, with .Nm " name " in NAME)")
    for (key in wanted) {
        split(key, parts, SUBSEP)
        complain(parts[1] ": " parts[2] " is in NAME and not in SYNOPSIS")
    }
    exit failed
}
