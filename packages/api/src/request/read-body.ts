/** The real server's limit of a request's body (apiserver, MaxRequestBodyBytes). */
export const bodyLimitBytes: number = 3 * 1024 * 1024;

/** A body whole; undefined when it is longer than the limit, of which no more is kept. */
export async function readBody(request: Request): Promise<Uint8Array | undefined> {
  const told = request.headers.get("content-length");
  if (Number(told ?? 0) > bodyLimitBytes) return undefined;
  // HTTP brings no more than it tells; and this is the fast way of servers.
  if (told !== null) return new Uint8Array(await request.arrayBuffer());
  if (request.method === "GET" || request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > bodyLimitBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(next.value);
  }
  return joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
