import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { version } from "kubenetsim";
import type { Machine } from "./bench-run.ts";

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
  };
}

/** Of kubenetsim and of what it is measured against. */
export function versionsHere(): Readonly<Record<string, string>> {
  const iptables = spawnSync("iptables-nft-restore", ["--version"], { encoding: "utf8" }).stdout;
  return {
    kubenetsim: version,
    node: process.versions.node,
    v8: process.versions.v8,
    "js-yaml": jsYamlVersion(),
    ...(iptables ? { iptables: /v([\d.]+)/.exec(iptables)?.[1] ?? iptables.trim() } : {}),
  };
}

function jsYamlVersion(): string {
  const manifest = createRequire(import.meta.url).resolve("js-yaml/package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
