#!/bin/sh
# Installs what the browser test needs (a workspace of its own, with its own lock file) and runs it.
# Takes --update, which writes docs/images/. Needs the repository's own install, Chromium and Prometheus.
set -eu
cd "$(dirname "$0")"
npx -y pnpm@12.21.0 install --frozen-lockfile
../../node_modules/.bin/tsc -p .
exec ../../node_modules/.bin/node --conditions=@defender-resilience/source render.ts "$@"
