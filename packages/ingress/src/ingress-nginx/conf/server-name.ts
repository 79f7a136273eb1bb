/** Whether nginx's table of server names takes a name (src/core/ngx_hash.c `ngx_hash_add_key`); a pattern is not in it. */
export function isServerName(name: string): boolean {
  if (name.startsWith("~")) return true;
  const stars = name.split("*").length - 1;
  if (stars > 1 || name.includes("..") || name.includes("\0")) return false;
  if (name.length > 1 && name.startsWith(".")) return true;
  if (name.length > 2 && (name.startsWith("*.") || name.endsWith(".*"))) return true;
  return stars === 0;
}
