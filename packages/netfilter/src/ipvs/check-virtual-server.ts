import { familyOf } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { type RealServer, schedulerFlags, type VirtualServer } from "../ruleset/virtual-server.ts";
import { virtualServerKey } from "./virtual-server-key.ts";

const largestInt = 2 ** 31 - 1;
const largestWord = 2 ** 32 - 1;

/**
 * Would the kernel take this virtual server with its real ones?
 *
 * @throws ParseError for a number that is none of the kernel's, thresholds that are crossed, a real server that is there
 *   twice; UnsupportedError for an unknown scheduler or flag, with the known ones
 */
export function checkVirtualServer(virtualServer: VirtualServer, schedulers: Readonly<Record<string, unknown>>): void {
  const { scheduler, port, fwmark, persistenceTimeout, persistenceNetmask, realServers } = virtualServer;
  const where = virtualServerKey(virtualServer);
  if (!Object.hasOwn(schedulers, scheduler)) {
    const known = Object.keys(schedulers).join(", ");
    throw new UnsupportedError(`IPVS scheduler ${JSON.stringify(scheduler)}`, `${where}; modelled are ${known}`);
  }
  for (const flag of virtualServer.schedulerFlags) {
    if (schedulerFlags.includes(flag)) continue;
    const known = `${where}; the flags are ${schedulerFlags.join(", ")}`;
    throw new UnsupportedError(`scheduler flag ${JSON.stringify(flag)}`, known);
  }
  checkNumber(where, "port", port, 0, 65_535);
  if (fwmark !== undefined) checkNumber(where, "fwmark", fwmark, 1, largestWord);
  if (persistenceTimeout !== undefined) checkNumber(where, "persistenceTimeout", persistenceTimeout, 1, largestInt);
  if (persistenceNetmask !== undefined) {
    const [least, most] = familyOf(virtualServer.address) === "IPv6" ? [1, 128] : [0, 32];
    checkNumber(where, "persistenceNetmask", persistenceNetmask, least!, most!);
  }
  const seen = new Set<string>();
  for (const realServer of realServers) {
    checkRealServer(virtualServer, realServer);
    const end = joinHostPort(realServer.address, realServer.port);
    if (seen.has(end)) throw new ParseError(`${where}: the real server ${end} stands there twice`);
    seen.add(end);
  }
}

/** The same of one of its real servers. */
export function checkRealServer(virtualServer: VirtualServer, realServer: RealServer): void {
  const { address, port, weight, forward, upperThreshold, lowerThreshold } = realServer;
  const where = `${virtualServerKey(virtualServer)} -> ${joinHostPort(address, port)}`;
  checkNumber(where, "port", port, 0, 65_535);
  checkNumber(where, "weight", weight, 0, largestInt);
  checkNumber(where, "upperThreshold", upperThreshold, 0, largestWord);
  checkNumber(where, "lowerThreshold", lowerThreshold, 0, largestWord);
  if (lowerThreshold > upperThreshold) {
    throw new ParseError(`${where}: lowerThreshold ${lowerThreshold} is above upperThreshold ${upperThreshold}`);
  }
  if (familyOf(address) !== familyOf(virtualServer.address) && forward !== "Tunnel") {
    throw new ParseError(`${where}: only a tunnel leads to an address of the other family`);
  }
}

function checkNumber(where: string, name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ParseError(`${where}: ${name} must be a whole number from ${least} to ${most}, not ${value}`);
}
