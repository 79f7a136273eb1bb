import type { CommandResult, FileTree } from "@kubenetsim/kubectl";
import { failed, type Program } from "../../shell/program.ts";
import { CookieJar } from "../cookie-jar.ts";
import { cookieFileText, readCookieFile } from "./cookie-file.ts";
import { type CurlArguments, readCurlArguments } from "./curl-arguments.ts";
import { queriedUrl, requestOptions } from "./curl-request.ts";
import { type CurlSystem, CurlTransfer } from "./curl-transfer.ts";

const tryHelp = "curl: try 'curl --help' or 'curl --manual' for more information";

/** `curl` of curl 7.88.1 in a terminal: its options for requests, its texts and its exit codes. No progress is shown. */
export function curl(system: CurlSystem): Program {
  return (words, { files }) => {
    const args = readCurlArguments(words);
    if (args.problem !== undefined) return failed(`curl: ${args.problem}\n${tryHelp}`, 2);
    if (args.urls.length === 0) return failed(`curl: no URL specified!\n${tryHelp}`, 2);
    return run(args, system, files);
  };
}

function run(args: CurlArguments, system: CurlSystem, files: FileTree): CommandResult {
  const read = requestOptions(args, files);
  if (typeof read === "string") return failed(`curl: ${read}\n${tryHelp}`, 26);
  const cookieJar = startedJar(args, files);
  const transfer = new CurlTransfer(args, system, cookieJar === undefined ? read : { ...read, cookieJar });
  const printed = { stdout: "", stderr: "" };
  let exitCode = 0;
  const outputs = args.values("output");
  args.urls.forEach((text, i) => {
    const result = transfer.fetch(queriedUrl(args, text), i);
    const file = outputs[i];
    if (file === undefined || file === "-") printed.stdout += result.output;
    else if (file !== "/dev/null") files.write(file, result.output);
    printed.stdout += result.written;
    printed.stderr += result.stderr;
    exitCode = result.exitCode;
  });
  const jarFile = args.value("cookieJar");
  if (jarFile !== undefined && cookieJar !== undefined) {
    const text = cookieFileText(cookieJar.cookies);
    if (jarFile === "-") printed.stdout += text;
    else files.write(jarFile, text);
  }
  return { ...printed, exitCode };
}

/** Cookies are kept with `-c`, and with `-b` and a file to begin with. */
function startedJar(args: CurlArguments, files: FileTree): CookieJar | undefined {
  const named = args.values("cookie").filter((value) => !value.includes("="));
  if (named.length === 0 && !args.has("cookieJar")) return undefined;
  return new CookieJar(named.flatMap((file) => readCookieFile(files.read(file) ?? "")));
}
