import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import { type ApiHandlerOptions, createApiHandler } from "./api-handler.ts";

const services = "/api/v1/namespaces/default/services";
const maps = "/api/v1/namespaces/default/configmaps";

/** Asks by HTTP, in one process. */
class Client {
  readonly api: TestApiServer = new TestApiServer();
  readonly #handle: (request: Request) => Promise<Response>;

  constructor(options: Partial<ApiHandlerOptions> = {}) {
    this.#handle = createApiHandler({ api: this.api.server, clock: this.api.clock, ...options });
  }

  send(method: string, path: string, init: Omit<RequestInit, "method"> = {}): Promise<Response> {
    return this.#handle(new Request(`http://localhost${path}`, { ...init, method }));
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send("GET", path, { headers });
  }

  post(path: string, body: string | Uint8Array, type = "application/json"): Promise<Response> {
    return this.send("POST", path, { body: body as string, headers: { "content-type": type } });
  }
}

const map = (name: string): string => JSON.stringify({ metadata: { name }, data: { a: "<b>" } });

describe("what is asked of the API server over HTTP", () => {
  it("is refused behind a byte order mark, which is no part of JSON", async () => {
    const refused = await new Client().post(maps, `\ufeff${map("c")}`);
    const { message } = (await refused.json()) as { message: string };
    expect(refused.status).toBe(400);
    expect(message).toContain("json parse error: invalid character 'ï' looking for beginning of value (efbbbf7b22");
  });

  it("is shown in refusals by its first thirty bytes, the cut ones of a character each for itself", async () => {
    const refused = await new Client().post(maps, `{"aaaaaaaaaaaaaaaaaaaaaaaaaa€€`);
    const { message } = (await refused.json()) as { message: string };
    expect(message).toContain('({"aaaaaaaaaaaaaaaaaaaaaaaaaa\ufffd\ufffd ...)');
  });

  it("is written and read, in one line, or to be read by people", async () => {
    const client = new Client();
    const made = await client.post(maps, map("c"));
    expect([made.status, made.headers.get("content-type")]).toEqual([201, "application/json"]);
    const text = await (await client.get(`${maps}/c`)).text();
    expect(text).toMatch(/^\{"kind":"ConfigMap","apiVersion":"v1".*"data":\{"a":"\\u003cb\\u003e"\}\}\n$/);
    for (const [path, agent] of [
      [`${maps}/c?pretty=true`, "x"],
      [`${maps}/c`, "curl/8.0"],
    ] as const) {
      const shown = await (await client.get(path, { "user-agent": agent })).text();
      expect(shown.split("\n").slice(0, 2)).toEqual(["{", '  "kind": "ConfigMap",']);
      expect(JSON.parse(shown)).toEqual(JSON.parse(text));
    }
  });

  it("comes and goes as YAML, too", async () => {
    const client = new Client();
    const made = await client.post(maps, "metadata:\n  name: shop\ndata: {a: b}\n", "application/yaml");
    expect(made.status).toBe(201);
    const shown = await client.get(`${maps}/shop`, { accept: "application/yaml" });
    expect(shown.headers.get("content-type")).toBe("application/yaml");
    expect(await shown.text()).toMatch(/^apiVersion: v1\ndata:\n {2}a: b\nkind: ConfigMap\n/);
  });

  it("has warnings in headers, of Latin letters", async () => {
    const { headers } = await new Client().get("/api/v1/namespaces/default/endpoints");
    expect(headers.get("warning")).toBe(
      '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
    );
  });

  it("tells of writes that were not refused", async () => {
    let writes = 0;
    const client = new Client({ wrote: () => writes++ });
    await client.post(maps, map("c"));
    await client.post(maps, map("c"));
    await client.get(maps);
    expect(writes).toBe(1);
  });
});

describe("what is wrong with a request", () => {
  const refused = async (response: Promise<Response>): Promise<unknown> => {
    const answer = await response;
    const { message, reason, code } = (await answer.json()) as Record<string, unknown>;
    expect(answer.status).toBe(code);
    return [code, reason, message];
  };

  it("is told in the real server's words, and changes nothing", async () => {
    const client = new Client();
    const { revision } = client.api.state;
    const unrecognized = "the object provided is unrecognized (must be of type Service): ";
    const types = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
    expect(await refused(client.post(services, "{}", "text/plain"))).toEqual([
      415,
      "UnsupportedMediaType",
      `the body of the request was in an unknown format - accepted media types include: ${types}`,
    ]);
    expect(await refused(client.post(services, "a: [", "application/vnd.kubernetes.protobuf"))).toEqual([
      400,
      "BadRequest",
      `${unrecognized}provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (613a205b)`,
    ]);
    const patch = client.send("PATCH", `${services}/kubernetes`, {
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(await refused(patch)).toEqual([415, "UnsupportedMediaType", "415: Unsupported Media Type"]);
    expect(await refused(client.get(services, { accept: "text/plain" }))).toMatchObject([
      406,
      "NotAcceptable",
      expect.stringMatching(/^406: /),
    ]);
    const notAllowed = "the server does not allow this method on the requested resource";
    expect(await refused(client.send("PUT", services, { body: "{}" }))).toEqual([405, "MethodNotAllowed", notAllowed]);
    for (const path of ["/api/v1/foos", "/api/v2", "/apis/apps/v2", "/api/v2/pods"]) {
      expect(await refused(client.get(path))).toMatchObject([404, "NotFound", expect.stringMatching(/could not find/)]);
    }
    expect(await refused(client.get(`${services}?labelSelector=a+in`))).toMatchObject([
      400,
      "BadRequest",
      expect.stringMatching(/./),
    ]);
    expect(client.api.state.revision).toBe(revision);
  });

  it("is what has failed here, and the next request is answered", async () => {
    const api = {
      handle: (): never => {
        throw new Error("no kernel");
      },
    };
    const handle = createApiHandler({ api, clock: new TestApiServer().clock });
    const ask = (path: string) => handle(new Request(`http://localhost${path}`));
    expect(await refused(ask(services))).toEqual([500, "InternalError", "Internal error occurred: no kernel"]);
    expect((await ask("/version")).status).toBe(200);
  });

  it("is 413 for a body above 3 MiB, said before or found out", async () => {
    const client = new Client();
    const large = "a".repeat(3 * 1024 * 1024 + 1);
    const told = [413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728"];
    expect(await refused(client.post(services, large))).toEqual(told);
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    });
    expect(await refused(client.send("POST", services, { body: stream, duplex: "half" } as RequestInit))).toEqual(told);
  });

  it("is a value nested too deep, and the process stands", async () => {
    const client = new Client();
    const deep = (levels: number): string => `${'{"a": '.repeat(levels)}1${"}".repeat(levels)}`;
    const yaml = { "content-type": "application/yaml" };
    // Once near the end of the stack, and then beyond it, where an engine may give up altogether.
    for (const levels of [2700, 3400, 12_000]) {
      for (const body of [deep(levels), "- ".repeat(levels), `${"- ".repeat(levels)}a\nb`]) {
        expect(await refused(client.send("POST", maps, { body, headers: yaml }))).toEqual([
          400,
          "BadRequest",
          expect.stringContaining("yaml: exceeded max depth of 1000 ("),
        ]);
      }
      const apply = { body: deep(levels), headers: { "content-type": "application/apply-patch+yaml" } };
      expect(await refused(client.send("PATCH", `${maps}/c?fieldManager=x`, apply))).toEqual([
        400,
        "BadRequest",
        "error decoding patch: error converting YAML to JSON: yaml: exceeded max depth of 1000",
      ]);
      expect(await refused(client.post(maps, deep(levels)))).toMatchObject([
        400,
        "BadRequest",
        expect.stringContaining("json parse error: invalid character '{' exceeded max depth ("),
      ]);
      expect(await refused(client.post(maps, "[".repeat(levels)))).toMatchObject([
        400,
        "BadRequest",
        expect.stringContaining("'[' exceeded max depth ("),
      ]);
    }
  });

  it("is not that a value is deep, below the limit", async () => {
    const client = new Client();
    const deep = (levels: number): string => `${'{"a": '.repeat(levels)}1${"}".repeat(levels)}`;
    const nameless = "metadata.name: Required value";
    for (const body of [`metadata: {x: ${deep(250)}}`, `{"metadata": {"x": ${deep(990)}}}`]) {
      expect(await refused(client.post(maps, body, "application/yaml"))).toMatchObject([
        422,
        "Invalid",
        expect.stringContaining(nameless),
      ]);
    }
    await client.post(maps, map("c"));
    const value = deep(990);
    for (const [type, body] of [
      ["merge-patch", `{"x": ${value}}`],
      ["strategic-merge-patch", `{"x": ${value}}`],
      ["json-patch", `[{"op":"add","path":"/x","value":${value}}]`],
    ] as const) {
      const headers = { "content-type": `application/${type}+json` };
      const answer = await client.send("PATCH", `${maps}/c`, { body, headers });
      expect([answer.status, answer.headers.get("warning")]).toEqual([200, '299 - "unknown field \\"x\\""']);
    }
    const headers = { "content-type": "application/apply-patch+yaml" };
    expect(await refused(client.send("PATCH", `${maps}/c?fieldManager=x`, { body: deep(250), headers }))).toEqual([
      400,
      "BadRequest",
      "invalid object type: /, Kind=",
    ]);
  });

  it.each([
    ['{"a": ', "line 1: did not find expected node content"],
    ["{a: b", "line 1: did not find expected ',' or '}'"],
    ['{"a":1]', "did not find expected ',' or '}'"],
    ["a: [", "line 1: did not find expected node content"],
    ['{"a" "b"}', "did not find expected ',' or '}'"],
    ["{a: 'x}", "found unexpected end of stream"],
  ])("is YAML in brackets that does not end: %s", async (body, problem) => {
    const client = new Client();
    const [, , message] = (await refused(client.post(maps, body, "application/yaml"))) as [number, string, string];
    expect(message).toContain(`(must be of type ConfigMap): yaml: ${problem} (`);
  });

  it("is text of another server for paths that are none", async () => {
    const client = new Client();
    for (const path of [
      "/nosuch",
      "/apis/nosuch/v1",
      "/apis/v1/services",
      "//api/v1",
      "/livez/",
      "/openapi/v2/",
      "/openapi/v3/x",
    ]) {
      const answer = await client.get(path);
      expect([path, answer.status, await answer.text()]).toEqual([path, 404, "404 page not found\n"]);
    }
    expect((await client.get("/api/v1/namespaces/default/services/a%zz")).status).toBe(400);
  });

  it("is a Host of somebody else, where names are given", async () => {
    const client = new Client({ hostNames: ["lab.example"] });
    for (const host of ["localhost:80", "127.0.0.1", "[::1]:8001", "LAB.example"]) {
      expect((await client.get("/version", { host })).status).toBe(200);
    }
    for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "10.0.0.1"]) {
      expect((await client.get("/version", { host })).status).toBe(403);
    }
    expect((await new Client().get("/version", { host: "any.example" })).status).toBe(200);
  });
});

describe("discovery", () => {
  const json = async (response: Promise<Response>): Promise<Record<string, unknown>> =>
    (await (await response).json()) as Record<string, unknown>;

  it("is version, health and lists of what is stored", async () => {
    const client = new Client();
    expect(await json(client.get("/version"))).toMatchObject({ major: "1", gitVersion: "v1.37.2" });
    for (const path of ["/healthz", "/livez", "/readyz", "/readyz/ping"]) {
      expect(await (await client.get(path)).text()).toBe("ok");
    }
    expect(await json(client.get("/api"))).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    const { groups } = (await json(client.get("/apis"))) as { groups: { name: string }[] };
    expect(groups.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["apps", "networking.k8s.io", "discovery.k8s.io"]),
    );
    const list = (await json(client.get("/api/v1"))) as { resources: { name: string }[] };
    expect(list.resources.find(({ name }) => name === "configmaps")).toEqual({
      name: "configmaps",
      singularName: "configmap",
      namespaced: true,
      kind: "ConfigMap",
      verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
      shortNames: ["cm"],
      storageVersionHash: "qFsyl6wFWjQ=",
    });
  });

  it("has one root that looks at the method", async () => {
    const client = new Client();
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      for (const [path, status] of [
        ["/api", 405],
        ["/api/", 405],
        ["/api/v1", 405],
        ["/apis", 200],
        ["/apis/apps", 200],
      ] as const) {
        expect([path, (await client.send(method, path)).status]).toEqual([path, status]);
      }
    }
  });

  it("comes at once for who asks so, and plainly for others", async () => {
    const client = new Client();
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    const answer = await client.get("/apis", { accept });
    expect(answer.headers.get("content-type")).toBe(accept.split(",")[0]);
    const { items } = (await answer.json()) as {
      items: { metadata: { name: string }; versions: { resources: object[] }[] }[];
    };
    const apps = items.find(({ metadata }) => metadata.name === "apps")!;
    expect(apps.versions[0]!.resources).toContainEqual(
      expect.objectContaining({
        resource: "deployments",
        responseKind: { group: "", version: "", kind: "Deployment" },
        scope: "Namespaced",
        subresources: [
          {
            subresource: "scale",
            responseKind: { group: "autoscaling", version: "v1", kind: "Scale" },
            verbs: ["get", "patch", "update"],
          },
          {
            subresource: "status",
            responseKind: { group: "", version: "", kind: "Deployment" },
            verbs: ["get", "patch", "update"],
          },
        ],
      }),
    );
    const older = accept.replace("v=v2", "v=v2beta1");
    expect(await json(client.get("/apis", { accept: older }))).toMatchObject({ kind: "APIGroupList" });
    expect((await client.get("/apis", { accept: older.split(",")[0]! })).status).toBe(406);
  });

  it("has OpenAPI documents under their hashes, in which every reference leads somewhere", async () => {
    const client = new Client();
    const { paths } = (await json(client.get("/openapi/v3"))) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    for (const { serverRelativeURL } of Object.values(paths)) {
      const text = await (await client.get(serverRelativeURL)).text();
      const document = JSON.parse(text) as { components: { schemas: object } };
      const named = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]!);
      expect(named.filter((name) => !Object.hasOwn(document.components.schemas, name))).toEqual([]);
      expect(text).not.toContain('"$ref":"#/components/schemas/"');
      const moved = await client.get(serverRelativeURL.replace(/hash=.*/, "hash=0"));
      expect([moved.status, moved.headers.get("location")]).toEqual([301, serverRelativeURL]);
    }
    const text = await (await client.get("/openapi/v2")).text();
    const { definitions } = JSON.parse(text) as { definitions: Record<string, { properties: object }> };
    const named = [...text.matchAll(/"#\/definitions\/([^"]+)"/g)].map((match) => match[1]!);
    expect(named.filter((name) => !Object.hasOwn(definitions, name))).toEqual([]);
    expect(definitions["io.k8s.api.core.v1.ServicePort"]!.properties).toMatchObject({
      port: { type: "integer", format: "int32" },
      targetPort: { $ref: "#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString" },
    });
  });

  it("has the second version of OpenAPI in the protobuf that Go's clients ask for", async () => {
    const client = new Client();
    const old = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    const answer = await client.get("/openapi/v2", { accept: old });
    expect([answer.status, answer.headers.get("content-type"), answer.headers.get("vary")]).toEqual([
      200,
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
      "Accept",
    ]);
    const reader = new BinaryReader(new Uint8Array(await answer.arrayBuffer()));
    expect([reader.tag(), reader.string()]).toEqual([[1, WireType.LengthDelimited], "2.0"]);
    const preferred = await client.get("/openapi/v2", { accept: `application/json;q=0.1, ${old}` });
    expect(preferred.headers.get("content-type")).toContain("protobuf");
    expect((await client.get("/openapi/v2", { accept: "text/html, */*" })).headers.get("content-type")).toContain(
      "json",
    );
    expect((await client.get("/openapi/v2", { accept: "text/html" })).status).toBe(406);
  });

  it("is not sent again to who has it, by its tag", async () => {
    const client = new Client();
    const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    for (const [path, accept] of [
      ["/openapi/v2", "application/json"],
      ["/openapi/v2", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"],
      ["/openapi/v3/api/v1", "application/json"],
      ["/api", aggregated],
      ["/apis", aggregated],
    ] as const) {
      const first = await client.get(path, { accept });
      const etag = first.headers.get("etag")!;
      expect(etag).toMatch(/^"[0-9A-F]{128}"$/);
      const again = await client.get(path, { accept, "if-none-match": etag });
      expect([again.status, await again.text()]).toEqual([304, ""]);
      const { headers } = again;
      expect([headers.get("etag"), headers.get("vary"), headers.get("content-type")]).toEqual([etag, "Accept", null]);
      const other = await client.get(path, { accept, "if-none-match": etag.replaceAll('"', "") });
      expect(other.status).toBe(200);
      // A list of tags, and weak ones, are read for OpenAPI only.
      const listed = await client.get(path, { accept, "if-none-match": `"x", W/${etag}` });
      expect(listed.status).toBe(accept === aggregated ? 200 : 304);
    }
    const status = async (method: string, path: string, tag: string) =>
      (await client.send(method, path, { headers: { "if-none-match": tag } })).status;
    expect(await status("GET", "/openapi/v3", "*")).toBe(304);
    expect(await status("GET", "/openapi/v3", '"x"')).toBe(200);
    expect(await status("POST", "/openapi/v3", "*")).toBe(412);
    expect(await status("GET", "/openapi/v3/api/v1?hash=1", "*")).toBe(301);
    expect(await status("GET", "/openapi/v3/x", "*")).toBe(404);
  });
});
