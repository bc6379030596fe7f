#!/bin/sh
# Rehearses a release: versions and builds a copy of the tree, publishes it to a registry on this machine, installs the
# packages by name and runs them. Takes --all for every package manager on every Node; --keep leaves the folder.
set -eu
cd "$(dirname "$0")"
npx -y pnpm@12.21.0 install --frozen-lockfile
../../node_modules/.bin/tsc -p .
exec ../../node_modules/.bin/node rehearse.ts "$@"
