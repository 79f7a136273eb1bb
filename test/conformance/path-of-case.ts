import { basename, dirname } from "node:path";

/** Is this a file `…/FOLDER/*.EXT`? `folder` may have several segments: `kube-proxy/ipvs`. */
export function isFileIn(path: string, folder: string, extension: string): boolean {
  return path.endsWith(extension) && `/${dirname(path)}`.endsWith(`/${folder}`);
}

/** Is this a folder right under one called `parent`? */
export function isFolderIn(path: string, parent: string): boolean {
  return basename(dirname(path)) === parent;
}
