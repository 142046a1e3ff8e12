/**
 * PGlite in the shape of a connection pool: one session, handed to one user at a time, first come, first served.
 */
import type { PGlite } from '@electric-sql/pglite'
import type { PostgresPool, PostgresPoolClient } from 'kysely'

/** Longer than any one chunk's transaction was measured to take, shorter than an operator's patience. */
const ACQUIRE_LIMIT_MS = 60_000

export function createPglitePool(pglite: PGlite, acquireLimitMs = ACQUIRE_LIMIT_MS): PostgresPool {
  const waiting: (() => void)[] = []
  let busy = false

  const release = () => {
    const next = waiting.shift()
    if (next === undefined) busy = false
    else next()
  }

  const client: PostgresPoolClient = {
    query: (async (sql: string, parameters: readonly unknown[]) => {
      const { command, rowCount, rows } = await pglite.query(sql, [...parameters])
      return { command, rowCount, rows }
    }) as PostgresPoolClient['query'],
    release,
  }

  return {
    async connect() {
      if (busy) await turn(waiting, acquireLimitMs)
      busy = true
      return client
    },
    end: () => pglite.close(),
  }
}

function turn(waiting: (() => void)[], limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const mine = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(mine), 1)
      reject(
        new Error(
          `the embedded database was not free for ${limitMs / 1000} s: one transaction holds it; ` +
            'set DATABASE_URL to use a PostgreSQL server when the load is real',
        ),
      )
    }, limitMs)
    waiting.push(mine)
  })
}
