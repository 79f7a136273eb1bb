import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";

const maps = "/api/v1/namespaces/default/configmaps";

interface Listed {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

function withMaps(...names: readonly string[]): TestApiServer {
  const api = new TestApiServer();
  for (const name of names) api.ask("POST", maps, { metadata: { name, labels: { n: name } } });
  return api;
}

function list(api: TestApiServer, query: string): Listed & { names: string[] } {
  const answer = api.ask("GET", `${maps}?${query}`);
  const body = answer.body as unknown as Listed;
  if (answer.code !== 200) throw new Error(JSON.stringify(body));
  return { ...body, names: body.items.map(({ metadata }) => metadata.name) };
}

function refusal(api: TestApiServer, query: string) {
  return api.ask("GET", `${maps}?${query}`).body as { message: string; code: number; metadata: { continue?: string } };
}

describe("a list", () => {
  it("comes in pages of one picture, whatever is written between them", () => {
    const api = withMaps("c5", "c1", "c4", "c2", "c3");
    const first = list(api, "limit=2");
    expect([first.names, first.metadata.remainingItemCount]).toEqual([["c1", "c2"], 3]);
    api.ask("DELETE", `${maps}/c3`);
    api.ask("POST", maps, { metadata: { name: "c35" } });
    api.ask("PUT", `${maps}/c4`, { metadata: { name: "c4", labels: { n: "new" } } });
    const second = list(api, `limit=2&continue=${first.metadata.continue}`);
    expect([second.names, second.metadata.remainingItemCount]).toEqual([["c3", "c4"], 1]);
    expect(second.items[1]).toMatchObject({ metadata: { labels: { n: "c4" } } });
    const third = list(api, `continue=${second.metadata.continue}`);
    expect(third.names).toEqual(["c5"]);
    expect(third.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
    expect(list(api, "").names).toEqual(["c1", "c2", "c35", "c4", "c5"]);
  });

  it("does not count what a selector leaves", () => {
    const api = withMaps("c1", "c2", "c3");
    const { names, metadata } = list(api, "limit=1&labelSelector=n!=c1");
    expect([names, metadata.remainingItemCount]).toEqual([["c2"], undefined]);
    expect(list(api, `limit=1&labelSelector=n!=c1&continue=${metadata.continue}`).names).toEqual(["c3"]);
  });

  it("is as of the revision that is asked for exactly, and the newest otherwise", () => {
    const api = withMaps("c1", "c2", "c3");
    const now = api.state.revision;
    expect(list(api, `resourceVersion=${now - 2}`)).toMatchObject({
      names: ["c1", "c2", "c3"],
      metadata: { resourceVersion: String(now) },
    });
    expect(list(api, `resourceVersion=${now - 2}&resourceVersionMatch=Exact`)).toMatchObject({
      names: ["c1"],
      metadata: { resourceVersion: String(now - 2) },
    });
    expect(list(api, `limit=5&resourceVersion=${now - 1}`).names).toEqual(["c1", "c2"]);
    for (const n of ["2", "3"]) api.ask("PUT", `${maps}/c1`, { metadata: { name: "c1", labels: { n } } });
    const { items } = list(api, `resourceVersion=${now}&resourceVersionMatch=Exact`);
    expect(items[0]).toMatchObject({ metadata: { labels: { n: "c1" } } });
    expect(list(api, "resourceVersion=0&limit=1").names).toEqual(["c1", "c2", "c3"]);
    expect(list(api, `resourceVersion=${now}&resourceVersionMatch=NotOlderThan&limit=1`).names).toEqual(["c1"]);
  });

  it("expires", () => {
    const api = withMaps("c1", "c2", "c3");
    const { metadata } = list(api, "limit=1");
    api.ask("DELETE", `${maps}/c2`);
    api.oldestRevision = api.state.revision;
    const expired = refusal(api, `limit=1&continue=${metadata.continue}`);
    expect(expired).toMatchObject({ code: 410, reason: "Expired" });
    expect(expired.message).toMatch(
      /^The provided continue parameter is too old to display a consistent list result\./,
    );
    expect(list(api, `limit=1&continue=${expired.metadata.continue}`).names).toEqual(["c3"]);
    expect(refusal(api, "resourceVersion=1&resourceVersionMatch=Exact")).toMatchObject({
      code: 410,
      message: "The resourceVersion for the provided list is too old.",
    });
  });

  it("refuses revisions that are to come", () => {
    const api = withMaps();
    const now = api.state.revision;
    const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
    const message = `Timeout: Too large resource version: 999, current: ${now}`;
    expect(refusal(api, "resourceVersion=999")).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason: "Timeout",
      details: { causes, retryAfterSeconds: 1 },
      code: 504,
    });
    expect(refusal(api, "resourceVersion=999&resourceVersionMatch=Exact")).toMatchObject({
      message,
      details: { causes },
    });
  });

  const encoded = (json: string): string => Buffer.from(json).toString("base64url");
  it.each([
    ["limit=abc", 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ["limit=99999999999999999999", 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    [
      "continue=abc",
      "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value",
    ],
    [
      `continue=${encoded('{"v":"meta.k8s.io/v1","rv":5.5,"start":"x"}')}`,
      "invalid continue token: continue key is not valid: json: cannot unmarshal number 5.5 into Go struct field continueToken.rv of type int64",
    ],
    [
      `continue=${encoded('{"v":5}')}`,
      "invalid continue token: continue key is not valid: json: cannot unmarshal number into Go struct field continueToken.v of type string",
    ],
    [
      `continue=${encoded("[".repeat(20_000))}`,
      "invalid continue token: continue key is not valid: invalid character '[' exceeded max depth",
    ],
    ["continue=!!!", "invalid continue token: continue key is not valid: illegal base64 data at input byte 0"],
    [
      "continue=e30",
      "invalid continue token: continue key is not valid: server does not recognize this encoded version ",
    ],
    [
      `continue=${encoded('{"v":"meta.k8s.io/v1","rv":0,"start":"x"}')}`,
      "invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
    ],
    [
      `continue=${encoded('{"v":"meta.k8s.io/v1","rv":120,"start":"../x"}')}`,
      "invalid continue token: continue key is not valid: ../x",
    ],
    [
      "resourceVersion=abc",
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    ["fieldSelector=metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ["fieldSelector=metadata.name=a%5Cq", "invalid field selector: invalid escape sequence: \\q"],
    ["labelSelector=a+in+b".replaceAll("+", " "), "unable to parse requirement: found 'b' expected: '('"],
  ])("refuses %s", (query, message) => {
    expect(refusal(withMaps(), query)).toMatchObject({ message, reason: "BadRequest", code: 400 });
  });

  it.each([
    ["/api/v1/pods?fieldSelector=foo=1", "field label not supported: foo"],
    ["/api/v1/nodes?fieldSelector=metadata.namespace=a", "field label not supported: metadata.namespace"],
    ["/api/v1/pods?fieldSelector=foo==1,bar!=2", "field label not supported: bar"],
    [
      "/apis/networking.k8s.io/v1/ingresses?fieldSelector=type=a",
      '"type" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
  ])("knows a kind's fields: %s", (url, message) => {
    expect(new TestApiServer().ask("GET", url).body).toMatchObject({ message });
  });

  it("selects by a kind's own fields", () => {
    const api = new TestApiServer();
    const spec = { ports: [{ port: 80 }], type: "NodePort" };
    api.ask("POST", "/api/v1/namespaces/default/services", { metadata: { name: "web" }, spec });
    const services = api.ask("GET", "/api/v1/services?fieldSelector=spec.type=NodePort,metadata.namespace!=x").body;
    expect((services as unknown as Listed).items.map(({ metadata }) => metadata.name)).toEqual(["web"]);
  });
});
