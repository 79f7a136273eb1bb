/** What a sync feeds to iptables-restore is written without making its rules; it must say what they say. */
import type { IpFamily } from "@kubenetsim/core/net/address";
import { type IptablesProgram, printRestoreInput, restoreWords, syncIptables } from "@kubenetsim/proxy";
import { randomProxyCase } from "@kubenetsim/testing";
import { expect, it } from "vitest";
import { OwnView } from "./own-view.ts";

const families: readonly IpFamily[] = ["IPv4", "IPv6"];
const clusters = 200;

it("says of random clusters, sync by sync, what their rules are", { timeout: 60_000 }, () => {
  let ofEndpoints = 0;
  let large = 0;
  for (let number = 0; number < clusters; number++) {
    const one = randomProxyCase(8_000_000 + number, { mode: "iptables", maxSteps: 3 });
    const view = new OwnView(families[number % 2]!, one, false);
    let program: IptablesProgram | undefined;
    for (const step of [one, ...one.steps]) {
      program = syncIptables(program, view.see(step).snapshot);
      const expected = wordsByChain(program);
      expect(linesByChain(printRestoreInput(program)), `case ${number}`).toEqual(expected);
      for (const chain of expected.keys()) if (chain.includes("KUBE-SEP-")) ofEndpoints++;
      if (program.largeCluster) large++;
    }
  }
  expect(ofEndpoints).toBeGreaterThan(clusters);
  expect(large).toBeGreaterThan(0);
});

/** The words of the rules of each chain that the text names, in their order. */
function linesByChain(text: Uint8Array): Map<string, string[]> {
  const byChain = new Map<string, string[]>();
  let table = "";
  for (const line of new TextDecoder().decode(text).split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    const [start, chain = "", ...words] = line.split(" ");
    if (start!.startsWith(":")) byChain.set(`${table} ${start!.slice(1)}`, []);
    if (start === "-A") byChain.get(`${table} ${chain}`)!.push(words.join(" "));
  }
  return byChain;
}

function wordsByChain({ input }: IptablesProgram): Map<string, string[]> {
  const byChain = new Map<string, string[]>();
  for (const { name, chains, deleted } of input.tables) {
    for (const chain of chains) byChain.set(`${name} ${chain.name}`, chain.rules.map(restoreWords));
    for (const chain of deleted) byChain.set(`${name} ${chain}`, []);
  }
  return byChain;
}
