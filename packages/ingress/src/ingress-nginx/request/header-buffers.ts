import type { NginxSettings } from "../nginx-settings.ts";

/** The buffers that a request's line and headers are read into, in bytes. */
export interface HeaderBuffers {
  readonly first: number;
  readonly count: number;
  readonly size: number;
}

const read = new WeakMap<NginxSettings, HeaderBuffers>();

/** `client_header_buffer_size` and `large_client_header_buffers`; undefined for what nginx does not take. */
export function headerBuffers(settings: NginxSettings): HeaderBuffers | undefined {
  const known = read.get(settings);
  if (known !== undefined) return known;
  const [count = "", size = "", more] = settings.largeClientHeaderBuffers.trim().split(/\s+/);
  const buffers = { first: bytesOf(settings.clientHeaderBufferSize), count: Number(count), size: bytesOf(size) };
  if (more !== undefined || !/^\d+$/.test(count) || !(buffers.first > 0 && buffers.count > 0 && buffers.size > 0)) {
    return undefined;
  }
  read.set(settings, buffers);
  return buffers;
}

/** `ngx_parse_size`; not a number for no size. */
function bytesOf(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)([km]?)$/i.exec(text.trim()) ?? [];
  return digits === "" ? Number.NaN : Number(digits) * { "": 1, k: 1024, m: 1024 ** 2 }[unit.toLowerCase()]!;
}
