import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Opcode } from "@kubenetsim/dns/message/opcode";
import type { RecordClass } from "@kubenetsim/dns/message/record-class";
import type { RecordType } from "@kubenetsim/dns/message/record-type";

/** What is asked, how, and with which bits. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType;
  readonly class: RecordClass;
  readonly opcode: Opcode;
  readonly transport: "udp" | "tcp";
  readonly id: number;
  readonly rd: boolean;
  readonly cd: boolean;
  readonly ad: boolean;
  /** The packet is not what it should be: so long, and these bytes in it. */
  readonly spoiled?: { readonly length: number; readonly bytes: readonly (readonly [at: number, byte: number])[] };
  readonly edns?: {
    readonly udpSize: number;
    readonly version: number;
    readonly do: boolean;
    readonly cookie: boolean;
  };
}

/** Objects come and go, and then something is asked. */
export interface DnsRound {
  /** Before anything is asked: what caches keep gets older. */
  readonly pauseMs: number;
  readonly put: readonly ApiObject[];
  readonly deleted: readonly ApiObject[];
  readonly questions: readonly DnsQuestion[];
}

/** A Corefile by its parts, a cluster, and its life. */
export interface DnsCase {
  /** Zones of the plugin kubernetes, and its options. */
  readonly zones: string;
  readonly options: readonly string[];
  /** The other plugins of the block. */
  readonly plugins: readonly string[];
  readonly rounds: readonly DnsRound[];
}

export interface CasePorts {
  readonly dns: number;
  readonly upstream: number;
  readonly api: number;
}

/** The server that answers for the cluster, and beside it the one that it forwards to. */
export function corefileOf({ zones, options, plugins }: DnsCase, { dns, upstream, api }: CasePorts): string {
  const inner = [`endpoint http://127.0.0.1:${api}`, ...options].map((option) => `    ${option}\n`).join("");
  const others = plugins.map((plugin) => `  ${plugin}\n`).join("");
  return `.:${dns} {
  bind 127.0.0.1
  errors
  kubernetes ${zones} {
${inner}  }
${others}}
${upstreamBlock}`
    .replaceAll("UPSTREAM", `127.0.0.1:${upstream}`)
    .replaceAll("PORT", String(upstream));
}

const many = Array.from({ length: 60 }, (_, at) => `192.0.2.${at + 1}`);
const upstreamBlock = `.:PORT {
  bind 127.0.0.1
  hosts /dev/null {
    192.0.2.10 www.example.test example.com
    2001:db8::10 www.example.test
    ${many.map((address) => `${address} big.test`).join("\n    ")}
    ttl 111
    fallthrough
  }
  template IN ANY alias.test {
    answer "{{ .Name }} 50 IN CNAME www.example.test."
  }
  template ANY ANY servfail.test {
    rcode SERVFAIL
  }
  template IN MX mail.test {
    answer "{{ .Name }} 70 IN MX 10 a.mail.test." "{{ .Name }} 60 IN MX 20 b.mail.test."
    additional "a.mail.test. 20 IN A 192.0.2.20"
    authority "mail.test. 90 IN NS ns.mail.test."
  }
  template ANY ANY {
    rcode NXDOMAIN
    authority ". 86400 IN SOA a.root. n.root. 1 1800 900 604800 86400"
  }
}
`;

/** What the plugin file reads. */
export const zoneFile = `$ORIGIN example.test.
$TTL 300
@ IN SOA ns hostmaster 1 7200 1800 86400 60
@ IN NS ns
ns IN A 192.0.2.53
web IN A 192.0.2.80
web IN AAAA 2001:db8::80
alias IN CNAME web
out IN CNAME www.example.test2.
*.wild 77 IN TXT "any"
sub IN NS ns.sub
ns.sub IN A 192.0.2.54
_http._tcp IN SRV 0 5 80 web
`;
