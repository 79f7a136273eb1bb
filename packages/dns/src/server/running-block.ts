import type { ServerKey } from "../corefile/corefile.ts";
import type { DnsHandler, RunningPlugin } from "../plugins/plugin.ts";
import { type PluginName, pluginOrder } from "../plugins/plugin-order.ts";

/** A server block with its plugins set up. */
export interface RunningBlock {
  readonly keys: readonly ServerKey[];
  readonly plugins: ReadonlyMap<PluginName, RunningPlugin>;
  /** The plugins as one handler. Undefined where none of them handles queries. */
  readonly chain: DnsHandler | undefined;
  /** Where it listens: `[""]` for everywhere. */
  readonly addresses: readonly string[];
  readonly answersOtherClasses: boolean;
}

/** Plugins with which queries of other classes come through (core/dnsserver/server.go, EnableChaos). */
const answeringOtherClasses: readonly PluginName[] = ["chaos", "forward"];

export function runningBlock(
  keys: readonly ServerKey[],
  plugins: ReadonlyMap<PluginName, RunningPlugin>,
): RunningBlock {
  return {
    keys,
    plugins,
    chain: chainOf(plugins),
    addresses: boundAddresses(plugins.get("bind")?.offers) ?? [""],
    answersOtherClasses: answeringOtherClasses.some((name) => plugins.has(name)),
  };
}

/** Each wraps what comes after it; after the last comes a failure that says whose it is (plugin.NextOrFailure). */
function chainOf(plugins: ReadonlyMap<PluginName, RunningPlugin>): DnsHandler | undefined {
  let chain: DnsHandler | undefined;
  for (const name of pluginOrder.toReversed()) {
    const handle = plugins.get(name)?.handle;
    if (handle !== undefined) chain = handle(chain ?? noNextPlugin(name), chain === undefined);
  }
  return chain;
}

function noNextPlugin(name: PluginName): DnsHandler {
  const reply = { rcode: "SERVFAIL", error: `plugin/${name}: no next plugin found` } as const;
  return (request) => {
    request.steps?.push({ plugin: name, text: "no plugin comes after it: SERVFAIL" });
    return reply;
  };
}

function boundAddresses(offers: unknown): readonly string[] | undefined {
  return offers as readonly string[] | undefined;
}
