import type { NginxSettings } from "../nginx-settings.ts";
import type { ConfText } from "./conf-text.ts";

/** Whom all servers refuse. */
export function writeBlockLists(text: ConfText, { blockCidrs, blockUserAgents, blockReferers }: NginxSettings): void {
  text.line("# Global filters");
  text.directives(...blockCidrs.map((range) => `deny ${range}`));
  writeMap(text, "$http_user_agent $block_ua", blockUserAgents);
  writeMap(text, "$http_referer $block_ref", blockReferers);
  text.line();
}

function writeMap(text: ConfText, head: string, patterns: readonly string[]): void {
  if (patterns.length === 0) return;
  text.block(`map ${head}`, () => text.directives("default 0", ...patterns.map((pattern) => `${pattern} 1`)));
}

/** The first lines of each server. */
export function writeBlocked(text: ConfText, { blockUserAgents, blockReferers }: NginxSettings): void {
  if (blockUserAgents.length > 0) text.block("if ($block_ua)", () => text.directives("return 403"));
  if (blockReferers.length > 0) text.block("if ($block_ref)", () => text.directives("return 403"));
}
