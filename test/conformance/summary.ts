import type { Check } from "./family.ts";

/** One line per family: `kube-proxy/iptables chains 35/35, packets 120/120`. */
export function familyLines(checks: readonly Check[]): string[] {
  const families = new Map<string, Map<string, { passed: number; total: number }>>();
  for (const check of checks) {
    const groups = families.get(check.family) ?? new Map();
    families.set(check.family, groups);
    const group = check.check.split(": ")[0]!;
    const count = groups.get(group) ?? { passed: 0, total: 0 };
    groups.set(group, { passed: count.passed + (check.ok ? 1 : 0), total: count.total + 1 });
  }
  return [...families].map(([family, groups]) => {
    const parts = [...groups].map(([group, count]) => `${group} ${count.passed}/${count.total}`);
    return `${family} ${parts.join(", ")}`;
  });
}

/** A failing check: its case's file, the check, and the first difference. */
export function failureLines(checks: readonly Check[]): string[] {
  return checks.filter((check) => !check.ok).map((check) => `FAIL ${check.case} [${check.check}] ${check.detail}`);
}

/** The closing line. */
export function closingLine(checks: readonly Check[]): string {
  const passed = checks.filter((check) => check.ok).length;
  return `${passed} passed, ${checks.length - passed} failed`;
}
