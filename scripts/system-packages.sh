#!/usr/bin/env bash
# Installs the Debian packages that tests use and this machine lacks. Never fails: a test without its package says so
# and is skipped.
set -u
cd "$(dirname "$0")/.." || exit 0
. scripts/root.sh
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v git >/dev/null || missing+=(git)
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
if command -v apt-get >/dev/null; then
  echo "installing for the tests: ${missing[*]}"
  if ! { as_root apt-get -qq update && as_root apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >/dev/null; then
    echo "could not install ${missing[*]}: the tests that need them will be skipped, saying so"
  fi
else
  echo "no apt-get here: the tests that need ${missing[*]} will be skipped, saying so"
fi
exit 0
