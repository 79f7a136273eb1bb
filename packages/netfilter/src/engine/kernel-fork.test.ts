import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { expect, test } from "vitest";
import { parseIptablesSave } from "../text/iptables-parse.ts";
import { hook } from "./hook.ts";
import { Kernel } from "./kernel.ts";
import { Meter } from "./meter.ts";
import { Packet } from "./packet.ts";

const rules = `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.0.0.1:80
-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.2:80
COMMIT
`;

function picks(kernel: Kernel, firstPort: number): number[] {
  return Array.from({ length: 40 }, (_, i) => {
    const packet = new Packet();
    packet.protocol = 6;
    packet.tcpFlags = 2;
    packet.src0 = 0x0a010101;
    packet.sourcePort = firstPort + i;
    packet.dst0 = 0x0a600001;
    packet.destinationPort = 80;
    kernel.runHook(hook.PREROUTING, packet, new Meter(), null);
    return packet.dst0;
  });
}

test("a fork draws on where its original stands; with another seed it draws anew", () => {
  const clock = virtualClock();
  const kernel = new Kernel({ random: seededRandom("fork"), clock });
  kernel.load(parseIptablesSave(rules));
  const first = picks(kernel, 1000);
  const twin = kernel.fork({ random: seededRandom("fork"), clock: clock.fork() });
  const other = kernel.fork({ random: seededRandom("other"), clock: clock.fork() });
  const next = picks(kernel, 2000);
  expect(picks(twin, 2000)).toEqual(next);
  expect(next).not.toEqual(first);
  expect(picks(other, 2000)).not.toEqual(next);
});
