/** Hands out one source file with a bug in it; every other one as it is. Runs below tsx, which compiles what it gets. */

import { Buffer } from 'node:buffer';

let mutant = null;

export function initialize(given) {
  mutant = given;
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (mutant === null || !url.split('?')[0].endsWith(`/${mutant.file}`)) return loaded;
  const source = Buffer.from(loaded.source).toString();
  if (source.split(mutant.find).length !== 2)
    throw new Error(`${mutant.file} does not have it once: ${mutant.find}`);
  return { ...loaded, source: source.replace(mutant.find, () => mutant.replace) };
}
