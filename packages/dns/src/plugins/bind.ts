import { parseAddress } from "@kubenetsim/core/net/address";
import type { Dispenser } from "../corefile/dispenser.ts";
import type { PluginDefinition } from "./plugin.ts";

/** Listens on some addresses alone; it offers them (plugin/bind). */
export const bind: PluginDefinition = {
  name: "bind",
  setup: ({ words, surroundings }) => ({ offers: readAddresses(words(), surroundings.addresses) }),
};

function readAddresses(words: Dispenser, own: readonly string[]): string[] {
  const all: string[] = [];
  while (words.next()) {
    const named = words.remainingArgs();
    if (named.length === 0) throw words.plainErr("at least one address or interface name is expected");
    let except: string[] = [];
    while (words.nextBlock()) {
      if (words.val() !== "except") throw words.plainErr(`invalid option "${words.val()}"`);
      except = words.remainingArgs();
      if (except.length === 0) {
        throw words.plainErr("at least one address or interface must be given to except subdirective");
      }
    }
    const excluded = listed(words, except, own);
    all.push(...listed(words, named, own).filter((address) => !excluded.includes(address)));
  }
  return all;
}

/** A Pod has the interfaces `lo` and `eth0`. */
function listed(words: Dispenser, names: readonly string[], own: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (name === "lo") return ["127.0.0.1", "::1"];
    if (name === "eth0") return [...own];
    if (parseAddress(name) === undefined) throw words.plainErr(`not a valid IP address or interface name: "${name}"`);
    return [name];
  });
}
