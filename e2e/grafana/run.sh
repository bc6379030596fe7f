#!/bin/sh
# Installs what the browser test needs (a workspace of its own, with its own lock file) and runs it.
# Takes --update, which writes docs/images/, and --proxy with the folder of a run of the proxy under faults, which
# draws that. Needs the repository's own install, Chromium and Prometheus.
set -eu
cd "$(dirname "$0")"
program=render.ts
if [ "${1:-}" = --proxy ]; then
  program=proxy.ts
  set -- --proxy "$(cd "${OLDPWD}" && realpath "$2")"
fi
npx -y pnpm@12.21.0 install --frozen-lockfile
../../node_modules/.bin/tsc -p .
exec ../../node_modules/.bin/node --conditions=@defender-resilience/source "$program" "$@"
