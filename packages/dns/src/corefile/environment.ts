/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>;

/** Values that hold references to themselves could make a text grow without end. */
const longestText = 1_000_000;

/**
 * Puts in what `{%NAME%}` and `{$NAME}` stand for (caddyfile/parse.go, replaceEnvVars). What has been put in is looked at again,
 * as the real one does; a variable that names itself is stopped after as many rounds as a text could have references.
 */
export function replaceEnvironment(text: string, environment: Environment): string {
  if (!text.includes("{")) return text;
  return replaceReferences(replaceReferences(text, "{%", "%}", environment), "{$", "}", environment);
}

function replaceReferences(text: string, open: string, close: string, environment: Environment): string {
  let replaced = text;
  for (let rounds = 0; rounds < 1000 && replaced.length < longestText; rounds++) {
    const start = replaced.indexOf(open);
    const end = start < 0 ? -1 : replaced.indexOf(close, start);
    if (end <= start + open.length) return replaced;
    const name = replaced.slice(start + open.length, end);
    const value = Object.hasOwn(environment, name) ? environment[name]! : "";
    replaced = replaced.split(replaced.slice(start, end + close.length)).join(value);
  }
  return replaced;
}
