// A group is three keys with one hash tag. `calls`: a sorted set of permits by the time at which each
// call arrives at the latest, and the epoch as the member with the score +inf, so that what evicts the
// calls changes the epoch. `state`: a hash of the end of the pause and the learned limits. `processes`:
// a sorted set of processes by the time at which each asked last.
const HEAD = `
local calls, state, processes = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function epoch_of(fresh)
  local last = redis.call('ZREVRANGE', calls, 0, 0)[1]
  if last and string.sub(last, 1, 6) == 'epoch:' then return last end
  redis.call('ZADD', calls, '+inf', 'epoch:' .. fresh)
  return 'epoch:' .. fresh
end

local function keep(key, ms)
  redis.call('PEXPIRE', key, math.max(math.ceil(ms), redis.call('PTTL', key)))
end
`;

/** permit, process, transitMs, fresh epoch, then windowMs and limit of each window */
export const TAKE: string = `${HEAD}
local permit, process, transit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local shortest, longest, windows = math.huge, 0, {}
for i = 5, #ARGV, 2 do
  local ms = tonumber(ARGV[i])
  windows[#windows + 1] = { ms = ms, limit = tonumber(ARGV[i + 1]) }
  shortest, longest = math.min(shortest, ms), math.max(longest, ms)
end

redis.call('ZADD', processes, now, process)
if #windows > 0 then
  redis.call('ZREMRANGEBYSCORE', processes, '-inf', now - shortest)
  keep(processes, shortest)
else
  keep(processes, 60000)
end

local epoch, used, wait = '', {}, 0
local paused = math.max((tonumber(redis.call('HGET', state, 'paused-until')) or 0) - now, 0)
local known = redis.call('ZSCORE', calls, permit)
if #windows > 0 then
  epoch = epoch_of(ARGV[4])
  redis.call('ZREMRANGEBYSCORE', calls, '-inf', now - longest)
  local total = redis.call('ZCARD', calls) - 1
  for i, window in ipairs(windows) do
    used[i] = redis.call('ZCOUNT', calls, string.format('(%.3f', now - window.ms), '(+inf')
    if used[i] >= window.limit then
      -- The call at that place from the newest must leave the window first.
      local at = redis.call('ZRANGE', calls, total - window.limit, total - window.limit, 'WITHSCORES')
      wait = math.max(wait, at[2] + window.ms - now)
    end
  end
end

wait = known and 0 or math.max(wait, paused)
if wait == 0 and not known and #windows > 0 then
  redis.call('ZADD', calls, now + 1 + transit, permit)
  for i in ipairs(used) do used[i] = used[i] + 1 end
end
if #windows > 0 then keep(calls, longest + transit + 1000) end

local learned = {}
local fields = redis.call('HGETALL', state)
for i = 1, #fields, 2 do
  local ms = string.match(fields[i], '^limit:(.+)$')
  if ms then
    local limit, at = string.match(fields[i + 1], '^(%d+):(%d+)$')
    if now - at < 5 * ms then learned[#learned + 1] = { ms, limit, now - at } end
  end
end
local granted = wait == 0 and 1 or 0
return { granted, math.ceil(wait), now + 1, redis.call('ZCARD', processes), paused, epoch, used, learned }
`;

/** permit, then the arrival or nothing */
export const SETTLE: string = `${HEAD}
if ARGV[2] == '' then redis.call('ZREM', calls, ARGV[1])
else redis.call('ZADD', calls, 'XX', ARGV[2], ARGV[1]) end
return 1
`;

/** keepMs, fresh epoch, pauseMs, number of limits, windowMs and limit of each, then permit and age of each call */
export const REPORT: string = `${HEAD}
local keepMs, pause, limits = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
if pause > 0 then
  local before = tonumber(redis.call('HGET', state, 'paused-until')) or 0
  redis.call('HSET', state, 'paused-until', math.max(before, now + pause))
end
for i = 5, 4 + 2 * limits, 2 do
  redis.call('HSET', state, 'limit:' .. ARGV[i], ARGV[i + 1] .. ':' .. now)
end
if pause > 0 or limits > 0 then keep(state, math.max(pause, 5 * keepMs)) end
if #ARGV > 4 + 2 * limits then
  epoch_of(ARGV[2])
  for i = 5 + 2 * limits, #ARGV, 2 do
    redis.call('ZADD', calls, 'NX', now - ARGV[i + 1], ARGV[i])
  end
  keep(calls, keepMs + 60000)
end
return 1
`;
