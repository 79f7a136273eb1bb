import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { NftStore } from "../nft/nft-store.ts";
import { canonicalNftList } from "./nft-canonical.ts";
import { parseNftCommands } from "./nft-command-parse.ts";
import { printNftTransaction } from "./nft-command-print.ts";
import { parseNftList } from "./nft-list-parse.ts";
import { printNftList } from "./nft-list-print.ts";

const recordings = fileURLToPath(new URL("../../../../../shared/conformance", import.meta.url));
const recorded = (folder: string, name: RegExp) =>
  readdirSync(`${recordings}/${folder}`, { recursive: true, encoding: "utf8" })
    .filter((file) => name.test(file))
    .map((file) => `${recordings}/${folder}/${file}`);

describe.skipIf(!existsSync(recordings))("recorded nft tables (skipped without ../shared/conformance)", () => {
  it("the canonical listings come back the same from parsing and printing", () => {
    const files = recorded("cluster", /nft-ip6?\.txt$/);
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      expect(parseNftList(text, { source: file }).map(canonicalNftList).join(""), file).toBe(text);
    }
  });

  it("the commands of kube-proxy's own tests come back the same, and their tables too", () => {
    const files = recorded("kube-proxy/nftables", /\.json$/);
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const { ruleset } = JSON.parse(readFileSync(file, "utf8")) as { ruleset: string[] };
      const text = `${ruleset.join("\n")}\n`;
      const transactions = parseNftCommands(text, { source: file });
      expect(transactions.map(printNftTransaction).join(""), file).toBe(withFullMarks(text));
      const store = new NftStore();
      for (const transaction of transactions) store.apply(transaction);
      const listed = store.tables().map(printNftList).join("");
      expect(parseNftList(listed).map(printNftList).join(""), file).toBe(listed);
    }
  });
});

/** Upstream's tests give the proxier a mark of `0x4000`; the program itself writes eight digits (`%#08x`), as we do. */
function withFullMarks(text: string): string {
  return text.replace(/\b0x([0-9a-f]+)\b/g, (_, digits: string) => `0x${digits.padStart(8, "0")}`);
}
