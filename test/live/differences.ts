import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { canonicalNftList } from "@kubenetsim/netfilter/text/nft-canonical";
import { parseNftList } from "@kubenetsim/netfilter/text/nft-list-parse";
import type { ProxyCase } from "@kubenetsim/testing";
import type { Difference } from "./difference.ts";
import { canonicalNftInput } from "./nft-input.ts";
import { ownSteps } from "./own-proxy.ts";
import type { PeerAnswer, PeerStep } from "./peer-answers.ts";
import { canonicalRestoreInput } from "./restore-input.ts";

/** The first difference between the peer's answer and ours; undefined when there is none. */
export function differenceOf(one: ProxyCase, answer: PeerAnswer): Difference | undefined {
  const { steps } = answer;
  if (steps === null || steps === undefined || answer.error !== undefined) {
    return { step: 0, where: "peer", text: answer.error ?? "no answer" };
  }
  let ours: readonly PeerStep[];
  try {
    ours = ownSteps(
      one,
      steps.some(({ dumps }) => Object.values(dumps).some((dump) => dump.includes("-m nfacct"))),
    );
  } catch (problem) {
    return { step: 0, where: "our own", text: String((problem as Error).stack) };
  }
  for (const [step, real] of steps.entries()) {
    for (const name of Object.keys(real.dumps)) {
      const texts = [
        { where: name, real: canonicalDump(name, real.dumps[name]!), own: ours[step]!.dumps[name] ?? "" },
        {
          where: `input of ${name}`,
          real: real.inputs[name]!.map((text) => canonicalInput(name, text)).join("--\n"),
          own: (ours[step]!.inputs[name] ?? []).join("--\n"),
        },
      ];
      for (const { where, real, own } of texts) {
        if (real !== own) return { step, where, text: firstDifference(real, own) };
      }
    }
  }
  return undefined;
}

function canonicalDump(name: string, text: string): string {
  return name.startsWith("nft") ? canonicalNftList(parseNftList(text)[0]!) : canonicalIptablesSave(text);
}

function canonicalInput(name: string, text: string): string {
  return name.startsWith("nft") ? canonicalNftInput(text) : canonicalRestoreInput(text);
}

/** The first line in which two texts differ. */
export function firstDifference(real: string, own: string): string {
  const expected = real.split("\n");
  const got = own.split("\n");
  const longest = Math.max(expected.length, got.length);
  const line = Array.from({ length: longest }, (_, at) => at).find((at) => expected[at] !== got[at])!;
  return `line ${line + 1}\n  real: ${expected[line] ?? "(no more)"}\n  ours: ${got[line] ?? "(no more)"}`;
}
