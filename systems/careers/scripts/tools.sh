# Read by the scripts beside it: goes to the system's folder and finds the commands.
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PWD/../../.venv/bin:$PATH"
for tool in padstone uvicorn; do
  if ! command -v "$tool" >/dev/null; then
    echo "error: $tool is not installed. Run \`make setup\` first." >&2
    exit 1
  fi
done
