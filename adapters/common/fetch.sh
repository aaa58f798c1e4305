#!/bin/sh
# fetch.sh COMMAND…: runs the step in which a package manager fetches packages, so that it never stalls without a
# word (docs/network.md). This is the one place of what each client is told about time-outs and tries, in images and in
# functions' builds. Whatever the client can do itself, it is watched, too: a step that falls silent is ended and begun
# again. What does not fetch, such as a long compilation, keeps a processor busy and is left alone.
set -u

connect_seconds=${FETCH_CONNECT_SECONDS:-10} # to connect
silent_seconds=${FETCH_SILENT_SECONDS:-30}   # without an answer
cost_seconds=150                             # silence and pauses in all, after which nothing is begun again: with what the last try takes, 3 minutes
net=${FETCH_NET:-/proc/net}                  # of the command's network: a container's own, where nobody else moves bytes
moved_bytes=4000                             # fewer than these in all that time are keep-alives, not an answer
moved_ticks=100                              # of processor time, each 10 ms; a virtual machine that only waits uses fewer

client=${1##*/}
# For all of them, since most can clone: less than 100 bytes a second for 20 s end git's transfer.
export GIT_HTTP_LOW_SPEED_LIMIT=100 GIT_HTTP_LOW_SPEED_TIME=20 GIT_TERMINAL_PROMPT=0
work=$(mktemp -d)
# `runs` times the client's own tries are at most 4. A client's own time-outs are shorter than ours, since it says more.
runs=4
download= log= log_says=
case $client in
apt-get)
    # Seconds, to connect as well as of silence. It must not try again by itself: src/runtimekit/patience.py says why.
    cat >"$work/apt.conf" <<'CONF'
Acquire::Retries "0";
Acquire::http::Timeout "10";
Acquire::https::Timeout "10";
Acquire::http::Pipeline-Depth "0";
APT::Update::Error-Mode "any";
CONF
    export APT_CONFIG="$work/apt.conf"
    [ "${2-}" != install ] || download=--download-only # what dpkg does then is no business of ours
    what="the archive of Debian packages"
    ;;
apk) what="the repository of Alpine packages" ;; # it has no settings for it
pip | python3)
    # Seconds, to connect as well as of silence.
    export PIP_DEFAULT_TIMEOUT=10 PIP_RETRIES=1
    export PIP_LOG="$work/log" # only there it says why an index could not be read
    log=$PIP_LOG log_says='Could not fetch URL'
    runs=2 what="the Python package index"
    ;;
npm | pnpm)
    # Milliseconds; of silence.
    export npm_config_fetch_timeout=20000 npm_config_fetch_retries=1
    export npm_config_fetch_retry_mintimeout=1000 npm_config_fetch_retry_maxtimeout=2000
    runs=2 what="the npm registry"
    ;;
yarn)
    # Milliseconds; of silence. Yarn 1 reads the second line, and has tries of its own.
    export YARN_HTTP_TIMEOUT=20000 YARN_HTTP_RETRY=1
    export npm_config_network_timeout=20000
    runs=2 what="the npm registry"
    ;;
uv)
    # Seconds, to connect as well as of silence.
    export UV_HTTP_CONNECT_TIMEOUT=10 UV_HTTP_TIMEOUT=20 UV_HTTP_RETRIES=1
    runs=2 what="the Python package index"
    ;;
bun)
    # Seconds of silence.
    export BUN_CONFIG_HTTP_IDLE_TIMEOUT=20 BUN_CONFIG_HTTP_RETRY_COUNT=1
    runs=2 what="the npm registry"
    ;;
cargo)
    # Seconds, to connect as well as of silence.
    export CARGO_HTTP_TIMEOUT=10 CARGO_HTTP_LOW_SPEED_LIMIT=10 CARGO_NET_RETRY=1
    runs=2 what="the registry of crates"
    ;;
mvn)
    # Milliseconds. By itself Maven waits half an hour. Its two ways to transfer have names of their own, and the older
    # one does not try again what was refused: so neither does.
    MAVEN_OPTS="${MAVEN_OPTS-} -Daether.connector.connectTimeout=10000 -Daether.connector.requestTimeout=28000"
    MAVEN_OPTS="$MAVEN_OPTS -Daether.connector.http.retryHandler.count=0 -Dmaven.wagon.http.retryHandler.count=0"
    export MAVEN_OPTS="$MAVEN_OPTS -Dmaven.wagon.rto=28000"
    what="Maven's repository"
    ;;
bundle)
    # Seconds, to connect as well as of silence.
    export BUNDLE_TIMEOUT=10 BUNDLE_RETRY=1
    runs=2 what="the source of gems"
    ;;
mix)
    # Seconds of silence.
    export HEX_HTTP_TIMEOUT=20
    what="the registry of Hex packages"
    ;;
# These have no settings for it.
dotnet)
    # It tries three times by itself.
    runs=2 what="the NuGet registry"
    ;;
go) what="the proxy of Go modules" ;;
dart) what="the registry of Dart packages" ;;
composer) what="the registry of PHP packages" ;;
luarocks) what="the server of rocks" ;;
cpanm)
    # Only there it says that there is no index.
    log=${PERL_CPANM_HOME:-$HOME/.cpanm}/build.log log_says='compressed index|Failed to download'
    what="CPAN"
    ;;
deno) what="what the function imports" ;;
swift) what="the repositories of Swift packages" ;;
*)
    rm -r "$work"
    echo "fetch.sh: nothing is known of '$client'; add it here and to docs/network.md" >&2
    exit 2
    ;;
esac

# What clients say when the network was the reason: only then is it worth to begin again.
passing='tim(ed|e)[ -]?out|timeout|connection.{0,30}(reset|refused|closed|broken|aborted|terminated)|ECONN|ETIMEDOUT|EAI_AGAIN'
passing="$passing|socket (hang up|closed|error)|premature|incomplete|unexpected (eof|end)|truncated|[^a-z]eof([^a-z]|\$)|broken pipe"
passing="$passing|temporary failure|not resolve|unreachable|handshake|transfer closed|partial|bytes remaining|network (error|failure)|_closed"
passing="$passing|failed (to fetch|to download|loading|downloading)|could(n.{1,3}t| not) (fetch|download|transfer)|transfer failed"
passing="$passing|service unavailable|bad gateway|too many requests|error reading|end of response|curl error|too slow|unable to access|not return a valid file|compressed index|service index"
passing="$passing|(http|status|code|error|response|returned|got)[^0-9]{1,20}(429|50[0234])([^0-9]|\$)"
passing="$passing|(429|50[0234]) (too many|service|bad|gateway|internal|server)| - (429|50[0234])\$"
lasting='(^|[^0-9])(40[0-9]|410)([^0-9]|$)' # what is asked for is not there, or is refused
# Numbers that are no status, one kind in each line: of a clock, an address in memory or on the network, a version, an amount.
no_status='
s/[0-9]+:[0-9]+:[0-9]+([.,][0-9]+)?//g
s/0x[0-9A-Fa-f]+//g
s,://[^][:space:],;()<>"`'"'"']*,://,g
s/[0-9]+(\.[0-9]+)+//g
s/[A-Za-z_]-[0-9]+//g
s/[0-9]+ ?(bytes|[kKMGT]?i?B|m?s|(milli)?seconds?)([^A-Za-z]|$)/\3/g
'

session=
trap 'end; rm -rf "$work"' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
echo 0 >"$work/cost"

say() { printf '%s: %s\n' "fetch.sh" "$1" >&2; }

end() {
    [ -z "$session" ] || kill -KILL "-$session" 2>/dev/null || :
}

# facts: the time, bytes received, and of the command: processor time, and whether it is connecting. In seconds and ticks.
facts() {
    {
        sed 's/^/now /' /proc/uptime
        sed -n 's/^ *[^ :|]*:/received /p' "$net"/dev
        sed 's/^/tcp /' "$net"/tcp "$net"/tcp6
        cat /proc/[0-9]*/stat | sed 's/^.*) /process /'
    } 2>/dev/null | awk -v session="$session" '
        $1 == "now" { now = int($2) }
        $1 == "received" { bytes += $2 }
        $1 == "tcp" && $5 == "02" { connecting = 1 }
        $1 == "process" && $5 == session { ticks += $13 + $14 + $15 + $16 }
        END { printf "%d %.0f %d %d\n", now, bytes, ticks, connecting }'
}

# peers STATES: the addresses at the other end of connections, as people write them. The kernel has them in hexadecimal.
peers() {
    cat "$net"/tcp "$net"/tcp6 2>/dev/null | awk -v states="$1" '
        function number(digits,   i, value) {
            for (i = 1; i <= length(digits); i++) value = 16 * value + index("0123456789ABCDEF", substr(digits, i, 1)) - 1
            return value
        }
        index(states, $4) {
            split($3, part, ":")
            word = substr(part[1], length(part[1]) - 7)
            if (length(part[1]) == 8 || part[1] ~ /^0000000000000000FFFF0000/) {
                text = number(substr(word, 7, 2)) "." number(substr(word, 5, 2)) "." number(substr(word, 3, 2)) "." number(substr(word, 1, 2))
            } else {
                text = "["
                for (i = 0; i < 4; i++) {
                    word = substr(part[1], 8 * i + 1, 8)
                    text = text (i ? ":" : "") substr(word, 7, 2) substr(word, 5, 2) ":" substr(word, 3, 2) substr(word, 1, 2)
                }
                text = text "]"
            }
            text = text ":" number(part[2])
            if (!seen[text]++ && count++ < 3) printf "%s%s", (count > 1 ? ", " : ""), text
        }'
}

# watch: ends the command when it is silent, and leaves in a file what was not reached.
watch() {
    read -r moved bytes ticks _ <<FACTS
$(facts)
FACTS
    spent=$(cat "$work/cost")
    while sleep 1; do
        read -r now now_bytes now_ticks connecting <<FACTS
$(facts)
FACTS
        quiet=$((now - moved))
        if [ $((now_bytes - bytes)) -ge $moved_bytes ] || [ $((now_ticks - ticks)) -ge $moved_ticks ]; then
            # A slow server is no fault.
            [ $quiet -lt 10 ] || spent=$((spent + quiet))
            moved=$now bytes=$now_bytes ticks=$now_ticks quiet=0
        fi
        [ $quiet -lt 10 ] || echo $((spent + quiet)) >"$work/cost"
        reason=
        if [ "$connecting" = 1 ] && [ $quiet -ge $connect_seconds ]; then
            reason="no connection to $(peers 02) in $connect_seconds s"
        elif [ $quiet -ge $silent_seconds ]; then
            silent=$(peers "01 02")
            reason="no answer${silent:+ from $silent} for $silent_seconds s"
        elif [ $((spent + quiet)) -ge $cost_seconds ]; then
            reason="$cost_seconds s of waiting in all"
        fi
        if [ -n "$reason" ]; then
            echo "$reason" >"$work/reason"
            kill -TERM "-$session" 2>/dev/null
            sleep 1
            end
            return
        fi
    done
}

exec 3<&0 # a command in the background would have no standard input
run=0
while :; do
    run=$((run + 1))
    rm -f "$work/reason" "$work/status" "$log"
    # In a session of its own, all of which can be ended; its words are shown, and looked at if it fails.
    # shellcheck disable=SC2016 # the inner shell's own variables
    setsid sh -c 'work=$1 download=$2; shift 2; { "$@" $download; echo $? >"$work/status"; } 2>&1 | tee "$work/words"' sh "$work" "$download" "$@" <&3 >&2 3<&- &
    session=$!
    watch >/dev/null 2>&1 </dev/null 3<&- &
    watcher=$!
    wait "$session" 2>/dev/null
    status=$(cat "$work/status" 2>/dev/null) || status=124 # as timeout(1) has it
    [ -f "$work/reason" ] || kill "$watcher" 2>/dev/null
    wait "$watcher" 2>/dev/null
    end
    session=
    if [ "$status" = 0 ]; then
        [ -z "$download" ] || "$@"
        exit
    fi
    if ! reason=$(cat "$work/reason" 2>/dev/null); then
        [ ! -f "$log" ] || grep -E "$log_says" "$log" >>"$work/words"
        sed 's/\x1b\[[0-9;]*m//g' "$work/words" >"$work/shown" # without their colours
        sed -E "$no_status" "$work/shown" >"$work/plain"
        # Lines are judged by what is plain, by their numbers; they are shown as they are. A refusal has the last word.
        {
            grep -niE "$passing" "$work/plain" | sed 's/:.*/ 1/'
            grep -nE "$lasting" "$work/plain" | sed 's/:.*/ 0/'
        } | awk 'NR == FNR { chosen[$1] = $2; next } chosen[FNR]' - "$work/shown" >"$work/faults"
        [ -s "$work/faults" ] || exit "$status"
        # Lines with an address first.
        reason=$(grep -m 1 :// "$work/faults" || head -n 1 "$work/faults")
        reason=$(printf '%s' "$reason" | tr -s '[:space:]' ' ' | cut -c 1-300)
    fi
    if [ $run -ge $runs ] || [ "$(cat "$work/cost")" -ge $cost_seconds ]; then
        say "not reached: $what ($reason); $client gave up after $run of $runs tries"
        exit 75 # EX_TEMPFAIL of sysexits.h: another time it may work
    fi
    pause=$((run * 2 - 1))
    say "not reached: $what ($reason); $client begins again in $pause s ($((run + 1)) of $runs)"
    sleep $pause
    echo $(($(cat "$work/cost") + pause)) >"$work/cost"
done
