# Reads Gradle's dependencies, as functions that take a context declare them, and writes them as Maven's pom.xml:
# awk -f gradle.awk FILE…. Gradle's files are programs. Only what names a package by its group, name and version is
# read, and what says nothing beyond that; of anything else each file gets one warning.
# Exit code 1: a dependency cannot be read, without which the function would lack it.

function complain(what) { printf "%s:%d: %s: %s\n", FILENAME, FNR, what, piece >"/dev/stderr" }

function trim(text) { gsub(/^[ \t\r]+|[ \t\r;,]+$/, "", text); return text }

# The value of a name in `group: 'a', name: 'b', version: 'c'`, or nothing.
function named(name) {
    if (!match(piece, name "[ \t]*[:=][ \t]*[\"'][^\"']*[\"']")) return ""
    found = substr(piece, RSTART, RLENGTH)
    sub(/^[^"']*["']/, "", found); sub(/["']$/, "", found)
    return found
}

function dependency(    words, count, group, artifact, version) {
    if (match(piece, /^[A-Za-z]+[ \t]*\(?[ \t]*["'][^"']*["'][ \t]*\)?$/)) {
        found = piece
        sub(/^[^"']*["']/, "", found); sub(/["'].*$/, "", found)
        count = split(found, words, ":")
        group = words[1]; artifact = words[2]; version = count == 3 ? words[3] : ""
    } else {
        group = named("group"); artifact = named("name"); version = named("version")
    }
    if (group !~ word || artifact !~ word || version !~ word || version ~ /^latest[.]/) {
        complain("this runtime reads dependencies of the form implementation \"group:name:version\", with an exact version, not this")
        failed = 1
        return
    }
    printf "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>\n", group, artifact, version
}

function read_piece() {
    piece = trim(piece)
    if (piece ~ /^(implementation|api|compile|compileOnly|runtime|runtimeOnly)[ \t(]/) { dependency(); return }
    if (piece ~ /^(|[{})]|dependencies|repositories|mavenCentral\(\)|test[A-Z][A-Za-z]*[ \t(].*)$/) return
    if (warned[FILENAME]++) return
    complain("warning: Gradle is not run here, only its dependencies are read; this and what is like it is not")
}

BEGIN {
    word = "^[A-Za-z0-9_][A-Za-z0-9_.-]*$"
    print "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>"
    print "<groupId>function</groupId><artifactId>function</artifactId><version>0</version><dependencies>"
}

{
    line = $0
    if (commented) { if (!sub(/^.*\*\//, "", line)) next; commented = 0 }
    gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", line)
    if (sub(/\/\*.*$/, "", line)) commented = 1
    sub(/^[ \t]*\/\/.*$/, "", line); sub(/[ \t]\/\/.*$/, "", line)
    gsub(/[{}]/, "\n&\n", line)
    count = split(line, pieces, "\n")
    for (at = 1; at <= count; at++) { piece = pieces[at]; read_piece() }
}

END { print "</dependencies></project>"; exit failed }
