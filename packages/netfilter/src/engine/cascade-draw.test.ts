import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { parseIptablesSave } from "../text/iptables-parse.ts";
import type { Chooser } from "./chooser.ts";
import { hook } from "./hook.ts";
import { Kernel } from "./kernel.ts";
import { Meter } from "./meter.ts";
import { Packet } from "./packet.ts";

/** A cascade over n endpoints as kube-proxy writes it: "%0.10f" of 1/left, none for the last. */
function cascadeText(endpoints: number): string {
  const rules = Array.from({ length: endpoints }, (_, i) => {
    const left = endpoints - i;
    const chance = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}` : "";
    return `-A SVC${chance} -j SEP${i}\n-A SEP${i} -p tcp -j DNAT --to-destination 10.0.0.1:${i + 1}`;
  });
  const chains = rules.map((_, i) => `:SEP${i} - [0:0]\n`).join("");
  return `*nat\n:PREROUTING ACCEPT [0:0]\n:SVC - [0:0]\n${chains}-A PREROUTING -j SVC\n${rules.join("\n")}\nCOMMIT\n`;
}

/** The kernel's thresholds: what libxt_statistic makes of the text. */
function thresholds(endpoints: number): bigint[] {
  return Array.from({ length: endpoints }, (_, i) =>
    i === endpoints - 1 ? 2n ** 31n : BigInt(Math.round(Number((1 / (endpoints - i)).toFixed(10)) * 2 ** 31)),
  );
}

function kernelOf(endpoints: number, engine: "index" | "walk" = "index"): Kernel {
  const kernel = new Kernel({ random: seededRandom("cascade"), clock: virtualClock(), engine });
  kernel.load(parseIptablesSave(cascadeText(endpoints)));
  return kernel;
}

function send(kernel: Kernel, packet: Packet, meter: Meter): number {
  packet.protocol = 6;
  packet.stateless = true;
  packet.destinationPort = 0;
  packet.dst0 = 7;
  packet.resetMetadata();
  packet.fate.begin(-1);
  kernel.runHook(hook.PREROUTING, packet, meter, null);
  return packet.destinationPort - 1;
}

/** Says no until the chosen question, and remembers what it was asked. */
class Script implements Chooser {
  readonly asked: [part: number, whole: number][] = [];
  readonly #yesAt: number;

  constructor(yesAt: number) {
    this.#yesAt = yesAt;
  }

  happens(part: number, whole: number): boolean {
    return this.asked.push([part, whole]) - 1 === this.#yesAt;
  }

  below(): number {
    throw new Error("no rule here chooses among several");
  }
}

describe("a chooser", () => {
  it.each(["index", "walk"] as const)(
    "is asked with the kernel's thresholds over 2^31, rule after rule (%s)",
    (engine) => {
      for (const endpoints of [1, 2, 3, 7, 250]) {
        const wanted = thresholds(endpoints);
        const kernel = kernelOf(endpoints, engine);
        for (const yes of new Set([0, endpoints >> 1, endpoints - 1])) {
          const packet = new Packet();
          const script = new Script(yes);
          packet.fate.chooser = script;
          expect(send(kernel, packet, new Meter())).toBe(yes);
          const asked = Math.min(yes + 1, endpoints - 1);
          expect(script.asked).toEqual(wanted.slice(0, asked).map((part) => [Number(part), 2 ** 31]));
        }
      }
    },
  );
});

/** Wilson and Hilferty: the standard normal deviate with the same tail as a χ² of `freedom` degrees. */
function deviate(chiSquare: number, freedom: number): number {
  const spread = 2 / (9 * freedom);
  return ((chiSquare / freedom) ** (1 / 3) - (1 - spread)) / Math.sqrt(spread);
}

/** The deviate beyond which a χ² comes by chance in one case of ten thousand. */
const rare = 3.719;

describe("draws with a seed", () => {
  it.each([2, 3, 10, 100])("fall on %i endpoints as the thresholds say (a million packets)", (endpoints) => {
    const kernel = kernelOf(endpoints);
    const counts = new Float64Array(endpoints);
    const packet = new Packet();
    const meter = new Meter();
    const packets = 1_000_000;
    for (let i = 0; i < packets; i++) counts[send(kernel, packet, meter)]!++;
    let left = 1;
    let chiSquare = 0;
    for (const [i, part] of thresholds(endpoints).entries()) {
      const expected = packets * left * (Number(part) / 2 ** 31);
      chiSquare += (counts[i]! - expected) ** 2 / expected;
      left *= 1 - Number(part) / 2 ** 31;
    }
    expect(deviate(chiSquare, endpoints - 1)).toBeLessThan(rare);
  });
});
