#!/bin/sh
# Builds the site of the docs and looks at it in Chromium: accessibility, width, search and the explainer.
# Takes --screenshots FOLDER. Needs the repository's own install and Chromium.
set -eu
cd "$(dirname "$0")"
npx -y pnpm@12.21.0 install --frozen-lockfile
../../node_modules/.bin/tsc -p .
(cd ../.. && npx -y pnpm@12.21.0 run docs:build >/dev/null)
exec ../../node_modules/.bin/node check.ts "$@"
