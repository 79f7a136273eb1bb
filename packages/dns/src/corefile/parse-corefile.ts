import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { pluginOrder } from "../plugins/plugin-order.ts";
import type { Corefile, CorefileWord, ServerBlock } from "./corefile.ts";
import { directiveOf } from "./directive-lines.ts";
import { Dispenser } from "./dispenser.ts";
import { type Environment, replaceEnvironment } from "./environment.ts";
import { lex } from "./lexer.ts";
import { serverKeys } from "./server-key.ts";

/** A snippet that imports itself by way of another is stopped there (caddyfile/parse.go, maxSnippetExpansions). */
const maxSnippetExpansions = 10_000;

/** The real parser has no such limit; no plugin reads more than two. */
const deepestNesting = 100;

/** What CoreDNS serves without a Corefile, or with one that has no server block (core/dnsserver/register.go). */
const defaultText = ".:53 {\nwhoami\nlog\n}\n";

export interface CorefileOptions {
  /** What `{$NAME}` stands for; nothing where a name is not in it. */
  readonly environment?: Environment;
}

/**
 * A Corefile's server blocks, with snippets put in place and `{$NAME}` replaced. `source` names the file in errors.
 *
 * @throws ParseError in the words of the real parser (coredns/caddy v1.1.4, caddyfile/parse.go; CoreDNS, InspectServerBlocks);
 * UnsupportedError for an import of files and for transports other than plain DNS.
 *
 * @example parseCorefile(".:53 {\n  errors\n  cache 30\n}\n").blocks[0]!.directives[1]!.args[0]!.text // "30"
 */
export function parseCorefile(text: string, source = "Corefile", options: CorefileOptions = {}): Corefile {
  const environment = options.environment ?? {};
  const read = new BlockParser(source, lex(text, source), environment).parseAll();
  const raw = read.length > 0 ? read : new BlockParser(source, lex(defaultText, source), environment).parseAll();
  return { source, blocks: raw.map(serverBlock) };
}

/** A server block before its keys and lines are looked into. */
interface RawBlock {
  readonly keys: CorefileWord[];
  readonly directives: CorefileWord[][];
}

function serverBlock({ keys, directives }: RawBlock): ServerBlock {
  return { keys: serverKeys(keys), directives: directives.map(directiveOf) };
}

/** The real parser, word for word: an import puts other words in its own place while the parser goes over them. */
class BlockParser extends Dispenser {
  readonly #environment: Environment;
  readonly #snippets = new Map<string, readonly CorefileWord[]>();
  #expansions = 0;
  #ended = false;

  constructor(source: string, words: readonly CorefileWord[], environment: Environment) {
    super(source, words);
    this.#environment = environment;
  }

  parseAll(): RawBlock[] {
    const blocks: RawBlock[] = [];
    while (this.next()) {
      const keys = this.#keys();
      if (this.#ended) {
        if (keys.length > 0) blocks.push({ keys, directives: [] });
        break;
      }
      const snippet = snippetName(keys);
      if (snippet !== undefined) this.#defineSnippet(snippet);
      else {
        const directives = this.#contents();
        if (keys.length > 0) blocks.push({ keys, directives });
      }
    }
    return blocks;
  }

  /** The words at a block's head: a comma says that another one follows, be it on the next line. */
  #keys(): CorefileWord[] {
    const keys: CorefileWord[] = [];
    let expectsAnother = false;
    for (;;) {
      const text = this.#replaced(this.val());
      if (text === "import" && this.isNewLine()) {
        this.#import();
        continue;
      }
      if (text === "{") {
        if (!expectsAnother) return keys;
        throw this.err(`Expected another address but had '${text}' - check for extra comma`);
      }
      if (text !== "") {
        expectsAnother = text.endsWith(",");
        keys.push({ text: expectsAnother ? text.slice(0, -1) : text, position: this.words[this.cursor]!.position });
      }
      const hasNext = this.next();
      if (expectsAnother && !hasNext) throw this.eofErr();
      if (!hasNext) {
        this.#ended = true;
        return keys;
      }
      if (!expectsAnother && this.isNewLine()) return keys;
    }
  }

  /** A Corefile of one server needs no braces. */
  #contents(): CorefileWord[][] {
    const braces = this.val() === "{";
    if (!braces) this.cursor--;
    const directives: CorefileWord[][] = [];
    while (this.next() && this.val() !== "}") {
      if (this.val() === "import") {
        this.#import();
        this.cursor--;
      } else directives.push(this.#directive());
    }
    if (braces && this.val() !== "}") throw this.syntaxErr("}");
    return directives;
  }

  #directive(): CorefileWord[] {
    const name = this.#replaced(this.val());
    if (!(pluginOrder as readonly string[]).includes(name)) throw this.err(`Unknown directive '${name}'`);
    const words: CorefileWord[] = [{ text: name, position: this.words[this.cursor]!.position }];
    let nesting = 0;
    while (this.next()) {
      const text = this.val();
      if (text === "{") {
        if (++nesting > deepestNesting) throw this.err(`more than ${deepestNesting} blocks within each other`);
      } else if (this.isNewLine() && nesting === 0) {
        this.cursor--;
        break;
      } else if (text === "}") {
        if (nesting === 0) throw this.err("Unexpected '}' because no matching opening brace");
        nesting--;
      } else if (text === "import" && this.isNewLine()) {
        this.#import();
        this.cursor--;
        continue;
      }
      words.push({ text: this.#replaced(text), position: this.words[this.cursor]!.position });
    }
    if (nesting > 0) throw this.eofErr();
    return words;
  }

  #defineSnippet(name: string): void {
    if (this.#snippets.has(name)) throw this.err(`redeclaration of previously declared snippet ${name}`);
    const words = this.#snippetWords();
    for (const [index, word] of words.entries()) {
      if (word.text !== "import" || index + 1 === words.length) continue;
      const begins = index === 0 || words[index - 1]!.position.line !== word.position.line;
      if (begins && this.#replaced(words[index + 1]!.text) === name) throw this.#tooDeep();
    }
    this.#snippets.set(name, words);
  }

  #snippetWords(): CorefileWord[] {
    if (this.val() !== "{") throw this.syntaxErr("{");
    const words: CorefileWord[] = [];
    let depth = 1;
    while (this.next()) {
      if (this.val() === "}") depth--;
      if (depth === 0) return words;
      if (this.val() === "{") depth++;
      words.push(this.words[this.cursor]!);
    }
    throw this.syntaxErr("}");
  }

  /** Puts a snippet's words where `import` and its argument stand, and goes to the first of them. */
  #import(): void {
    const { position } = this.words[this.cursor]!;
    if (!this.nextArg()) throw this.argErr();
    const name = this.#replaced(this.val());
    if (name === "") throw this.err("Import requires a non-empty filepath");
    if (this.nextArg()) throw this.err("Import takes only one argument (glob pattern or file)");
    const snippet = this.#snippets.get(name);
    if (snippet === undefined) throw new UnsupportedError(`import of ${name}`, "files in a Corefile", position);
    if (++this.#expansions > maxSnippetExpansions) throw this.#tooDeep();
    this.words = [...this.words.slice(0, this.cursor - 1), ...snippet, ...this.words.slice(this.cursor + 1)];
    this.cursor--;
  }

  #tooDeep(): Error {
    return this.err(`maximum snippet import depth (${maxSnippetExpansions}) exceeded`);
  }

  #replaced(text: string): string {
    return replaceEnvironment(text, this.#environment);
  }
}

/** `(name)` alone at a block's head makes it a snippet. */
function snippetName(keys: readonly CorefileWord[]): string | undefined {
  return keys.length === 1 ? /^\((.*)\)$/s.exec(keys[0]!.text)?.[1] : undefined;
}
