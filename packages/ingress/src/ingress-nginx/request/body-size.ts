const factors: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** nginx's `client_max_body_size` in bytes; 0 for no limit. What is no size leaves the usual 1 MiB. */
export function bodyLimit(text: string): number {
  const [, digits, unit = ""] = /^(\d+)([bkmg]?)$/i.exec(text.trim()) ?? [];
  return digits === undefined ? 1024 ** 2 : Number(digits) * factors[unit.toLowerCase()]!;
}
