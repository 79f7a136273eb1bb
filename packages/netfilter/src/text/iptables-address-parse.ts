import { type AddressWords, type IpFamily, parseAddressWords } from "@kubenetsim/core/net/address";
import { type Cidr, maskWords } from "@kubenetsim/core/net/cidr";
import type { AddressCondition } from "../ruleset/rule.ts";
import type { LineWords } from "./iptables-words.ts";

/** `-s`/`-d`; undefined for a condition that every packet meets (`0.0.0.0/0`). */
export function parseAddressCondition(
  line: LineWords,
  family: IpFamily,
  negated: boolean,
): AddressCondition | undefined {
  const word = line.take("an address");
  if (word.includes(",")) throw line.unsupported(`a list of addresses "${word}"`);
  const slash = word.indexOf("/");
  const words = parseWords(line, family, slash < 0 ? word : word.slice(0, slash));
  const bits = words.length * 32;
  const prefix = slash < 0 ? bits : parsePrefix(line, family, word.slice(slash + 1), bits);
  if (prefix === 0 && !negated) return undefined;
  const network: Cidr = { words: prefix === bits ? words : maskWords(words, prefix), prefix };
  return { negated, words: network.words, prefix };
}

/** An address of the right family. */
export function parseWords(line: LineWords, family: IpFamily, text: string): AddressWords {
  const words = (family === "IPv4" ? parseDotted(text) : undefined) ?? parseAddressWords(text);
  if (words === undefined) {
    throw line.error(`not an ${family} address: ${text}`, undefined, "host names are not looked up; write the address");
  }
  if ((words.length === 1) !== (family === "IPv4")) throw line.error(`not an ${family} address: ${text}`);
  return words;
}

function parsePrefix(line: LineWords, family: IpFamily, text: string, bits: number): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= bits) return Number(text);
  const mask = parseWords(line, family, text);
  let prefix = 0;
  for (const word of mask) prefix += Math.clz32(~word);
  const wanted = maskWords(Array<number>(mask.length).fill(-1), prefix);
  if (wanted.some((word, i) => word !== mask[i])) throw line.unsupported(`a mask with gaps "${text}"`);
  return prefix;
}

/** The common case without a regular expression: four plain decimal parts. Anything else goes the careful way. */
function parseDotted(text: string): AddressWords | undefined {
  let word = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (digits === 0 || part > 255) return undefined;
      word = (word << 8) | part;
      part = 0;
      digits = 0;
      dots++;
    } else if (code >= 48 && code <= 57) {
      if (digits === 1 && part === 0) return undefined;
      part = part * 10 + code - 48;
      if (++digits > 3) return undefined;
    } else {
      return undefined;
    }
  }
  return dots === 3 && digits > 0 && part <= 255 ? [(word << 8) | part] : undefined;
}
