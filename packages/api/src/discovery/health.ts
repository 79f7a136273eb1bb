/** What is looked at for `/healthz`, `/livez` and `/readyz`: a server in one process is there or is not. */
const checks = ["ping"];

/** The text of a health check; undefined for a path that is none. Below it single checks can be asked for. */
export function healthText(path: string, verbose: boolean): string | undefined {
  const [, name, check, ...rest] = path.split("/");
  if ((name !== "healthz" && name !== "livez" && name !== "readyz") || rest.length > 0) return undefined;
  if (check !== undefined) return checks.includes(check) ? "ok" : undefined;
  return verbose ? `${checks.map((one) => `[+]${one} ok\n`).join("")}${name} check passed\n` : "ok";
}
