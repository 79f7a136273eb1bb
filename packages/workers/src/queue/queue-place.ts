import { ParseError } from "@kubenetsim/core/runtime/errors";

/** Where a program's jobs wait: those of another version wait elsewhere, since their outputs may differ. */
export interface QueuePlace {
  /** Of Redis: `redis://[USER:PASSWORD@]HOST[:PORT][/DB]`, or `rediss://` for TLS. */
  readonly url: string;
  /** Of the program, in the names of all keys. */
  readonly program: string;
  /** Whatever outputs may differ with: no spaces, no colons. */
  readonly version: string;
}

export const queueName = ({ version }: QueuePlace): string => `jobs-${version}`;

/** A hash of finished jobs: index → output as JSON. */
export const outputsKey = (place: QueuePlace, run: string): string =>
  `${place.program}:${queueName(place)}:outputs:${run}`;

/** How long outputs stay that nobody collects, and jobs that have failed. */
export const keptForSeconds: number = 7 * 24 * 3600;

/** Of a job in its queue; of jobs that are put there again only one remains. */
export const jobId = (run: string, index: number): string => `${run}-${index}`;

/** The run that a queued job is of, and its index. */
export function partsOfJobId(id: string): { readonly run: string; readonly index: number } {
  const at = id.lastIndexOf("-");
  return { run: id.slice(0, at), index: Number(id.slice(at + 1)) };
}

/** As it may be shown: without the password. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

/** @throws ParseError for what is no URL of a Redis */
export function requireRedisUrl(url: string): void {
  const hint = "for example redis://127.0.0.1:6379, or redis://:PASSWORD@HOST:PORT/DB";
  if (!URL.canParse(url)) throw new ParseError("--queue takes the URL of a Redis", { hint });
  const { protocol, hostname, pathname, username, password } = new URL(url);
  if (protocol !== "redis:" && protocol !== "rediss:") {
    throw new ParseError(`--queue takes a URL with redis:// or rediss://, not ${protocol}//`, { hint });
  }
  if (hostname === "") throw new ParseError("--queue: the URL names no host", { hint });
  if (![username, password].every(isEncoded)) {
    throw new ParseError("--queue: in the user or password stands a % that begins no sign", {
      hint: "write % as %25, @ as %40, / as %2F, : as %3A",
    });
  }
  if (!/^\/?\d{0,9}$/.test(pathname)) {
    throw new ParseError(`--queue: a database of Redis is a number, not "${pathname.slice(1)}"`, { hint });
  }
}

/** Can it be decoded: does each % begin the bytes of a sign? */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
