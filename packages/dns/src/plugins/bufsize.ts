import type { Dispenser } from "../corefile/dispenser.ts";
import type { PluginDefinition } from "./plugin.ts";

/** Lets clients claim no more than so many bytes for a reply over UDP (plugin/bufsize). */
export const bufsize: PluginDefinition = {
  name: "bufsize",
  setup: ({ words }) => {
    const limit = readLimit(words());
    return {
      handle: (next) => (request) => {
        const { edns } = request.message;
        if (edns === undefined || edns.udpSize <= limit) return next(request);
        const smaller = { ...edns, udpSize: limit };
        const reply = next({ ...request, message: { ...request.message, edns: smaller } });
        return { ...reply, clientEdns: smaller };
      },
    };
  },
};

function readLimit(words: Dispenser): number {
  words.next();
  const args = words.remainingArgs();
  if (args.length === 0) return 1232;
  const limit = Number(args[0]);
  const isGood = args.length === 1 && /^[+-]?\d+$/.test(args[0]!) && limit >= 512 && limit <= 4096;
  if (isGood) return limit;
  throw words.plainErr(words.argErr().message);
}
