interface TimeLayout {
  readonly layout: string;
  readonly takes: (text: string) => boolean;
}

/** How Go writes the two kinds of time, and what it reads. */
export const timeLayouts: Readonly<Record<"Time" | "MicroTime", TimeLayout>> = {
  Time: { layout: "2006-01-02T15:04:05Z07:00", takes: isTime },
  MicroTime: { layout: "2006-01-02T15:04:05.000000Z07:00", takes: isMicroTime },
};

/** RFC 3339 with exactly six digits of a second. */
function isMicroTime(text: string): boolean {
  return /T\d{2}:\d{2}:\d{2}[.,]\d{6}(Z|[+-])/.test(text) && isTime(text);
}

/** RFC 3339, as Go's time.RFC3339 layout takes it. */
function isTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([.,]\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text);
}

/** Where a text stops to be base64, as Go counts; undefined when it is. */
export function illegalBase64At(text: string): number | undefined {
  const found = /[^A-Za-z0-9+/\r\n]/.exec(text);
  const padding = found === null ? "" : text.slice(found.index);
  if (found !== null && !/^={1,2}[\r\n]*$/.test(padding)) return found.index;
  const rest = text.replace(/[\r\n]/g, "").length % 4;
  return rest === 0 ? undefined : text.length - rest;
}
