import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CannotCompare } from "../comparison.ts";
import { repositoryRoot } from "../repository-root.ts";

const commit = "dbb11b92ddb77bee9c35e462479129354c84f939";
const origin = "https://github.com/kubernetes/ingress-nginx";
const own = join(repositoryRoot, "bench/peers/ingress-nginx");
const folder = join(repositoryRoot, "build/peers/ingress-nginx");
const source = join(folder, "source");
const program = join(folder, "controller");

/** Where our files stand in the controller's own packages, so that they reach what is internal. */
const places: Readonly<Record<string, string>> = {
  "store/led_store.go": "internal/ingress/controller/store/led_store.go",
  "controller/led_controller.go": "internal/ingress/controller/led_controller.go",
  "program/main.go": "cmd/led/main.go",
};

/**
 * The command that starts the real controller in a mount namespace of its own, where its fixed paths under /etc are free; built
 * first where that is due. Its source comes from a git repository, the public one or KUBENETSIM_INGRESS_NGINX.
 *
 * @throws CannotCompare where it cannot be had
 */
export function controllerProgram(log: (line: string) => void): readonly string[] {
  if (process.getuid?.() !== 0) throw new CannotCompare("it takes root to give the controller its paths under /etc");
  if (!isBuilt()) build(log);
  return ["unshare", "--mount", "sh", "-euc", start, "sh", source, program];
}

const start = `
mkdir -p /etc/nginx /etc/ingress-controller
for place in /etc/nginx /etc/ingress-controller; do mount -t tmpfs none $place; done
mkdir -p /etc/nginx/lua /etc/nginx/template /etc/ingress-controller/temp/nginx
mkdir -p /etc/ingress-controller/ssl /etc/ingress-controller/auth /etc/ingress-controller/telemetry
cp "$1"/rootfs/etc/nginx/template/* /etc/nginx/template/
TMPDIR=/etc/ingress-controller/temp exec "$2"`;

function isBuilt(): boolean {
  if (!existsSync(program)) return false;
  const built = statSync(program).mtimeMs;
  return Object.keys(places).every((name) => statSync(join(own, name)).mtimeMs <= built);
}

function build(log: (line: string) => void): void {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(source)) takeSource(log);
  log("building the real ingress-nginx controller (a minute or a few)");
  const replaced = Object.entries(places).map(([name, place]) => [join(source, place), join(own, name)]);
  const overlay = join(folder, "overlay.json");
  writeFileSync(overlay, JSON.stringify({ Replace: Object.fromEntries(replaced) }));
  run("go", ["build", "-trimpath", "-overlay", overlay, "-o", program, "./cmd/led"], source);
}

/** Only the one commit, or the whole where a server does not give it alone. */
function takeSource(log: (line: string) => void): void {
  const from = process.env.KUBENETSIM_INGRESS_NGINX || origin;
  log(`fetching ${from}`);
  const part = mkdtempSync(join(folder, "part-"));
  run("git", ["clone", "--quiet", "--no-checkout", "--filter=blob:none", from, part], folder);
  run("git", ["checkout", "--quiet", commit], part);
  renameSync(part, source);
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  throw new CannotCompare(`${command} ${args[0]} failed: ${(error?.message ?? stderr).trim().slice(-2000)}`);
}
