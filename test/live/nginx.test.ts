/** Every pick of nginx's balancers beside those of the real nginx. */
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { nginxSchedulers } from "@kubenetsim/schedulers";
import { describe, expect, it } from "vitest";
import { Backends } from "./nginx/backends.ts";
import { Lockstep } from "./nginx/lockstep.ts";
import { randomUpstream } from "./nginx/random-upstream.ts";
import { nginxMissing, RealNginx } from "./nginx/real-nginx.ts";

const blocks = Number(process.env.NGINX_BLOCKS ?? 12);
const events = 150;
const minutes = 60_000;
const seed = process.env.NGINX_SEED ?? "nginx";

describe("the real nginx", () => {
  const missing = nginxMissing();
  const skip = missing !== undefined && process.env.CI === undefined;
  const because = missing === undefined ? "" : ` (${missing})`;

  it.skipIf(skip).each(Object.keys(nginxSchedulers))(
    `picks as %s does, with failures, backups and connections${because}`,
    { timeout: 5 * minutes },
    async (name) => {
      const random = seededRandom(`${seed}/${name}`);
      const real = new RealNginx();
      const backends = await Backends.start(real.folder);
      try {
        const upstreams = Array.from({ length: blocks }, () => randomUpstream(name, backends.names, random));
        await real.start(upstreams.map((upstream) => upstream.text));
        let picks = 0;
        for (const [number, upstream] of upstreams.entries()) {
          const lockstep = new Lockstep(real, backends, upstream, number, random);
          await lockstep.run(events);
          picks += lockstep.own.picks;
        }
        expect(picks).toBeGreaterThan(blocks * 60);
      } finally {
        await real.stop();
        await backends.stop();
      }
    },
  );
});
