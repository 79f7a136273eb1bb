import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NetworkNamespace } from "./network-namespace.ts";
import { Refusal } from "./refusal.ts";

/** Nanoseconds a packet: a row is a batch, a column an address. */
export interface Sent {
  readonly clock: "cpu" | "elapsed";
  readonly rows: readonly (readonly number[])[];
}

/** The compiled `sender.c`, in a folder that goes with this process. */
export class Sender {
  readonly #program: string;

  /** @throws Refusal where the compiler does not take it */
  constructor() {
    const folder = mkdtempSync(join(tmpdir(), "kubenetsim-calibrate-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    this.#program = join(folder, "sender");
    try {
      execFileSync("cc", ["-O2", "-Wall", "-o", this.#program, source()], { stdio: "pipe" });
    } catch (problem) {
      throw new Refusal(`sender.c does not compile: ${String((problem as { stderr?: unknown }).stderr)}`);
    }
  }

  /** Sends so many first packets of flows a batch to each address in turn. */
  async send(
    namespace: NetworkNamespace,
    addresses: readonly string[],
    { packets, batches }: { readonly packets: number; readonly batches: number },
  ): Promise<Sent> {
    const text = await namespace.run([this.#program, String(packets), String(batches), ...addresses]);
    const [clock, ...rows] = text.trim().split("\n");
    return { clock: clock as Sent["clock"], rows: rows.map((row) => row.split(" ").map(Number)) };
  }
}

/** This file runs from bench/calibrate/ and, compiled, from build/bench/calibrate/. */
function source(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  return join(here.replace(/build\/(?=bench\/calibrate\/$)/, ""), "sender.c");
}
