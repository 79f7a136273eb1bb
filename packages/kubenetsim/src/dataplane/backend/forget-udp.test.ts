import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { expect, test } from "vitest";
import { forgetUdp } from "./forget-udp.ts";

const words = (address: string) => addressWords(address as IpAddress);

test("forgets the UDP flows that were opened to an address, and no others", () => {
  const kernel = new Kernel({ random: seededRandom("udp"), clock: virtualClock(), devices: [] });
  for (const [protocol, destination] of [
    [17, "10.96.0.53"],
    [6, "10.96.0.53"],
    [17, "240.0.0.1"],
  ] as const) {
    const packet = new Packet();
    Object.assign(packet, { protocol, src0: words("10.1.0.1")[0], dst0: words(destination)[0], tcpFlags: 2 });
    Object.assign(packet, { sourcePort: 1000, destinationPort: 53 });
    for (const at of [hook.PREROUTING, hook.INPUT]) kernel.runHook(at, packet, new Meter(), null);
  }
  const { table } = kernel.conntrack("IPv4");
  expect(table.size).toBe(3);
  forgetUdp(table, [], 0);
  forgetUdp(table, [words("10.96.0.54")], 0);
  expect(table.size).toBe(3);
  forgetUdp(table, [words("10.96.0.53")], 0);
  expect(table.size).toBe(2);
  forgetUdp(table, [words("240.0.0.1")], 0);
  expect(table.size).toBe(1);
});
