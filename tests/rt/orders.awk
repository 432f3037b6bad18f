# Atomic operations of the runtime that do not say what they order: awk -f orders.awk FILE...
#
# On its own line, the line before or the line after, a non-relaxed one carries the tag of its pair, such as [L], which
# the top comment of its file explains; a relaxed one the word "relaxed:" and why that is enough.
FNR == 1 && NR > 1 { judge() }
FNR == 1 { split("", line); file = FILENAME }
{ line[FNR] = $0; lines = FNR }
END {
    judge()
    if (!seen) { print "no atomic operation in these files"; bad = 1 }
    exit bad > 0
}
function judge(    i, text, code) {
    for (i = 1; i <= lines; i++) {
        code = line[i]
        sub(/\/\*.*/, "", code)
        if (code !~ /fl_(word_)?(load|store|swap|add|sub|or|cas|cas_weak)(_acq_rel)?_(relaxed|acquire|release|acq_rel|seq_cst|asymmetric)_?\(/)
            continue
        seen++
        text = line[i - 1] " " line[i] " " line[i + 1]
        if (code ~ /_relaxed_?\(/ ? text ~ /relaxed: / : text ~ /\[[A-Za-z][a-z-]*\]/)
            continue
        printf "%s:%d: says not what it orders: %s\n", file, i, line[i]
        bad++
    }
}
