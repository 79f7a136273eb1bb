/** What `ipvsadm -Ln --stats` prints of a virtual or real server. */
export interface IpvsCounters {
  readonly connections: number;
  readonly inPackets: number;
  readonly outPackets: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

export const noTraffic: IpvsCounters = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };

/** The same, counting. */
export class TrafficCounter implements IpvsCounters {
  connections = 0;
  inPackets = 0;
  outPackets = 0;
  inBytes = 0;
  outBytes = 0;

  countIn(bytes: number): void {
    this.inPackets++;
    this.inBytes += bytes;
  }

  countOut(bytes: number): void {
    this.outPackets++;
    this.outBytes += bytes;
  }

  clear(): void {
    this.set(noTraffic);
  }

  set(values: IpvsCounters): void {
    this.connections = values.connections;
    this.inPackets = values.inPackets;
    this.outPackets = values.outPackets;
    this.inBytes = values.inBytes;
    this.outBytes = values.outBytes;
  }

  values(): IpvsCounters {
    const { connections, inPackets, outPackets, inBytes, outBytes } = this;
    return { connections, inPackets, outPackets, inBytes, outBytes };
  }
}
