#!/bin/sh
# Writes a revision that takes the database to the models: scripts/create_migration.sh "add a table"
set -eu
if [ $# -ne 1 ] || [ -z "$1" ]; then
  echo "usage: $0 \"what the revision does\"" >&2
  exit 2
fi
. "${0%/*}/tools.sh"
padstone db upgrade
exec padstone db revision -m "$1"
