#!/bin/sh
# Starts the development server, reloading, with all that it needs: PostgreSQL, S3 and a mailbox.
# Arguments go to uvicorn: scripts/run_server.sh --port 8010
set -eu
. "${0%/*}/tools.sh"
exec uvicorn app.main:app --reload "$@"
