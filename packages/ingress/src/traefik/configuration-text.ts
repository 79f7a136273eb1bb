import type { DynamicConfiguration } from "./dynamic-configuration.ts";

/**
 * Routers and Services in the words of Traefik's file provider (YAML, a subset that is JSON in its values), in the order of their names;
 * without the certificates' contents.
 */
export function configurationText({ routers, services, certificates }: DynamicConfiguration): string {
  const lines = ["http:", "  routers:"];
  for (const name of [...routers.keys()].sort()) {
    const { rule, priority, entryPoints, isTls, service, isDisabled } = routers.get(name)!;
    lines.push(
      `    ${name}:${isDisabled ? " # takes no requests: it needs what is not there" : ""}`,
      `      rule: ${JSON.stringify(rule)}`,
    );
    if (priority !== 0) lines.push(`      priority: ${priority}`);
    if (entryPoints.length > 0) lines.push(`      entryPoints: ${JSON.stringify(entryPoints)}`);
    if (isTls) lines.push("      tls: {}");
    lines.push(`      service: ${service}`);
  }
  lines.push("  services:");
  for (const name of [...services.keys()].sort()) {
    const { servers, cookie, passesHost } = services.get(name)!;
    lines.push(`    ${name}:`, "      loadBalancer:");
    if (cookie !== undefined) lines.push(`        sticky: ${JSON.stringify({ cookie })}`);
    if (!passesHost) lines.push("        passHostHeader: false");
    lines.push(
      `        servers: ${JSON.stringify(servers.map(({ url, fenced }) => (fenced ? { url, fenced } : { url })))}`,
    );
  }
  const names = certificates.map(({ secret, subject, serial }) => JSON.stringify({ secret, subject, serial }));
  return `${[...lines, "# certificates", ...names.map((each) => `# ${each}`)].join("\n")}\n`;
}
