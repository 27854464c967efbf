-- Sends the plan's requests in turn, each with a number of its own where it has a place for one,
-- and says what came of it in JSON. The plan is a file that wrk.py writes.
local plan = dofile(os.getenv("BENCHMARK_PLAN"))
local place, number, requests = 0, plan.first, plan.requests

function request()
  place = place % #requests + 1
  local parts = requests[place]
  if not parts[2] then
    return parts[1]
  end
  number = number + 1
  return parts[1] .. string.format("%012d", number) .. parts[2]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"count": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
