import type { Plain } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { sha256Hex } from "@kubenetsim/core/runtime/sha256-hex";
import { compactJson } from "../../output/json.ts";

const letters: Readonly<Record<string, string>> = { 0: "g", 1: "h", 3: "k", a: "m", e: "t" };

/** What `--append-hash` puts behind the name (kubectl pkg/util/hash). Keys in their order. */
export function contentHash(content: Plain): string {
  return sha256Hex(compactJson(content))
    .slice(0, 10)
    .replace(/[013ae]/g, (digit) => letters[digit]!);
}
