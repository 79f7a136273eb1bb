import type { Redis } from "ioredis";
import type { QueuePlace } from "./queue-place.ts";

export type Role = "collector" | "worker";

/** A program that is connected to the same Redis. */
export interface Member {
  readonly role: Role;
  readonly version: string;
}

/** Under which name a program connects, so that the others see it. */
export function memberName({ program, version }: QueuePlace, role: Role): string {
  return `${program}-${role}:${version}`;
}

/** Those that are there now; undefined where Redis does not say. */
export async function membersAt(redis: Redis, { program }: QueuePlace): Promise<readonly Member[] | undefined> {
  try {
    const list = String(await redis.client("LIST"));
    return list.split("\n").flatMap((line) => {
      const [, name, role, version] = /\bname=(\S+)-(collector|worker):(\S+)/.exec(line) ?? [];
      return name === program ? [{ role: role as Role, version: version! }] : [];
    });
  } catch {
    return undefined;
  }
}

/** The versions of those in that role, but for one's own. */
export function otherVersions(members: readonly Member[], role: Role, version: string): string[] {
  const versions = members.filter((one) => one.role === role && one.version !== version).map((one) => one.version);
  return [...new Set(versions)].sort();
}
