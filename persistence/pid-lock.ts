/**
 * One process per data folder. PGlite has no lock of its own: two processes on one folder both open it, and the
 * commits of one vanish.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { processIdentity } from './process-identity.js'

export interface PidLock {
  release(): void
}

interface Holder {
  readonly pid: number
  readonly identity: string | undefined
  readonly host: string
}

/** A living process has the folder; one sentence that names it. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

const LOCK_FILE = 'meterhall.lock'

/**
 * Takes the folder, which is made when it does not exist.
 * @throws FolderInUse when a living process has it; a lock left by a dead one is replaced.
 */
export function lockFolder(folder: string): PidLock {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, LOCK_FILE)
  const mine = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid), host: hostname() })
  const own = `${path}.${process.pid}`
  writeFileSync(own, mine)
  try {
    for (;;) {
      // a link appears whole or not at all, and never over an existing file
      if (tryLink(own, path)) return { release: () => removeIfMine(path, mine) }
      const found = readIfThere(path)
      if (found === undefined) continue
      refuseIfAlive(folder, path, found)
      setAside(path, found, `${own}.stale`)
    }
  } finally {
    rmSync(own, { force: true })
  }
}

function refuseIfAlive(folder: string, path: string, found: string): void {
  const holder = JSON.parse(found) as Holder
  if (holder.host !== hostname()) {
    throw new FolderInUse(
      `The data folder ${folder} is in use by process ${holder.pid} of another machine; stop it there, ` +
        `or delete ${path} when you are sure that it no longer runs.`,
    )
  }
  const identity = processIdentity(holder.pid)
  if (identity !== undefined && identity === holder.identity) {
    throw new FolderInUse(
      `The data folder ${folder} is in use by process ${holder.pid}; stop that process first, ` +
        'or set DATABASE_URL to let several processes share a PostgreSQL server.',
    )
  }
}

/** Of two processes that both saw the dead lock, the one that comes second finds another text and puts it back. */
function setAside(path: string, seen: string, aside: string): void {
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (readFileSync(aside, 'utf8') !== seen) tryLink(aside, path)
  rmSync(aside, { force: true })
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function removeIfMine(path: string, mine: string): void {
  if (readIfThere(path) === mine) rmSync(path, { force: true })
}
