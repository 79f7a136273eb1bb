import { compilePcre, type Pcre } from "./pcre/pcre.ts";
import { pcreProblem } from "./pcre-problem.ts";

/** The first word of a line of `map`: a text, for which capitals are as small letters, or a regular expression behind `~` or `~*`. */
export class MapPattern {
  readonly text: string;
  #pattern: Pcre | undefined;

  constructor(written: string) {
    this.text = unquoted(written);
  }

  /** @throws UnsupportedError for a regular expression that is not modelled */
  test(value: string): boolean {
    if (!this.text.startsWith("~")) return this.text.replace(/^\\/, "").toLowerCase() === value.toLowerCase();
    const ignoresCase = this.text.startsWith("~*");
    this.#pattern ??= compilePcre(this.text.slice(ignoresCase ? 2 : 1), { ignoresCase });
    return this.#pattern?.test(value) ?? false;
  }
}

/** Why nginx refuses the lines of a `map` (src/http/modules/ngx_http_map_module.c `ngx_http_map`). */
export function mapProblem(written: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const each of written) {
    if (!isQuoted(each) && /[\s;{}]/.test(each)) return "invalid number of the map parameters";
    const { text } = new MapPattern(each);
    if (text === "default") return "duplicate default map parameter";
    if (text.startsWith("~")) {
      const problem = pcreProblem(text.replace(/^~\*?/, ""));
      if (problem !== undefined) return problem;
      continue;
    }
    const name = text.replace(/^\\/, "").toLowerCase();
    if (seen.has(name)) return `conflicting parameter "${text}"`;
    seen.add(name);
  }
  return undefined;
}

function isQuoted(written: string): boolean {
  return /^(["']).*\1$/s.test(written) && written.length > 1;
}

function unquoted(written: string): string {
  const inner = isQuoted(written) ? written.slice(1, -1) : written;
  return inner.replace(/\\(["'\\])/g, "$1");
}
