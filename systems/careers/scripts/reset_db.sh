#!/bin/sh
# Drops everything in the development database, applies all migrations and writes the first data.
# A database that is given by DATABASE_URL is emptied only with --confirm NAME.
set -eu
. "${0%/*}/tools.sh"
padstone db reset "$@"
exec padstone seed
