import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { parseCorefile } from "@kubenetsim/dns/corefile/parse-corefile";
import { type DnsMessage, queryFor } from "@kubenetsim/dns/message/dns-message";
import { fullyQualified } from "@kubenetsim/dns/message/dns-name";
import { parseRecordType } from "@kubenetsim/dns/message/record-type";
import type { DnsTransport } from "@kubenetsim/dns/plugins/plugin";
import { DnsServer } from "@kubenetsim/dns/server/dns-server";

/** A question as the recordings write it. */
export interface RecordedQuestion {
  readonly name: string;
  readonly type: string;
  readonly transport: DnsTransport;
}

/** A CoreDNS on a cluster's objects; as where the recordings were made, it has no address but that of loopback. */
export function openDnsServer(corefile: string, state: ClusterState): (question: RecordedQuestion) => DnsMessage {
  const server = DnsServer.start(parseCorefile(corefile), {
    state,
    nowMs: 0,
    random: seededRandom("conformance"),
    addresses: [],
    readFile: () => undefined,
    exchange: () => ({ kind: "timeout", tookMs: 0 }),
    log: () => {},
  });
  return ({ name, type, transport }) => {
    const recordType = parseRecordType(type);
    if (recordType === undefined) throw new Error(`${type} is no type of records`);
    const query = queryFor(1, fullyQualified(name), recordType);
    const arrival = { client: "127.0.0.1", clientPort: 40000, transport, port: 53, nowMs: 0 };
    const answer = server.answer(query, arrival);
    if (answer === undefined) throw new Error(`no answer to ${name} ${type}`);
    return answer;
  };
}
