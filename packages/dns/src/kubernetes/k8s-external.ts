import type { Dispenser } from "../corefile/dispenser.ts";
import { integerOf } from "../corefile/integer.ts";
import { originsOf } from "../corefile/zone-and-port.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { PluginDefinition } from "../plugins/plugin.ts";
import { type ExternalOptions, ExternalPlugin } from "./external-plugin.ts";

/** Names of Services by their external addresses (plugin/k8s_external). */
export const k8sExternal: PluginDefinition = {
  name: "k8s_external",
  setup: ({ words, zones, block, sibling, askSelf }) => {
    const dispenser = words();
    const options = readExternalOptions(dispenser, zones);
    if (!block.directives.some(({ name }) => name === "kubernetes")) {
      throw dispenser.plainErr("kubernetes plugin not loaded");
    }
    return new ExternalPlugin(options, sibling, askSelf);
  },
};

/** Zones are those of its last line. */
function readExternalOptions(words: Dispenser, blockZones: readonly DnsName[]): ExternalOptions {
  let options: ExternalOptions = { zones: [], ttl: 5, apex: "dns", headless: false, fallthrough: [] };
  while (words.next()) {
    options = { ...options, zones: originsOf(words.remainingArgs(), blockZones) };
    while (words.nextBlock()) options = { ...options, ...readOption(words) };
  }
  return options;
}

function readOption(words: Dispenser): Partial<ExternalOptions> {
  switch (words.val()) {
    case "ttl": {
      const ttl = integerOf(firstArg(words), (problem) => words.plainErr(problem));
      if (ttl < 0 || ttl > 3600) throw words.err(`ttl must be in range [0, 3600]: ${ttl}`);
      return { ttl };
    }
    case "apex":
      return { apex: firstArg(words) };
    case "headless":
      return { headless: true };
    case "fallthrough":
      return { fallthrough: originsOf(words.remainingArgs(), ["."]) };
    default:
      throw words.err(`unknown property '${words.val()}'`);
  }
}

function firstArg(words: Dispenser): string {
  const [first] = words.remainingArgs();
  if (first === undefined) throw words.argErr();
  return first;
}
