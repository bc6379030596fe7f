#!/bin/sh
# Installs Deno and Bun (a workspace of their own, with its own lock file) and runs core in them. Needs the
# repository's own install and its build.
set -eu
cd "$(dirname "$0")"
npx -y pnpm@12.21.0 install --frozen-lockfile
exec ../../node_modules/.bin/node ../../scripts/runtimes.ts "$PWD/node_modules/.bin"
