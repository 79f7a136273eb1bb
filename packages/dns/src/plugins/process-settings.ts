import type { Dispenser } from "../corefile/dispenser.ts";
import { durationOf, formatDuration } from "../corefile/duration.ts";
import { oncePerBlock } from "./once-per-block.ts";
import type { PluginDefinition } from "./plugin.ts";

/** Plugins that set something of the process or its connections and decide nothing about answers. */
export const processSettings: readonly PluginDefinition[] = [
  onlyRead("debug", (words) => {
    while (words.next()) if (words.nextArg()) throw words.argErr();
  }),
  onlyRead("root", (words) => {
    while (words.next()) if (!words.nextArg()) throw words.argErr();
  }),
  onlyRead("pprof", readPprof),
  onlyRead("cancel", readCancel),
  onlyRead("timeouts", readTimeouts),
];

function onlyRead(name: string, read: (words: Dispenser) => void): PluginDefinition {
  return {
    name,
    setup: ({ words }) => {
      read(words());
      return {};
    },
  };
}

function readPprof(words: Dispenser): void {
  oncePerBlock(words, () => {
    if (words.remainingArgs().length > 1) throw words.argErr();
    while (words.nextBlock()) {
      if (words.val() !== "block") throw words.err(`unknown property '${words.val()}'`);
      const args = words.remainingArgs();
      if (args.length > 1) throw words.argErr();
      if (args[0] !== undefined && !/^[+-]?\d+$/.test(args[0])) {
        throw words.err(`property 'block' invalid integer value '${args[0]}'`);
      }
    }
  });
}

function readCancel(words: Dispenser): void {
  while (words.next()) {
    const args = words.remainingArgs();
    if (args.length > 1) throw words.argErr();
    if (args[0] === undefined) continue;
    const timeout = durationOf(args[0], () => words.plainErr(`invalid duration: "${args[0]}"`));
    if (timeout <= 0) throw words.plainErr(`invalid negative duration: "${args[0]}"`);
  }
}

function readTimeouts(words: Dispenser): void {
  while (words.next()) {
    if (words.remainingArgs().length > 0) throw words.plainErr(words.argErr().message);
    let count = 0;
    for (; words.nextBlock(); count++) readTimeout(words);
    if (count === 0) throw words.plainErr(words.err("timeouts block with no timeouts specified").message);
  }
}

function readTimeout(words: Dispenser): void {
  const option = words.val();
  const args = words.remainingArgs();
  const text = args[0];
  if (args.length !== 1 || text === undefined) throw words.argErr();
  if (option === "maxtcpqueries") {
    const number = Number(text);
    if (!/^[+-]?\d+$/.test(text)) {
      throw words.err(
        `invalid value for maxtcpqueries '${text}': strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
      );
    }
    if (number !== 0 && number >= -1) return;
    throw words.err(`maxtcpqueries provided '${number}' needs to be -1 (unlimited) or a positive integer`);
  }
  const withUnit = /^\d+$/.test(text) ? `${text}s` : text;
  const timeout = durationOf(withUnit, () => words.err(`failed to parse duration '${text}'`));
  if (timeout < 1000 || timeout > 86_400_000) {
    throw words.err(`timeout provided '${formatDuration(timeout)}' needs to be between 1 second and 24 hours`);
  }
  if (!["read", "write", "idle"].includes(option)) throw words.err(`unknown option: '${option}'`);
}
