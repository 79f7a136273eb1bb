import { replyTo } from "../message/dns-message.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import { noArguments } from "./once-per-block.ts";
import type { PluginDefinition } from "./plugin.ts";

/** Gives a small answer to who asks for everything (RFC 8482; plugin/any). */
export const any: PluginDefinition = {
  name: "any",
  setup: (setup) => {
    const words = setup.words();
    noArguments(words);
    if (words.nextBlock()) throw words.err(`unknown property '${words.val()}'`);
    return {
      handle: (next) => (request) => {
        const { question, message } = request;
        if (question.type !== "ANY") return next(request);
        const answer: ResourceRecord = {
          name: question.name,
          type: "HINFO",
          class: "IN",
          ttl: 8482,
          cpu: "ANY obsoleted",
          os: "See RFC 8482",
        };
        request.steps?.push({ plugin: "any", text: "refuses to tell everything" });
        return { rcode: "NOERROR", message: { ...replyTo(message), answers: [answer] } };
      },
    };
  },
};
