import type { Server } from "../scheduler.ts";

/** Where the server with an id stands in the list; the length when it has left it. */
export function indexOfServer(servers: readonly Server[], id: number): number {
  let index = 0;
  while (index < servers.length && servers[index]!.id !== id) index++;
  return index;
}
