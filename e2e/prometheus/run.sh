#!/usr/bin/env bash
# Runs the tests of alerts and dashboards with the newest Prometheus and Alertmanager that Debian packages, beside
# those that are installed. Takes `--all`, which adds the tests in real time: a lost permission up to a webhook.
# Other programs are used where PROMETHEUS, PROMTOOL and ALERTMANAGER name them.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

missing() {
  echo "The newest Prometheus is not tested: $1" >&2
  if [ "${CI:-}" = true ]; then exit 1; else exit 0; fi
}

# Only known after an update.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -1
}

# Debian's testing release by apt itself, which knows the mirror and checks signatures. Nothing is installed.
download() {
  command -v apt-get >/dev/null || missing "it is taken from Debian's packages, and there is no apt-get"
  local mirror
  mirror=$(debian_mirror)
  if [ -z "$mirror" ] && apt-get -qq update; then mirror=$(debian_mirror); fi
  [ -n "$mirror" ] || missing 'apt knows no mirror of Debian: run apt-get update'
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror testing main" >"$work/sources.list"
  mkdir "$work/lists" "$work/cache"
  local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o Acquire::Languages=none
    -o "APT::Sandbox::User=$(id -un)")
  "${apt[@]}" update && (cd "$work" && "${apt[@]}" download prometheus promtool prometheus-alertmanager) ||
    missing "$mirror does not have it"
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
  local bin=$work/root/usr/bin
  export PROMETHEUS=$bin/prometheus PROMTOOL=$bin/promtool ALERTMANAGER=$bin/prometheus-alertmanager
  "$PROMETHEUS" --version >/dev/null || missing 'it does not run on this system'
}

if [ -z "${PROMETHEUS:-}" ]; then download; fi
"$PROMETHEUS" --version 2>&1 | head -1

tests=packages/prom/test/monitoring
files=("$tests/rules.e2e.test.ts" "$tests/dashboards.e2e.test.ts")
if [ "${1:-}" = --all ]; then files+=("$tests/alerts.e2e.test.ts" "$tests/prometheus.e2e.test.ts"); fi
npx -y pnpm@12.21.0 exec vitest run "${files[@]}" --maxWorkers=1
