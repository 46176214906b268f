#!/usr/bin/env bash
# The check step of action.yml: inputs come in the environment, and each stays one word whatever is in it.
# The status is wardline's own: 1 block, 2 asked wrongly and 3 cannot say all fail the step; none of them is neutral.
set -euo pipefail

report="$RUNNER_TEMP/wardline-report"
options=("--write=markdown=$GITHUB_STEP_SUMMARY")
for pair in "--diff=$INPUT_DIFF_BASE" "--only=$INPUT_ONLY" "--fail-on=$INPUT_FAIL_ON" "--advisories=$INPUT_ADVISORIES"; do
  if [ -n "${pair#*=}" ]; then options+=("$pair"); fi
done
if [ -n "$INPUT_FORMAT" ]; then options+=("--write=$INPUT_FORMAT=$report"); fi

status=0
"${WARDLINE_BIN:-$RUNNER_TEMP/wardline/bin/wardline}" check "${options[@]}" -- "$INPUT_PATH" || status=$?

case $status in
  0) verdict=pass ;;
  1) verdict=block; echo "::error::Wardline blocks: see the step summary" ;;
  2) verdict=asked-wrongly; echo "::error::Wardline was asked wrongly: see the log of this step" ;;
  *) verdict=cannot-say; echo "::error::Wardline cannot say: something in scope was not examined, and that is no pass" ;;
esac
echo "verdict=$verdict" >> "$GITHUB_OUTPUT"
if [ -f "$report" ]; then echo "report=$report" >> "$GITHUB_OUTPUT"; fi
exit "$status"
