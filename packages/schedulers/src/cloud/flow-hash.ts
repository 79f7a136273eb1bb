import { crc32End, crc32Start, crc32Word } from "../crc32.ts";
import type { Request } from "../scheduler.ts";

/**
 * CRC-32 of a flow's five-tuple: source and destination address, both ports, protocol; what a request does not say counts
 * as 0. Which hash a cloud's load balancer uses is not published; this one is a model.
 */
export function flowHash(request: Request): number {
  let register = crc32Start;
  for (const word of request.sourceAddress) register = crc32Word(register, word);
  for (const word of request.destinationAddress) register = crc32Word(register, word);
  register = crc32Word(register, (request.sourcePort << 16) | (request.destinationPort ?? 0));
  return crc32End(crc32Word(register, request.protocol ?? 0));
}
