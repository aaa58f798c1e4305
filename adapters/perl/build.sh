#!/bin/sh
# Makes a Perl function ready to be packed: installs what it declares, checks its syntax (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.pl
cd "$code"

# In the archive, and out of the way of the image's own modules.
modules=$code/.perl5
rm -rf "$modules"
if [ -f cpanfile ]; then
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    PERL_CPANM_HOME="$home" /usr/local/src/fetch.sh cpanm --quiet --notest --local-lib-contained "$modules" --installdeps . ||
        fail "the dependencies could not be installed; see the error above"
fi

# After them: what a file uses is loaded to check it.
report=$(perl -I"$modules/lib/perl5" -I"$(dirname "$code/$entrypoint")" -c "$code/$entrypoint" 2>&1) || {
    printf '%s\n' "$report" >&2
    fail "$entrypoint does not compile; see the error above"
}

record_entrypoint
