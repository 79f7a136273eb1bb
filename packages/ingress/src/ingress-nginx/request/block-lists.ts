import { MapPattern } from "../conf/map-pattern.ts";
import { isInRanges } from "./address-ranges.ts";
import type { RequestContext } from "./request-context.ts";

/** Patterns of lists of settings, which never change. */
const known = new WeakMap<readonly string[], readonly MapPattern[]>();

/** Which setting refuses a request before any location is looked for: the template's `$block_ua` and `$block_ref`. */
export function blockedBy({ settings, headers }: RequestContext): "block-user-agents" | "block-referers" | undefined {
  if (isListed(settings.blockUserAgents, headers["user-agent"])) return "block-user-agents";
  return isListed(settings.blockReferers, headers.referer) ? "block-referers" : undefined;
}

function isListed(list: readonly string[], value = ""): boolean {
  if (list.length === 0) return false;
  let patterns = known.get(list);
  if (patterns === undefined) {
    patterns = list.map((written) => new MapPattern(written));
    known.set(list, patterns);
  }
  return patterns.some((pattern) => pattern.test(value));
}

/** `block-cidrs`: `deny` for all servers, which counts where a location has no rules of its own. */
export function isBlockedAddress({ settings: { blockCidrs }, remoteAddress }: RequestContext): boolean {
  return blockCidrs.includes("all") || isInRanges(blockCidrs, remoteAddress);
}
