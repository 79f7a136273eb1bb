import { type GoPattern, goPattern } from "@kubenetsim/core/pattern/go-pattern";
import type { Dispenser } from "../corefile/dispenser.ts";
import { durationOf, formatDuration } from "../corefile/duration.ts";
import { lowerName } from "../message/dns-name.ts";
import { rcodeNumber } from "../message/rcode.ts";
import { oncePerBlock } from "./once-per-block.ts";
import type { PluginDefinition } from "./plugin.ts";

const levels = ["warning", "error", "info", "debug"];

/** Errors of a kind that are not told one by one. */
interface Consolidated {
  readonly pattern: GoPattern;
  readonly text: string;
  readonly level: string;
  readonly periodMs: number;
  readonly showFirst: boolean;
  count: number;
  sinceMs: number;
}

/** Writes into the log why a query could not be answered (plugin/errors). */
export const errors: PluginDefinition = {
  name: "errors",
  setup: ({ words, surroundings }) => {
    const consolidated = readOptions(words());
    const { log } = surroundings;
    return {
      handle: (next) => (request) => {
        for (const entry of consolidated) tellCount(entry, request.nowMs, log);
        const reply = next(request);
        if (reply.error === undefined) return reply;
        const entry = consolidated.find(({ pattern }) => pattern.test(reply.error!));
        if (entry !== undefined && isSwallowed(entry, request.nowMs)) return reply;
        const { type, name } = reply.asked ?? request.question;
        const level = (entry?.level ?? "error").toUpperCase();
        log(`[${level}] plugin/errors: ${rcodeNumber(reply.rcode)} ${lowerName(name)} ${type}: ${reply.error}`);
        return reply;
      },
    };
  },
};

function readOptions(words: Dispenser): Consolidated[] {
  const consolidated: Consolidated[] = [];
  oncePerBlock(words, () => {
    const args = words.remainingArgs();
    if (args.length > 1) throw words.argErr();
    if (args.length === 1 && args[0] !== "stdout") throw words.err(`invalid log file: ${args[0]}`);
    while (words.nextBlock()) {
      const option = words.val();
      if (option === "consolidate") consolidated.push(readConsolidate(words));
      else if (option !== "stacktrace") throw words.syntaxErr(`Unknown field ${option}`);
    }
  });
  return consolidated;
}

function readConsolidate(words: Dispenser): Consolidated {
  const [period, text, ...options] = words.remainingArgs();
  if (period === undefined || text === undefined || options.length > 2) throw words.argErr();
  const periodMs = durationOf(period, (problem) => words.err(problem));
  if (text.length > 10_000) throw words.err(`regex pattern too long: ${text.length} > 10000`);
  const pattern = goPattern(text, (problem) => words.err(problem));
  let level: string | undefined;
  let showFirst = false;
  for (const option of options) {
    if (levels.includes(option)) {
      if (level !== undefined) throw words.err("multiple log levels specified in consolidate");
      if (showFirst) throw words.err("log level must come before show_first in consolidate");
      level = option;
    } else if (option === "show_first") showFirst = true;
    else throw words.err(`unknown option in consolidate: ${option}`);
  }
  return { pattern, text, level: level ?? "error", periodMs, showFirst, count: 0, sinceMs: 0 };
}

/** Counts an error; true where it is told later, with the others. */
function isSwallowed(entry: Consolidated, nowMs: number): boolean {
  if (entry.count === 0) entry.sinceMs = nowMs;
  entry.count++;
  return entry.count > 1 || !entry.showFirst;
}

/** The next query after the period tells of it: the server has no clock of its own. */
function tellCount(entry: Consolidated, nowMs: number, log: (line: string) => void): void {
  if (entry.count === 0 || nowMs < entry.sinceMs + entry.periodMs) return;
  const { count, showFirst, level, text, periodMs } = entry;
  entry.count = 0;
  if (count === 1 && showFirst) return;
  log(
    `[${level.toUpperCase()}] plugin/errors: ${count} errors like '${text}' occurred in last ${formatDuration(periodMs)}`,
  );
}
