import { type AddressWords, formatAddress, type IpFamily, parseAddressWords } from "@kubenetsim/core/net/address";
import { maskWords } from "@kubenetsim/core/net/cidr";
import { ParseError, type SourcePosition, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { defaultSetOptions, type IpSet } from "../ruleset/ip-set.ts";
import { readNumber } from "./ipset-header.ts";
import { protocolNumber } from "./protocol-words.ts";

/** A member of a set: as `ipset list` prints it, and as the numbers that it is found by. */
export interface SetMember {
  readonly text: string;
  /** The address, then protocol << 16 | port, then the second address, then its prefix. */
  readonly key: readonly number[];
}

type MemberSet = Pick<IpSet, "type" | "family" | "options">;

/** How many parts the members of a set have. */
const partsOf = { "bitmap:port": 1, "hash:ip": 1, "hash:ip,port": 2, "hash:ip,port,ip": 3, "hash:ip,port,net": 3 };
const ordinals = ["First", "Second", "Third"];

/**
 * One address, port and net each: what `ipset list` and `ipset save` print of kube-proxy's sets.
 *
 * @throws ParseError as ipset 7.17 or the kernel words it; UnsupportedError for a protocol without ports
 */
export function parseSetMember(set: MemberSet, text: string, position: SourcePosition): SetMember {
  const parts = text.split(",");
  const count = partsOf[set.type];
  if (parts.length < count) {
    throw new ParseError(`${ordinals[parts.length]} element is missing from ${text}.`, { position });
  }
  if (parts.length > count)
    throw new ParseError(`Elem separator in ${text}, but settype ${set.type} supports none.`, { position });
  if (set.type === "bitmap:port") return portOfBitmap(set, text, position);
  const address = readAddress(set.family, parts[0]!, position);
  if (set.type === "hash:ip") {
    if (address.every((word) => word === 0)) {
      throw new ParseError("Null-valued element, cannot be stored in a hash type of set", { position });
    }
    return { text: formatAddress(address), key: address };
  }
  const port = readPort(parts[1]!, position);
  const start = { text: `${formatAddress(address)},${port.text}`, key: [...address, port.key] };
  if (set.type === "hash:ip,port") return start;
  const end = set.type === "hash:ip,port,ip" ? readHost(set, parts[2]!, position) : readNet(set, parts[2]!, position);
  return { text: `${start.text},${end.text}`, key: [...start.key, ...end.key] };
}

function portOfBitmap({ options = defaultSetOptions }: MemberSet, text: string, position: SourcePosition): SetMember {
  const port = readNumber(text, 65_535, position);
  const { first, last } = options.range;
  if (port < first || port > last) throw new ParseError("Element is out of the range of the set", { position });
  return { text: String(port), key: [port] };
}

function readAddress(family: IpFamily, text: string, position: SourcePosition): AddressWords {
  const words = parseAddressWords(text);
  if (words === undefined || (words.length === 1) !== (family === "IPv4")) {
    throw new ParseError(`cannot parse ${text}: resolving to ${family} address failed`, { position });
  }
  return words;
}

const withPorts: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp", 132: "sctp", 136: "udplite" };

/** `tcp:80`, or `80` for the same. */
function readPort(text: string, position: SourcePosition): { readonly text: string; readonly key: number } {
  const [word, number] = text.includes(":") ? text.split(":") : ["tcp", text];
  const protocol = protocolNumber(word!);
  if (protocol === undefined) throw new ParseError(`cannot parse '${word}' as a protocol`, { position });
  const name = withPorts[protocol];
  if (name === undefined) {
    throw new UnsupportedError(`protocol "${word}" in an ipset`, `line ${position.line}`, position);
  }
  const port = readNumber(number ?? "", 65_535, position);
  return { text: `${name}:${port}`, key: (protocol << 16) | port };
}

function readHost({ family }: MemberSet, text: string, position: SourcePosition): SetMember {
  const words = readAddress(family, text, position);
  return { text: formatAddress(words), key: words };
}

/** Without the bits beyond its prefix; one of a single address shows no prefix. */
function readNet({ family }: MemberSet, text: string, position: SourcePosition): SetMember {
  const [network, bits, ...more] = text.split("/");
  const words = readAddress(family, network!, position);
  const longest = words.length * 32;
  if (more.length > 0) throw new ParseError(`'${bits}/${more.join("/")}' is invalid as number`, { position });
  const prefix = bits === undefined ? longest : readNumber(bits, longest, position);
  if (prefix === 0) {
    throw new ParseError("The value of the CIDR parameter of the IP address is invalid", { position });
  }
  const masked = maskWords(words, prefix);
  const shown = formatAddress(masked);
  return { text: prefix === longest ? shown : `${shown}/${prefix}`, key: [...masked, prefix] };
}
