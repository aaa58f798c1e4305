#!/bin/sh
# Makes a Ruby function ready to be packed: checks its syntax, installs what it declares (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.rb
cd "$code"

ruby -E UTF-8 -c "$code/$entrypoint" >/dev/null || fail "$entrypoint does not parse; see the error above"

if [ -f Gemfile ]; then
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    # In the archive, and without the image's own gems. "standalone" writes a file that only extends the load path, so
    # that a worker's start need not wait for Bundler.
    export HOME="$home" BUNDLE_APP_CONFIG="$home" BUNDLE_GEMFILE="$code/Gemfile" BUNDLE_PATH="$code/.ruby-gems" \
        BUNDLE_WITHOUT=development:test BUNDLE_CLEAN=true
    rm -rf .ruby-gems
    # With a lock file exactly what it says; without one nothing is left behind but the gems.
    if [ -f Gemfile.lock ]; then
        BUNDLE_FROZEN=true /usr/local/src/fetch.sh bundle install --standalone || reason=failed
    else
        /usr/local/src/fetch.sh bundle install --standalone || reason=failed
        rm -f Gemfile.lock
    fi
    [ -z "${reason-}" ] || fail "the dependencies could not be installed; see the error above"
fi

record_entrypoint
