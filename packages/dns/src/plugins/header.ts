import type { Dispenser } from "../corefile/dispenser.ts";
import type { DnsMessage } from "../message/dns-message.ts";
import type { PluginDefinition } from "./plugin.ts";

const flags = ["aa", "ra", "rd"] as const;

/** A bit of the header, and what it becomes. */
interface HeaderRule {
  readonly flag: (typeof flags)[number];
  readonly value: boolean;
}

/** Sets and clears bits of queries and answers (plugin/header). */
export const header: PluginDefinition = {
  name: "header",
  setup: ({ words }) => {
    const { query, response } = readRules(words());
    return {
      handle: (next) => (request) => {
        const reply = next({ ...request, message: withRules(request.message, query) });
        return reply.message === undefined ? reply : { ...reply, message: withRules(reply.message, response) };
      },
    };
  },
};

function withRules(message: DnsMessage, rules: readonly HeaderRule[]): DnsMessage {
  const changed = Object.fromEntries(rules.map(({ flag, value }) => [flag, value]));
  return { ...message, flags: { ...message.flags, ...changed } };
}

/** Those of the first line that has any. */
function readRules(words: Dispenser): { query: HeaderRule[]; response: HeaderRule[] } {
  while (words.next()) {
    const rules = { query: [] as HeaderRule[], response: [] as HeaderRule[] };
    while (words.nextBlock()) {
      const selector = words.val().toLowerCase();
      if (selector !== "query" && selector !== "response") {
        throw words.plainErr(`setting up rule: invalid selector=${selector} should be query or response`);
      }
      rules[selector].push(...readRule(words));
    }
    if (rules.query.length > 0 || rules.response.length > 0) return rules;
  }
  throw words.argErr();
}

function readRule(words: Dispenser): HeaderRule[] {
  const [action, ...args] = words.remainingArgs();
  const fail = (problem: string): Error => words.plainErr(`setting up rule: ${problem}`);
  if (action === undefined) throw fail("no flag action provided");
  if (args.length === 0) throw fail("invalid length for flags, at least one should be provided");
  const lower = action.toLowerCase();
  if (lower !== "set" && lower !== "clear") throw fail(`unknown flag action=${lower}, should be set or clear`);
  return args.map((arg) => {
    const flag = flags.find((known) => known === arg.toLowerCase());
    if (flag === undefined) throw fail(`unknown/unsupported flag=${arg.toLowerCase()}`);
    return { flag, value: lower === "set" };
  });
}
