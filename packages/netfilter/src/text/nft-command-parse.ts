import type { SourcePosition } from "@kubenetsim/core/runtime/errors";
import type { NftChain, NftCounter, NftFamily, NftSet } from "../ruleset/nft-table.ts";
import type { NftCommand, NftTransaction } from "../ruleset/nft-transaction.ts";
import { parseChainBase } from "./nft-chain-parse.ts";
import { parseElementList, parseSetBody } from "./nft-set-parse.ts";
import { parseRule } from "./nft-statement-parse.ts";
import { decimal } from "./nft-value-parse.ts";
import { NftWords } from "./nft-words.ts";

type Verb = "add" | "delete" | "flush";
/** The sets that the text has added so far, by table: an element is read by its set's type. */
type Definitions = Map<string, Pick<NftSet, "type" | "data">>;

/**
 * Reads commands in the form in which kube-proxy feeds them to `nft -f -` (that of knftables). Commands on one table that
 * follow each other are one transaction.
 *
 * @param options.sets types of sets that stand in the kernel already, by `family table name`; elements of sets that neither
 *   this nor the text before names are an error
 * @throws ParseError with the line; UnsupportedError for a statement that is not modelled, by table, chain and line
 */
export function parseNftCommands(
  text: string,
  options: { source?: string; sets?: ReadonlyMap<string, Pick<NftSet, "type" | "data">> } = {},
): NftTransaction[] {
  const words = new NftWords(text, options.source ?? "nft", false);
  const definitions: Definitions = new Map(options.sets);
  const transactions: { family: NftFamily; table: string; commands: NftCommand[]; positions: SourcePosition[] }[] = [];
  for (words.skipLineEnds(); !words.done; words.skipLineEnds()) {
    const position = words.position;
    const { family, table, commands } = parseCommand(words, definitions);
    const last = transactions.at(-1);
    const isSame = last?.family === family && last.table === table;
    const transaction = isSame ? last : { family, table, commands: [], positions: [] };
    if (!isSame) transactions.push(transaction);
    for (const command of commands) {
      transaction.commands.push(command);
      transaction.positions.push(position);
    }
    if (!words.accept("\n")) throw words.error(`"${words.peek()}" after the end of the command`, 0);
  }
  return transactions;
}

function parseCommand(
  words: NftWords,
  definitions: Definitions,
): { family: NftFamily; table: string; commands: NftCommand[] } {
  words.table = "";
  words.chain = "";
  const verb = parseVerb(words);
  const object = words.take("an object");
  if (object === "ruleset") throw words.unsupported(`nft command "${verb} ruleset"`);
  const family = parseFamily(words);
  const table = words.takeName("a table");
  words.table = `${family} ${table}`;
  return { family, table, commands: parseObject(words, verb, object, family, definitions) };
}

function parseVerb(words: NftWords): Verb {
  const verb = words.take("a command");
  if (verb !== "add" && verb !== "delete" && verb !== "flush") throw words.unsupported(`nft command "${verb}"`);
  return verb;
}

/** Only the families that kube-proxy has tables in. */
export function parseFamily(words: NftWords): NftFamily {
  const family = words.take("a family");
  if (family !== "ip" && family !== "ip6") throw words.unsupported(`nft family "${family}"`);
  return family;
}

function parseObject(
  words: NftWords,
  verb: Verb,
  object: string,
  family: NftFamily,
  definitions: Definitions,
): NftCommand[] {
  if (object === "table") return [tableCommand(words, verb)];
  const name = words.takeName("a name");
  switch (`${verb} ${object}`) {
    case "add chain":
      return [{ verb: "add", object: "chain", chain: parseChain(words, name) }];
    case "delete chain":
    case "flush chain":
      return [{ verb: verb as "delete" | "flush", object: "chain", name }];
    case "add rule":
      return [addRule(words, name, family)];
    case "add set":
    case "add map":
      return addSet(words, name, object === "map", definitions);
    case "delete set":
    case "delete map":
    case "flush set":
    case "flush map":
      return [{ verb: verb as "delete" | "flush", object: object as "set" | "map", name }];
    case "add element":
    case "delete element":
      return elementCommands(words, verb as "add" | "delete", name, definitions);
    case "add counter":
      return [{ verb: "add", object: "counter", counter: parseCounterObject(words, name) }];
    case "delete counter":
      return [{ verb: "delete", object: "counter", name }];
    default:
      throw words.unsupported(`nft command "${verb} ${object}"`);
  }
}

function tableCommand(words: NftWords, verb: Verb): NftCommand {
  if (!words.accept("{")) return { verb, object: "table" };
  const comment = parseComment(words);
  words.expect("}");
  return { verb, object: "table", comment };
}

/** `comment "…" ;`, where it follows. */
function parseComment(words: NftWords): string | undefined {
  const comment = words.accept("comment") ? words.takeComment() : undefined;
  words.accept(";");
  return comment;
}

function parseChain(words: NftWords, name: string): Omit<NftChain, "rules"> {
  if (!words.accept("{")) return { name, base: undefined, comment: undefined };
  const first = parseComment(words);
  const base = words.accept("type") ? parseChainBase(words) : undefined;
  const comment = first ?? parseComment(words);
  words.expect("}");
  return { name, base, comment };
}

function addRule(words: NftWords, chain: string, family: NftFamily): NftCommand {
  words.chain = chain;
  const line = words.line;
  const { statements, comment } = parseRule(words, family);
  return { verb: "add", object: "rule", chain, rule: { statements, comment, origin: undefined, line } };
}

function addSet(words: NftWords, name: string, isMap: boolean, definitions: Definitions): NftCommand[] {
  words.expect("{");
  const { elements, ...set } = parseSetBody(words, name, isMap);
  definitions.set(`${words.table} ${name}`, set);
  const add: NftCommand = { verb: "add", object: "set", set };
  return [add, ...elements.map((element): NftCommand => ({ verb: "add", object: "element", set: name, element }))];
}

function elementCommands(words: NftWords, verb: "add" | "delete", set: string, definitions: Definitions): NftCommand[] {
  const definition = definitions.get(`${words.table} ${set}`);
  if (definition === undefined) throw words.error(`no such set in table ${words.table}: ${set}`);
  return parseElementList(words, definition).map((element) => ({ verb, object: "element", set, element }));
}

/** What may stand after a counter's name; `listed` form has no semicolons. */
export function parseCounterObject(words: NftWords, name: string): NftCounter {
  let packets = 0;
  let bytes = 0;
  let comment: string | undefined;
  if (words.accept("{")) {
    while (!words.accept("}")) {
      if (words.accept("comment")) comment = words.takeComment();
      else if (words.accept("packets")) {
        packets = decimal(words, words.take("packets"), "packets", Number.MAX_SAFE_INTEGER);
        words.expect("bytes");
        bytes = decimal(words, words.take("bytes"), "bytes", Number.MAX_SAFE_INTEGER);
      } else if (!words.accept(";")) words.expect("\n");
    }
  }
  return { name, packets, bytes, comment };
}
