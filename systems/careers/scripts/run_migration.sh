#!/bin/sh
# Applies all migrations that are pending, or those up to a revision: scripts/run_migration.sh ID
set -eu
if [ $# -gt 1 ]; then
  echo "usage: $0 [REVISION]" >&2
  exit 2
fi
. "${0%/*}/tools.sh"
exec padstone db upgrade "$@"
