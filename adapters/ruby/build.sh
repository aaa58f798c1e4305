#!/bin/sh
# Makes a Ruby function ready to be packed: checks its syntax, installs what it declares (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.rb
cd "$code"

ruby -E UTF-8 -c "$code/$entrypoint" >/dev/null || fail "$entrypoint does not parse; see the error above"

# Bundler's two names for the same files.
if [ -f gems.rb ]; then gemfile=gems.rb lock=gems.locked; else gemfile=Gemfile lock=Gemfile.lock; fi
[ ! -f gems.rb ] || refuse "keep one of gems.rb and Gemfile, with its lock file" Gemfile Gemfile.lock
[ -f "$gemfile" ] || refuse "add the Gemfile that it belongs to" Gemfile.lock
[ -f gems.rb ] || refuse "add the gems.rb that it belongs to" gems.locked
if ! packages_kept && [ -f "$gemfile" ]; then
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    # In the archive, and without the image's own gems. "standalone" writes a file that only extends the load path, so
    # that a worker's start need not wait for Bundler.
    export HOME="$home" BUNDLE_APP_CONFIG="$home" BUNDLE_GEMFILE="$code/$gemfile" BUNDLE_PATH="$code/.ruby-gems" \
        BUNDLE_WITHOUT=development:test BUNDLE_CLEAN=true \
        BUNDLE_GLOBAL_GEM_CACHE=true BUNDLE_USER_CACHE="${RUNTIME_CACHE:-$home}/bundler"
    rm -rf .ruby-gems
    # With a lock file exactly what it says; without one nothing is left behind but the gems.
    if [ -f "$lock" ]; then
        BUNDLE_FROZEN=true /usr/local/src/fetch.sh bundle install --standalone || reason=failed
    else
        /usr/local/src/fetch.sh bundle install --standalone || reason=failed
        rm -f "$lock"
    fi
    [ -z "${reason-}" ] || fail "the dependencies could not be installed; see the error above"
    rm -rf .ruby-gems/*/*/cache # the gems as they came
fi

record_entrypoint
