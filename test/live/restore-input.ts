/** Chains that kube-proxy fills in the order of a Go map. */
const unordered = new Set(["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES", "KUBE-PROXY-FIREWALL"]);

/** A form in which two inputs that do the same are equal: chains sorted, and rules where their order is a map's. */
export function canonicalRestoreInput(text: string): string {
  return text
    .split(/^(?=\*)/m)
    .map((table) => {
      const lines = table.split("\n").filter((line) => line !== "" && line !== "COMMIT" && !line.startsWith("*"));
      const rules = new Map<string, string[]>();
      for (const line of lines.filter((line) => line.startsWith("-A "))) {
        const chain = line.split(" ", 2)[1]!;
        rules.set(chain, [...(rules.get(chain) ?? []), line]);
      }
      const isLast = (rule: string): boolean => rule.includes("must be the last rule");
      const sorted = [...rules.keys()].sort().flatMap((chain) => {
        const all = rules.get(chain)!;
        return unordered.has(chain)
          ? [...all.filter((rule) => !isLast(rule)).sort(), ...all.filter(isLast).sort()]
          : all;
      });
      const others = lines.filter((line) => !line.startsWith("-A ")).sort();
      return [table.split("\n", 1)[0], ...others, ...sorted, ""].join("\n");
    })
    .sort()
    .join("");
}
