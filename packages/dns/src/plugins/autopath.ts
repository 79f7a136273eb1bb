import type { Dispenser } from "../corefile/dispenser.ts";
import { originsOf } from "../corefile/zone-and-port.ts";
import type { DnsMessage } from "../message/dns-message.ts";
import { isInZone, lowerName } from "../message/dns-name.ts";
import { relativeName } from "../message/relative-name.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { askAfter } from "./look-up.ts";
import type { DnsHandler, DnsReply, DnsRequest, PluginDefinition, PluginSetup } from "./plugin.ts";
import { searchPathOf } from "./search-path.ts";
import { isInAnyZone } from "./zones.ts";

/** What a plugin offers that autopath can ask for the search list of a client; its last element is empty. */
export interface SearchPathGiver {
  readonly searchPathOf: (request: DnsRequest) => readonly DnsName[] | undefined;
}

interface AutopathSettings {
  readonly zones: readonly DnsName[];
  readonly searchPath: (request: DnsRequest) => readonly DnsName[] | undefined;
}

/**
 * Goes through a client's search list in its stead: the first name of the list that exists is answered, with an alias from the
 * name that was asked for (plugin/autopath).
 */
export const autopath: PluginDefinition = {
  name: "autopath",
  setup: (setup) => {
    const { zones, searchPath } = readSettings(setup);
    return {
      handle: (next) => (request) => {
        if (!isInAnyZone(zones, request.name)) return next(request);
        const path = searchPath(request);
        const [first] = path ?? [];
        if (path === undefined || first === undefined || !isInZone(request.name, first)) return next(request);
        return walk(request, path, next);
      },
    };
  },
};

/** Its last line counts. */
function readSettings(setup: PluginSetup): AutopathSettings {
  const words = setup.words();
  let settings: AutopathSettings | undefined;
  while (words.next()) {
    const args = words.remainingArgs();
    const source = args.pop();
    if (source === undefined) throw words.plainErr("no resolv-conf specified");
    settings = { searchPath: searchPathFrom(source, setup, words), zones: originsOf(args, setup.zones) };
  }
  return settings!;
}

function searchPathFrom(
  source: string,
  { block, sibling, surroundings }: PluginSetup,
  words: Dispenser,
): AutopathSettings["searchPath"] {
  if (!source.startsWith("@")) {
    const text = surroundings.readFile(source);
    if (text === undefined) {
      throw words.plainErr(`failed to parse ${JSON.stringify(source)}: open ${source}: no such file or directory`);
    }
    const path = [...searchPathOf(text), ""];
    return () => path;
  }
  const plugin = source.slice(1);
  const isThere = block.directives.some(({ name }) => name === plugin);
  if (isThere && plugin !== "kubernetes") {
    throw words.plainErr(`${plugin} does not implement the AutoPather interface`);
  }
  return (request) => (sibling(plugin) as SearchPathGiver | undefined)?.searchPathOf(request);
}

/** Asks for every name of the list until one exists. Where none does, the first reply stands and the client goes on by itself. */
function walk(request: DnsRequest, path: readonly DnsName[], next: DnsHandler): DnsReply {
  const asked = request.question.name;
  const base = relativeName(asked, path[0]!);
  if (base === "") return { rcode: "SERVFAIL", error: `trimzone: overshot qname: ${asked}for zone ${path[0]}` };
  let first: DnsReply | undefined;
  let tookMs: number | undefined;
  for (const domain of path) {
    const reply = askAfter(next, withName(request, `${base}.${domain}`), tookMs ?? 0);
    tookMs = reply.tookMs;
    if (reply.error !== undefined) return reply;
    first ??= reply;
    const { message } = reply;
    if (message === undefined || message.rcode === "NXDOMAIN") continue;
    request.steps?.push({
      plugin: "autopath",
      text: `${base}.${domain} is the first name of the search list that exists`,
    });
    return { ...reply, message: withAlias(message, asked) };
  }
  return { ...first!, tookMs };
}

function withName(request: DnsRequest, name: DnsName): DnsRequest {
  const question = { ...request.question, name };
  const message = { ...request.message, questions: [question] };
  return { ...request, message, question, name: lowerName(name) };
}

/** The reply to the name that was asked for: an alias goes before the first record of another name. */
function withAlias(message: DnsMessage, asked: DnsName): DnsMessage {
  const questions = message.questions.map((question) => ({ ...question, name: asked }));
  const other = message.answers.find(({ name }) => lowerName(name) !== lowerName(asked));
  if (other === undefined) return { ...message, questions };
  const alias: ResourceRecord = { name: asked, type: "CNAME", class: "IN", ttl: other.ttl, target: other.name };
  return { ...message, questions, answers: [alias, ...message.answers] };
}
