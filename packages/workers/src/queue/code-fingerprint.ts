import { createHash, type Hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

/** Of 64 hexadecimal digits: enough that two codes of one version do not meet. */
const digits = 12;

/**
 * A fingerprint of the built code of a package and of those that it depends on, wherever they are installed: two machines with
 * the same one compute the same.
 *
 * @param from a module of the package: its file URL
 * @param name of the package
 * @param scope which of its dependencies count: those whose names begin so
 * @returns 12 hexadecimal digits
 */
export function codeFingerprint(from: string, name: string, scope: string): string {
  const require = createRequire(from);
  const built = (one: string): string => dirname(require.resolve(one));
  const { dependencies } = require(join(built(name), "..", "package.json")) as Manifest;
  const others = Object.keys(dependencies).filter((each) => each.startsWith(scope));
  const hash = createHash("sha256");
  for (const one of [name, ...others.sort()]) hashFolder(hash, built(one));
  return hash.digest("hex").slice(0, digits);
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What is built, or what it is built of where that is what runs. */
const script = /(?<!\.d|\.test)\.[jt]s$/;

/** Each script with its place: all of them, since no list of what counts stays complete. */
export function hashFolder(hash: Hash, folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && script.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();
  for (const file of files) hash.update(JSON.stringify([file, readFileSync(join(folder, file), "utf8")]));
}
