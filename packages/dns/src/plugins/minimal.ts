import { responseClass, responseKind } from "../message/response-kind.ts";
import { noArguments } from "./once-per-block.ts";
import type { PluginDefinition } from "./plugin.ts";

/** Leaves authorities and additional records out of positive answers (plugin/minimal). */
export const minimal: PluginDefinition = {
  name: "minimal",
  setup: ({ words }) => {
    noArguments(words());
    return {
      handle: (next) => (request) => {
        const reply = next(request);
        if (reply.error !== undefined) return { ...reply, message: undefined };
        if (reply.message === undefined) return reply;
        const kind = responseKind(reply.message, request.nowMs);
        if (responseClass(kind) !== "success" || kind === "delegation") return { ...reply, rcode: "NOERROR" };
        const { edns: _, ...message } = reply.message;
        return { ...reply, rcode: "NOERROR", message: { ...message, authorities: [], additionals: [] } };
      },
    };
  },
};
