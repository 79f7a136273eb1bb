import type { DnsCase } from "./dns-case.ts";
import type { Draws } from "./draws.ts";

/** A server block with any of the modelled plugins and options. */
export function randomCorefile(draw: Draws): Pick<DnsCase, "zones" | "options" | "plugins"> {
  const autopath = draw.onceIn(5);
  const options = kubernetesOptions(draw, autopath);
  const others = choices.flatMap((choice) => (draw.onceIn(choice.onceIn) ? [draw.one(choice.texts)] : []));
  const last = draw.one([
    ["forward . UPSTREAM"],
    ["forward . UPSTREAM"],
    ["forward . UPSTREAM {\n    except example.com\n  }"],
    ["whoami"],
    [],
  ]);
  return {
    zones: draw.one([
      "cluster.local in-addr.arpa ip6.arpa",
      "cluster.local in-addr.arpa ip6.arpa",
      "cluster.local",
      "cluster.local 10.96.0.0/12 10.244.0.0/17",
      "in-addr.arpa cluster.local ns1.svc.cluster.local",
    ]),
    options,
    plugins: [...others, ...(autopath ? ["autopath @kubernetes"] : []), ...last],
  };
}

function kubernetesOptions(draw: Draws, autopath: boolean): string[] {
  const pods = autopath ? "verified" : draw.one(["insecure", "insecure", "verified", "disabled"]);
  return [
    `pods ${pods}`,
    ...draw.one([["ttl 30"], ["ttl 0"], ["ttl 3600"], []]),
    ...draw.one([["fallthrough in-addr.arpa ip6.arpa"], ["fallthrough"], []]),
    ...draw.one([["namespaces default ns1"], ["namespace_labels team=red"], ["labels app in (x, y)"], [], [], [], []]),
    ...draw.one([["endpoint_pod_names"], []]),
    ...draw.one([["noendpoints"], ["zonal"], ["zonal"], [], []]),
    ...draw.one([["ignore empty_service"], [], []]),
  ];
}

interface Choice {
  readonly onceIn: number;
  readonly texts: readonly string[];
}

/** Caches are so large that nothing has to go: what goes first is a matter of chance. */
const choices: readonly Choice[] = [
  {
    onceIn: 2,
    texts: [
      "cache 30",
      "cache 30 {\n    disable success cluster.local\n    disable denial cluster.local\n  }",
      "cache 100 {\n    success 99840 40 10\n    denial 99840 20 7\n    servfail 0\n  }",
      "cache {\n    keepttl\n  }",
      "cache 5",
      "cache 20 cluster.local {\n    servfail 1s\n  }",
    ],
  },
  {
    onceIn: 3,
    texts: ["loadbalance", "loadbalance round_robin", "loadbalance {\n    prefer 10.244.1.0/24\n  }"],
  },
  { onceIn: 6, texts: ["minimal"] },
  { onceIn: 12, texts: ["debug", "root .", "cancel 5s", "timeouts {\n    read 3s\n  }", "loop", "reload"] },
  { onceIn: 8, texts: ["any"] },
  { onceIn: 8, texts: ["local"] },
  { onceIn: 8, texts: ["bufsize 600", "bufsize 512", "bufsize"] },
  {
    onceIn: 8,
    texts: [
      "acl {\n    block type MX net 127.0.0.1\n    filter type AAAA\n    drop type HINFO\n  }",
      "acl ns1.svc.cluster.local {\n    block type A\n  }",
    ],
  },
  {
    onceIn: 4,
    texts: [
      "rewrite name exact web.default.svc.cluster.local. api.ns1.svc.cluster.local.",
      "rewrite name suffix .cool.test. .svc.cluster.local. answer auto",
      "rewrite name regex (.*)\\.in\\.test\\. {1}.default.svc.cluster.local. answer name (.*)\\.default\\.svc\\.cluster\\.local\\. {1}.in.test.",
      "rewrite type HINFO A",
      "rewrite ttl suffix cluster.local. 7-9",
      "rewrite class CH IN",
      "rewrite name prefix web. api.",
      "rewrite name substring web api answer auto",
      "rewrite rcode suffix cluster.local. NXDOMAIN SERVFAIL",
      "rewrite stop type MX A",
      "rewrite cname suffix example.test. example.com.",
    ],
  },
  {
    onceIn: 5,
    texts: [
      'template IN A ns2.svc.cluster.local {\n    answer "{{ .Name }} 60 IN A 192.0.2.99"\n  }',
      'template IN ANY cool.test {\n    match ^(?P<a>[a-z]+)\\.\n    answer "{{ .Name }} 9 IN TXT \\"{{ .Group.a }} {{ .Type }}\\""\n    fallthrough\n  }',
    ],
  },
  {
    onceIn: 5,
    texts: [
      "hosts /dev/null {\n    10.9.9.9 web.default.svc.cluster.local host.test\n    fd00::9 host.test\n    fallthrough\n  }",
      "hosts /dev/null test {\n    10.9.9.9 host.test\n    ttl 77\n    no_reverse\n  }",
    ],
  },
  {
    onceIn: 4,
    texts: [
      "k8s_external ext.example",
      "k8s_external ext.example {\n    apex top\n    ttl 17\n    headless\n    fallthrough\n  }",
    ],
  },
  { onceIn: 3, texts: ["transfer {\n    to *\n  }"] },
  { onceIn: 4, texts: ["file zone example.test", "file zone example.test {\n    fallthrough\n  }"] },
  { onceIn: 8, texts: ["log"] },
];
