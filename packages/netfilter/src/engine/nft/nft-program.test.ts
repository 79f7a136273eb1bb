import { fc, test } from "@fast-check/vitest";
import { parseAddressWords } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { expect } from "vitest";
import { NftError } from "../../nft/nft-error.ts";
import { parseNftCommands } from "../../text/nft-command-parse.ts";
import { printNftList } from "../../text/nft-list-print.ts";
import { hook } from "../hook.ts";
import { Kernel } from "../kernel.ts";
import { Meter } from "../meter.ts";
import { Packet } from "../packet.ts";

const addresses = ["10.0.0.1", "10.0.0.2", "10.0.1.3"];
const chains = ["c0", "c1", "c2"];
const bases = ["early", "late"];

const address = fc.constantFrom(...addresses);
const chain = fc.constantFrom(...chains);
const range = fc.constantFrom("10.0.0.0/24", "10.0.0.0/30", "10.0.1.3", "10.0.0.1");

/** One command; those that nft would refuse as things stand leave everything as it was. */
const command: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(address, chain).map(([a, c]) => `add element ip t services { ${a} : goto ${c} }`),
  address.map((a) => `add element ip t services { ${a} : drop }`),
  fc.tuple(address, chain).map(([a, c]) => `delete element ip t services { ${a} : goto ${c} }`),
  range.map((r) => `add element ip t ranges { ${r} }`),
  range.map((r) => `delete element ip t ranges { ${r} }`),
  fc.constant("flush set ip t ranges"),
  fc.constant("flush map ip t services"),
  chain.map((c) => `flush chain ip t ${c}`),
  fc.constantFrom(...bases).map((b) => `flush chain ip t ${b}`),
  chain.map((c) => `add rule ip t ${c} mark set mark xor 0x1`),
  fc.tuple(chain, range).map(([c, r]) => `add rule ip t ${c} ip saddr ${r} drop`),
  fc.constantFrom(...bases).map((b) => `add rule ip t ${b} ip daddr vmap @services`),
  fc.constantFrom(...bases).map((b) => `add rule ip t ${b} ip saddr @ranges mark set mark xor 0x2`),
  fc.constantFrom(...bases).map((b) => `delete chain ip t ${b}`),
  fc
    .tuple(fc.constantFrom(...bases), fc.constantFrom(-5, 0, 5))
    .map(([b, p]) => `add chain ip t ${b} { type filter hook forward priority ${p} ; }`),
  fc.constant("flush table ip t"),
);

const first = `add table ip t
add set ip t ranges { type ipv4_addr ; flags interval ; }
add map ip t services { type ipv4_addr : verdict ; }
${bases.map((name) => `add chain ip t ${name} { type filter hook forward priority 0 ; }`).join("\n")}
${chains.map((name) => `add chain ip t ${name}`).join("\n")}
add rule ip t early ip daddr vmap @services
add rule ip t late ip saddr @ranges mark set mark xor 0x4`;

const sets = new Map([
  ["ip t ranges", { type: ["ipv4_addr"], data: undefined }],
  ["ip t services", { type: ["ipv4_addr"], data: "verdict" }],
] as const);

function emptyKernel(): Kernel {
  return new Kernel({ random: seededRandom("p"), clock: virtualClock() });
}

/** What becomes of a packet from and to every address. */
function fates(kernel: Kernel): unknown[] {
  return addresses.flatMap((source) =>
    addresses.map((destination) => {
      const packet = new Packet();
      packet.src0 = parseAddressWords(source)![0]!;
      packet.dst0 = parseAddressWords(destination)![0]!;
      const meter = new Meter();
      const given = kernel.runHook(hook.FORWARD, packet, meter, null);
      return [given, packet.mark, meter.cost()];
    }),
  );
}

function apply(kernel: Kernel, text: string): boolean {
  const transactions = parseNftCommands(text, { sets });
  try {
    for (const transaction of transactions) kernel.applyNft(transaction);
    return true;
  } catch (error) {
    if (error instanceof NftError) return false;
    throw error;
  }
}

test.prop([fc.array(fc.array(command, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 25 })])(
  "a kernel that followed every change is one that was given them all at once",
  (transactions) => {
    const kernel = emptyKernel();
    apply(kernel, first);
    const held: string[] = [first];
    for (const commands of transactions) {
      if (apply(kernel, commands.join("\n"))) held.push(commands.join("\n"));
      fates(kernel);
    }
    const fresh = emptyKernel();
    for (const text of held) expect(apply(fresh, text)).toBe(true);
    expect(fates(kernel)).toEqual(fates(fresh));
    const twin = kernel.fork({ random: seededRandom("p"), clock: virtualClock() });
    expect(fates(twin)).toEqual(fates(fresh));
    expect(printNftList(kernel.nftTable("ip", "t")!)).toBe(printNftList(fresh.nftTable("ip", "t")!));
  },
);
