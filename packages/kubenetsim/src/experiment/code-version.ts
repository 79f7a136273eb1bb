import { codeFingerprint } from "@kubenetsim/workers/queue/code-fingerprint";
import { version } from "../version.ts";

/**
 * The version with a fingerprint of the built code that runs here: machines with the same one get the same numbers for a cell.
 *
 * @returns for example `0.1.0+4f1d0c22ab97`: build metadata, as semantic versioning calls it
 */
export function codeVersion(): string {
  return `${version}+${codeFingerprint(import.meta.url, "kubenetsim", "@kubenetsim/")}`;
}
