import { ParseError } from "@kubenetsim/core/runtime/errors";
import { Redis } from "ioredis";
import { reasonOf } from "../job.ts";
import { type QueuePlace, requireRedisUrl, shownUrl } from "./queue-place.ts";

const connectMs = 10_000;
/** Between two attempts to come back, at most. */
const retryMs = 1000;

/**
 * A connection that comes back by itself once it stood: commands wait for that.
 *
 * @param name what other programs at this Redis see of it
 * @throws ParseError where there is no Redis that lets us in
 */
export async function connectTo({ url }: QueuePlace, name: string): Promise<Redis> {
  requireRedisUrl(url);
  let stood = false;
  let problem: unknown;
  const redis = new Redis(url, {
    connectionName: name,
    connectTimeout: connectMs,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (stood ? Math.min(times * 100, retryMs) : null),
  });
  redis.on("error", (error) => {
    problem ??= error;
  });
  try {
    await redis.connect();
    await requirePasswordWanted(redis);
    // The client itself stays silently in database 0 where there is no other.
    await redis.select(redis.options.db ?? 0);
  } catch (error) {
    redis.disconnect();
    throw cannotConnect(url, problem ?? error);
  }
  stood = true;
  return redis;
}

/** The client itself goes on with a warning where there is a password for a Redis that has none: it is hardly the right one. */
async function requirePasswordWanted(redis: Redis): Promise<void> {
  const { username, password } = redis.options;
  if (password) await (username ? redis.auth(username, password) : redis.auth(password));
}

const reasons: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ECONNREFUSED: ["nothing listens there", "start redis-server there, or correct the URL"],
  ENOTFOUND: ["there is no such host", "correct the URL"],
  EAI_AGAIN: ["the name of the host cannot be resolved now", "correct the URL, or try again"],
  ETIMEDOUT: ["no answer", "is that host up, may this one reach it, and is it with TLS (rediss://) or without?"],
  ECONNRESET: ["it ended the connection", "is it a Redis, and with TLS (rediss://) or without?"],
  EPROTO: ["it does not speak TLS", "give redis:// in place of rediss://"],
};

/** What a Redis answers, by how the answer begins. */
const answers: readonly (readonly [RegExp, reason: string])[] = [
  [/^NOAUTH/, "it wants a password"],
  [/without any password/i, "it has no password, but the URL gives one"],
  [/^WRONGPASS|invalid.*password/i, "user or password is wrong"],
  [/^NOPERM/, "the user may not do that"],
  [/DB index/i, "it has no such database"],
];
const urlHint = "the URL is redis://USER:PASSWORD@HOST:PORT/DB";

function cannotConnect(url: string, problem: unknown): ParseError {
  const text = reasonOf(problem);
  const answer = answers.find(([pattern]) => pattern.test(text));
  const code = (problem as { code?: string }).code ?? "";
  const [reason, hint] = answer === undefined ? (reasons[code] ?? [text, "is it a Redis?"]) : [answer[1], urlHint];
  return new ParseError(`cannot use the Redis at ${shownUrl(url)}: ${reason}`, { hint });
}
