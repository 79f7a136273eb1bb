import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { describe, expect, it } from "vitest";
import { Conntrack, defaultTimeouts } from "./conntrack.ts";
import { ctState, Packet, tcpFlag } from "./packet.ts";

/**
 * Segments between a and b, and what `-m conntrack --ctstate` said of each on a node between them: Linux 6.18, segments made
 * by hand, with sequence numbers that fit.
 */
const recorded: readonly (readonly [segments: string, states: string])[] = [
  ["a:SYN", "NEW"],
  ["a:ACK", "NEW"],
  ["a:RST", "INVALID"],
  ["a:FIN", "INVALID"],
  ["a:FIN+ACK", "INVALID"],
  ["a:SYN+ACK", "INVALID"],
  ["a:RST+ACK", "INVALID"],
  ["a:NONE", "INVALID"],
  ["a:SYN+FIN", "INVALID"],
  ["a:SYN+RST", "INVALID"],
  ["a:PSH+ACK", "NEW"],
  ["a:PSH", "INVALID"],
  ["a:SYN+PSH", "NEW"],
  ["a:SYN a:SYN", "NEW NEW"],
  ["a:SYN a:ACK", "NEW INVALID"],
  ["a:SYN a:FIN+ACK", "NEW INVALID"],
  ["a:SYN a:RST", "NEW NEW"],
  ["a:SYN a:SYN+ACK", "NEW INVALID"],
  ["a:SYN b:SYN+ACK", "NEW ESTABLISHED"],
  ["a:SYN b:ACK", "NEW ESTABLISHED"],
  ["a:SYN b:FIN+ACK", "NEW INVALID"],
  ["a:SYN b:RST+ACK", "NEW ESTABLISHED"],
  ["a:SYN b:SYN", "NEW ESTABLISHED"],
  ["a:SYN b:RST", "NEW ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK", "NEW ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:FIN+ACK", "NEW ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:RST", "NEW ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:SYN", "NEW ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:SYN+ACK", "NEW ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:RST+ACK", "NEW ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:SYN", "NEW ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:RST", "NEW ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:SYN+ACK", "NEW ESTABLISHED ESTABLISHED INVALID"],
  ["a:SYN b:SYN+ACK a:ACK b:SYN", "NEW ESTABLISHED ESTABLISHED INVALID"],
  ["a:SYN b:SYN+ACK a:ACK b:ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK b:FIN+ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK b:RST", "NEW ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK b:SYN+ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:ACK a:ACK", "NEW NEW"],
  ["a:ACK a:SYN", "NEW NEW"],
  ["a:ACK a:SYN+ACK", "NEW INVALID"],
  ["a:ACK a:FIN+ACK", "NEW NEW"],
  ["a:ACK a:RST", "NEW NEW"],
  ["a:ACK b:ACK", "NEW ESTABLISHED"],
  ["a:ACK b:SYN", "NEW INVALID"],
  ["a:ACK b:SYN+ACK", "NEW ESTABLISHED"],
  ["a:ACK b:FIN+ACK", "NEW ESTABLISHED"],
  ["a:ACK b:RST", "NEW ESTABLISHED"],
  ["a:SYN b:RST+ACK a:ACK", "NEW ESTABLISHED NEW"],
  ["a:SYN b:RST+ACK a:SYN", "NEW ESTABLISHED NEW"],
  ["a:SYN b:RST+ACK a:SYN+ACK", "NEW ESTABLISHED INVALID"],
  ["a:SYN b:RST+ACK a:RST+ACK", "NEW ESTABLISHED INVALID"],
  ["a:SYN b:RST+ACK b:ACK", "NEW ESTABLISHED NEW"],
  ["a:SYN b:RST+ACK b:SYN", "NEW ESTABLISHED NEW"],
  ["a:SYN b:RST+ACK b:SYN+ACK", "NEW ESTABLISHED INVALID"],
  ["a:SYN b:RST+ACK b:RST+ACK", "NEW ESTABLISHED INVALID"],
  ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK a:ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK a:SYN", "NEW ESTABLISHED ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK a:FIN+ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK b:ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED ESTABLISHED"],
  ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK b:SYN", "NEW ESTABLISHED ESTABLISHED ESTABLISHED INVALID"],
  ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK b:FIN+ACK", "NEW ESTABLISHED ESTABLISHED ESTABLISHED ESTABLISHED"],
];

const stateNames = ["UNTRACKED", "NEW", "ESTABLISHED", "RELATED", "INVALID"];
const flagBits: Readonly<Record<string, number>> = { ...tcpFlag, PSH: 8, NONE: 0 };

function packetOf(segment: string): Packet {
  const [from, flags] = segment.split(":") as [string, string];
  const packet = new Packet();
  packet.protocol = 6;
  packet.tcpFlags = flags.split("+").reduce((bits, flag) => bits | flagBits[flag]!, 0);
  Object.assign(packet, from === "a" ? { src0: 1, dst0: 2 } : { src0: 2, dst0: 1 });
  Object.assign(packet, from === "a" ? { sourcePort: 9, destinationPort: 80 } : { sourcePort: 80, destinationPort: 9 });
  return packet;
}

describe("TCP segments have the state that a real node gives them", () => {
  it.each(recorded)("%s", (segments, states) => {
    const conntrack = new Conntrack(false, virtualClock(), defaultTimeouts);
    const found = segments.split(" ").map((segment) => {
      const packet = packetOf(segment);
      conntrack.track(packet);
      conntrack.confirm(packet);
      return stateNames[packet.ctState];
    });
    expect(found.join(" ")).toBe(states);
  });
});

it("a connection that is refused leaves nothing behind", () => {
  const clock = virtualClock();
  const conntrack = new Conntrack(false, clock, defaultTimeouts);
  for (const segment of ["a:SYN", "b:RST+ACK"]) {
    const packet = packetOf(segment);
    conntrack.track(packet);
    conntrack.confirm(packet);
    expect(packet.ctState).not.toBe(ctState.invalid);
  }
  expect([...conntrack.table.entries(clock.nowMs)]).toEqual([]);
});

describe("an entry lives as long as the kernel lets it in its state", () => {
  it.each([
    ["a:SYN", 120],
    ["a:SYN b:SYN+ACK", 432_000],
    ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK", 120],
    ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK b:ACK", 60],
    ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK b:FIN+ACK", 30],
    ["a:SYN b:SYN+ACK a:ACK a:FIN+ACK b:FIN+ACK a:ACK", 120],
    ["a:SYN b:SYN+ACK a:ACK b:RST", 10],
  ])("%s: %i s, and another one as soon as it is set", (segments, seconds) => {
    for (const factor of [1, 2]) {
      const clock = virtualClock();
      const conntrack = new Conntrack(false, clock, defaultTimeouts);
      const changed = Object.entries(defaultTimeouts).map(([name, value]) => [name, value * factor]);
      conntrack.setTimeouts(Object.fromEntries(changed));
      for (const segment of segments.split(" ")) {
        const packet = packetOf(segment);
        conntrack.track(packet);
        conntrack.confirm(packet);
      }
      const { table } = conntrack;
      expect([...table.entries(0)].map((entry) => table.expiresMs[entry]! / 1000)).toEqual([seconds * factor]);
    }
  });
});
