/** Names of the machine itself, by which no other site can be meant. */
const loopbackNames: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether a `Host` header names this server. A page of another site can have its own name point to this machine and ask a
 * browser to send requests here (DNS rebinding); the header then holds that site's name.
 *
 * @param others names besides those of the machine itself
 */
export function isOwnHost(host: string, others: readonly string[]): boolean {
  const name = host.replace(/:\d*$/, "").toLowerCase();
  return loopbackNames.includes(name) || others.includes(name);
}
