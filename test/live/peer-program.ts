import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./repository-root.ts";

const source = join(repositoryRoot, "bench/peers/kube-proxy");
const program = join(repositoryRoot, "build/peers/kube-proxy-peer");

/** The program around the real kube-proxy, built when its source is newer; or why it cannot run here. */
export type PeerProgram = { readonly path: string } | { readonly missing: string };

export function peerProgram(log: (line: string) => void = () => undefined): PeerProgram {
  if (process.getuid?.() !== 0) return { missing: "it takes root to make network namespaces" };
  const tools = ["ip", "iptables-save", "nft"].filter((tool) => spawnSync(tool, ["-V"]).error !== undefined);
  if (tools.length > 0) return { missing: `there is no ${tools.join(", no ")}` };
  if (isBuilt()) return { path: program };
  if (spawnSync("go", ["version"]).error !== undefined)
    return { missing: "there is no Go to build the real kube-proxy" };
  log("building the real kube-proxy's proxiers (a minute, or a few when their source has to come first)");
  const built = spawnSync("go", ["build", "-trimpath", "-o", program, "."], { cwd: source, encoding: "utf8" });
  return built.status === 0 ? { path: program } : { missing: `go build failed: ${built.stderr.trim()}` };
}

function isBuilt(): boolean {
  if (!existsSync(program)) return false;
  const built = statSync(program).mtimeMs;
  return readdirSync(source).every((name) => statSync(join(source, name)).mtimeMs <= built);
}
