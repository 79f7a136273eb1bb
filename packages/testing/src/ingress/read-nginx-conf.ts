/** A directive of nginx.conf: its words without their quotes, and what stands between its braces, if it has any. */
export interface NginxDirective {
  readonly words: readonly string[];
  readonly block: readonly NginxDirective[] | undefined;
}

/** A server of the http block, as its text says. */
export interface WrittenServer {
  readonly names: readonly string[];
  readonly listens: readonly (readonly string[])[];
  readonly locations: readonly WrittenLocation[];
}

export interface WrittenLocation {
  /** `=`, `~*`, `@` for a named one, or empty for a prefix. */
  readonly modifier: string;
  readonly path: string;
  /** Passes requests on to an upstream. */
  readonly passesOn: boolean;
}

/**
 * Reads the text of nginx.conf (src/core/ngx_conf_file.c `ngx_conf_read_token`).
 *
 * @throws TypeError for braces that do not fit
 */
export function readNginxConf(text: string): readonly NginxDirective[] {
  const stack: { words: readonly string[]; block: NginxDirective[] }[] = [{ words: [], block: [] }];
  let words: string[] = [];
  for (const token of tokens(text)) {
    const top = stack.at(-1)!;
    if (token.kind === "word") words.push(token.text);
    else if (token.kind === "end") top.block.push({ words, block: undefined });
    else if (token.kind === "open") stack.push({ words, block: [] });
    else {
      const closed = stack.pop()!;
      const outer = stack.at(-1);
      if (outer === undefined || words.length > 0) throw new TypeError("a brace that closes nothing");
      outer.block.push(closed);
    }
    if (token.kind !== "word") words = [];
  }
  if (stack.length !== 1 || words.length > 0) throw new TypeError("a block that stays open");
  return stack[0]!.block;
}

/** The servers of its http block, in order. */
export function writtenServers(conf: readonly NginxDirective[]): readonly WrittenServer[] {
  const http = conf.find(({ words }) => words[0] === "http")!.block!;
  return http.flatMap(({ words, block }) => (words[0] === "server" && block !== undefined ? writtenServer(block) : []));
}

function writtenServer(block: readonly NginxDirective[]): WrittenServer {
  const named = (name: string): NginxDirective[] => block.filter(({ words }) => words[0] === name);
  return {
    names: named("server_name").flatMap(({ words }) => words.slice(1)),
    listens: named("listen").map(({ words }) => words.slice(1)),
    locations: named("location").map(({ words, block: inner }) => {
      const [first = "", second] = words.slice(1);
      const passesOn = inner!.some(({ words: [name = ""] }) => /^(proxy|grpc|fastcgi)_pass$/.test(name));
      if (second !== undefined) return { modifier: first, path: second, passesOn };
      return { modifier: first.startsWith("@") ? "@" : "", path: first, passesOn };
    }),
  };
}

type Token = { readonly kind: "word"; readonly text: string } | { readonly kind: "open" | "close" | "end" };

const punctuation = { "{": "open", "}": "close", ";": "end" } as const;
/** White space and comments; words between quotes; words without; what ends a directive or a block. */
const pattern =
  /(?<space>\s+|#[^\n]*)|"(?<quoted>(?:[^"\\]|\\.)*)"|'(?<single>(?:[^'\\]|\\.)*)'|(?<mark>[{};])|(?<word>(?:\$\{|\\.|[^\s;{}\\])(?:\$\{[^}]*\}|\\.|[^\s;{\\])*)/gsy;

function* tokens(text: string): Generator<Token> {
  for (const { groups } of text.matchAll(pattern)) {
    const { space, mark, word, quoted, single } = groups!;
    if (space !== undefined) continue;
    if (mark !== undefined) yield { kind: punctuation[mark as "{"] };
    else yield { kind: "word", text: (word ?? quoted ?? single)!.replace(/\\(["'\\])/g, "$1") };
  }
}
