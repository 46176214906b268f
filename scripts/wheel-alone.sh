#!/usr/bin/env bash
# Builds the wheel, installs it alone with its locked requirements, and checks the example with it: nothing that is
# needed may be missing from the wheel, and nothing that tests use may be needed.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/python -m hatchling build -t wheel -d "$folder/wheel" >/dev/null
python3 -m venv "$folder/venv" 2>/dev/null || .venv/bin/python -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check install -q --require-hashes -r requirements/check.txt
"$folder/venv/bin/pip" --disable-pip-version-check install -q --no-deps "$folder"/wheel/*.whl
status=0
(cd "$folder" && WARDLINE_CACHE="$folder/cache" venv/bin/wardline check "$OLDPWD/examples/orders" \
  --advisories "$OLDPWD/examples/advisories" --only dependencies --write html=page.html --format json >report.json) || status=$?
test "$status" -eq 1
grep -q '"verdict": *"block"' "$folder/report.json"
grep -q '<style' "$folder/page.html"
echo "the wheel alone checks the example: exit $status, as expected"
