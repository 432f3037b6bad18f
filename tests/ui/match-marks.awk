# awk -v file=PATH -f match-marks.awk TEST.c OUTPUT
#
# Compares the marks in a UI test with the findings in the checker's output and prints what does not
# agree, one line each; prints nothing when they agree. Portable awk: Debian's default is mawk.
#
#   //~ ERROR E0382 text      a finding of that severity and code starts on this line, and its message
#                             or one of its labels, notes and helps contains the text
#   //~^ ERROR ...            one line up for each ^          //~v ERROR ...   one line down for each v
#   //~| ERROR ...            on the line that the mark before it meant
#
# Every mark takes exactly one finding and every finding must be taken.

FNR == NR {
    at = index($0, "//~")
    if (at == 0)
        next
    mark = substr($0, at + 3)
    line = FNR
    if (mark ~ /^\|/) {
        line = previous
        mark = substr(mark, 2)
    } else {
        while (mark ~ /^\^/) { line--; mark = substr(mark, 2) }
        while (mark ~ /^v/) { line++; mark = substr(mark, 2) }
    }
    previous = line
    sub(/^ +/, "", mark)
    count = split(mark, word, / +/)
    if ((word[1] != "ERROR" && word[1] != "WARNING") || word[2] !~ /^[EF][0-9][0-9][0-9][0-9]$/) {
        printf "%d: this mark cannot be read (//~ ERROR E0000 text): //~%s\n", FNR, mark
        next
    }
    marks++
    mark_line[marks] = line
    mark_severity[marks] = tolower(word[1])
    mark_code[marks] = word[2]
    text = mark
    sub(/^[A-Z]+ +[EF][0-9]+ */, "", text)
    sub(/ +$/, "", text)
    mark_text[marks] = text
    next
}

# From here on: the output. A header starts a finding; what follows belongs to it.
/^(error|warning)(\[[A-Z][0-9]+\])?: / {
    open = 0
    colon = index($0, ": ")
    head = substr($0, 1, colon - 1)
    severity = head
    sub(/\[.*/, "", severity)
    code = ""
    if (head ~ /\[/) {
        code = head
        sub(/^[a-z]+\[/, "", code)
        sub(/\]$/, "", code)
    }
    message = substr($0, colon + 2)
    pending = 1
    next
}

# The first arrow after a header is where the finding is. A header without one is the closing count.
/^ *--> / && pending {
    place = $0
    sub(/^ *--> /, "", place)
    column = place
    sub(/:[0-9]+$/, "", place)
    line = place
    sub(/.*:/, "", line)
    sub(/:[0-9]+$/, "", place)
    findings++
    find_file[findings] = place
    find_line[findings] = line + 0
    find_severity[findings] = severity
    find_code[findings] = code
    find_text[findings] = message
    open = 1
    pending = 0
    next
}

# Source lines carry the marks themselves as comments, so they must not count as message text.
/^ *[0-9]+ +\|/ { next }
open { find_text[findings] = find_text[findings] "\n" $0 }

END {
    for (f = 1; f <= findings; f++) {
        if (find_file[f] != file) {
            printf "a finding in another file: %s:%d %s %s\n", find_file[f], find_line[f], find_code[f], first(find_text[f])
            continue
        }
        # The mark with the longest text that fits takes the finding, so that a short text does not
        # take what a longer one needs.
        best = 0
        for (m = 1; m <= marks; m++)
            if (!taken[m] && mark_line[m] == find_line[f] && mark_code[m] == find_code[f] &&
                mark_severity[m] == find_severity[f] && index(find_text[f], mark_text[m]) > 0 &&
                (!best || length(mark_text[m]) > length(mark_text[best])))
                best = m
        if (best)
            taken[best] = 1
        else
            printf "%d: a finding that no mark expects: %s[%s]: %s\n", find_line[f], find_severity[f], find_code[f], first(find_text[f])
    }
    for (m = 1; m <= marks; m++)
        if (!taken[m])
            printf "%d: expected and not found: %s %s %s\n", mark_line[m], mark_severity[m], mark_code[m], mark_text[m]
}

function first(text) {
    sub(/\n.*/, "", text)
    return text
}
