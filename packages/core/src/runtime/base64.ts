/** Base64 (RFC 4648) of a text's UTF-8. */
export function base64(text: string): string {
  const bytes = [...encodeURIComponent(text).matchAll(/%(..)|(.)/g)].map(([, hex, char]) =>
    hex === undefined ? char!.charCodeAt(0) : Number.parseInt(hex, 16),
  );
  return base64OfBytes(bytes);
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The same of bytes. */
export function base64OfBytes(bytes: readonly number[]): string {
  let encoded = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const letters = [18, 12, 6, 0].map((shift) => alphabet[(word >> shift) & 63]!);
    encoded += letters
      .slice(0, bytes.length - i + 1)
      .join("")
      .padEnd(4, "=");
  }
  return encoded;
}
