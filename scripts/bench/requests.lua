-- Sends the requests of a file in a random order, and says how it went as one line of JSON.
-- A line: method, path, bearer token and body, separated by tabs. `{n}` in a body becomes a number of eight digits that
-- no other request of the run has: `wrk … -- <file> <first number>`.
local threads = 0

function setup(thread)
  thread:set("place", threads)
  threads = threads + 1
end

function init(args)
  math.randomseed(place + 1)
  number = tonumber(args[2] or "0") + place * 200000
  prepared, open = {}, {}
  for line in io.lines(args[1]) do
    local method, path, token, body = line:match("^([^\t]+)\t([^\t]+)\t([^\t]+)\t(.*)$")
    local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
    if body == "" then body = nil end
    if body and body:find("{n}", 1, true) then
      open[#open + 1] = { method, path, headers, body }
    else
      prepared[#prepared + 1] = wrk.format(method, path, headers, body)
    end
  end
end

function request()
  if #prepared > 0 then return prepared[math.random(#prepared)] end
  local one = open[math.random(#open)]
  number = number + 1
  return wrk.format(one[1], one[2], one[3], (one[4]:gsub("{n}", string.format("%08d", number % 100000000))))
end

function done(summary, latency)
  local bad = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "p50_us": %d, "p95_us": %d, "p99_us": %d, "bytes": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(95), latency:percentile(99),
    summary.bytes, bad.status, bad.connect + bad.read + bad.write + bad.timeout))
end
