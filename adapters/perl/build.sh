#!/bin/sh
# Makes a Perl function ready to be packed: installs what it declares, checks its syntax (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.pl
cd "$code"

# In the archive, and out of the way of the image's own modules.
modules=$code/.perl5
packages_kept || rm -rf "$modules"
[ -f cpanfile ] || refuse "add the cpanfile that it belongs to" cpanfile.snapshot
if ! packages_kept && [ -f cpanfile ]; then
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    # With a lock file there is nothing but what it says: an index as CPAN has one, and as Carton makes one of it.
    set --
    if [ -f cpanfile.snapshot ]; then
        {
            printf 'File: 02packages.details.txt\n\n'
            awk '/^    pathname:/ { path = $2 } /^    [^ ]/ { provided = $1 == "provides:" } /^      / && provided { print $1, $2, path }' cpanfile.snapshot
        } >"$home/index"
        set -- --mirror-index "$home/index"
    fi
    PERL_CPANM_HOME="$home" /usr/local/src/fetch.sh cpanm --quiet --notest --local-lib-contained "$modules" "$@" --installdeps . ||
        fail "the dependencies could not be installed; see the error above"
fi

# After them: what a file uses is loaded to check it.
report=$(perl -I"$modules/lib/perl5" -I"$(dirname "$code/$entrypoint")" -c "$code/$entrypoint" 2>&1) || {
    printf '%s\n' "$report" >&2
    fail "$entrypoint does not compile; see the error above"
}

record_entrypoint
