import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Corefile, Directive, ServerBlock } from "../corefile/corefile.ts";
import { Dispenser } from "../corefile/dispenser.ts";
import type { DnsHandler, RunningPlugin, ServerSurroundings } from "../plugins/plugin.ts";
import { type PluginName, pluginOrder } from "../plugins/plugin-order.ts";
import type { PluginTable } from "../plugins/plugin-table.ts";
import { type RunningBlock, runningBlock } from "./running-block.ts";

/** What setting up needs besides the Corefile. */
export interface SetUpWith {
  readonly plugins: PluginTable;
  readonly surroundings: ServerSurroundings;
  /** The server itself. */
  readonly askSelf: DnsHandler;
}

/**
 * Sets up every plugin of every block, in the compiled order and in each step all blocks (caddy.executeDirectives): which of
 * several mistakes is told first depends on it.
 *
 * @throws ParseError, UnsupportedError of the plugins' setups
 */
export function setUp(corefile: Corefile, using: SetUpWith): RunningBlock[] {
  const running = corefile.blocks.map(() => new Map<PluginName, RunningPlugin>());
  for (const name of pluginOrder) {
    for (const [index, block] of corefile.blocks.entries()) {
      const directives = block.directives.filter((directive) => directive.name === name);
      if (directives.length > 0)
        running[index]!.set(name, setUpPlugin(name, directives, { corefile, block, using, running }));
    }
  }
  return corefile.blocks.map(({ keys }, index) => runningBlock(keys, running[index]!));
}

interface Place {
  readonly corefile: Corefile;
  readonly block: ServerBlock;
  readonly using: SetUpWith;
  readonly running: readonly ReadonlyMap<string, RunningPlugin>[];
}

function setUpPlugin(name: PluginName, directives: readonly Directive[], place: Place): RunningPlugin {
  const { corefile, block, using, running } = place;
  const definition = using.plugins.get(name);
  if (definition === undefined) throw new UnsupportedError(`plugin ${name}`, corefile.source, directives[0]!.position);
  const index = corefile.blocks.indexOf(block);
  return definition.setup({
    directives,
    key: block.keys[0]!,
    block,
    zones: block.keys.map(({ zone }) => zone),
    surroundings: using.surroundings,
    askSelf: using.askSelf,
    sibling: (plugin) => running[index]!.get(plugin)?.offers,
    words: () =>
      new Dispenser(
        corefile.source,
        directives.flatMap(({ words }) => words),
        name,
      ),
  });
}
