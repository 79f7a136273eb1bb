import { failure } from "../../command-error.ts";
import type { KeyValue } from "./key-values.ts";

/**
 * The `KEY=VALUE` lines of a text; empty ones and comments are passed over (kubectl pkg/cmd/util/env_file.go).
 *
 * @throws CommandError for a name that no variable can have, and for a name without a value: kubectl would look into its
 * own environment, and there is none here
 */
export function* envFilePairs(text: string, path: string): Generator<KeyValue> {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const full of lines) {
    const line = full.replace(/\r$/, "").trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const at = line.indexOf("=");
    const key = at < 0 ? line : line.slice(0, at);
    const complaints = variableNameErrors(key);
    if (complaints.length > 0) throw failure(`${JSON.stringify(key)} is not a valid key name: ${complaints.join(";")}`);
    if (at < 0) throw failure(`${key} of ${path} has no value, and there is no environment to take it from`);
    yield [key, line.slice(at + 1)];
  }
}

/** What is wrong with the name of an environment variable (apimachinery, validation.IsEnvVarName). */
export function variableNameErrors(name: string): string[] {
  const errors: string[] = [];
  if (!/^[ -<>-~]+$/.test(name)) {
    errors.push(
      "a valid environment variable name must consist only of printable ASCII characters other than '=' (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[ -<>-~]+')",
    );
  }
  return errors;
}
