/**
 * Transactions, guarded: whoever uses the outer database inside one gets an error at once.
 * On the embedded store, one session behind a mutex, that statement would wait for itself; on PostgreSQL it would
 * run outside the transaction and survive its rollback.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Kysely, PostgresPool, Transaction } from 'kysely'
import { withoutValues } from './database-error.js'

/** Only what `connect()` has to tell apart; work that was started inside and outlives the transaction is free again. */
interface Mark {
  state: 'connecting' | 'open' | 'over'
}

export interface GuardedPool {
  readonly pool: PostgresPool
  transact<T, Tables>(kysely: Kysely<Tables>, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
}

/** One guard per database: a transaction of one may use another. */
export function guardPool(pool: PostgresPool): GuardedPool {
  const marks = new AsyncLocalStorage<Mark>()
  let ended: Promise<void> | undefined
  return {
    pool: {
      async connect() {
        const mark = marks.getStore()
        if (mark?.state === 'open') {
          throw new Error('the database was used inside a transaction without it: pass the transaction on')
        }
        if (mark?.state === 'connecting') mark.state = 'open'
        return guardClient(await pool.connect())
      },
      end() {
        ended ??= pool.end()
        return ended
      },
    },
    async transact(kysely, work) {
      const mark: Mark = { state: 'connecting' }
      if (marks.getStore()?.state === 'open') {
        throw new Error('a transaction was begun inside a transaction: pass the outer one on')
      }
      try {
        return await marks.run(mark, () => kysely.transaction().execute(work))
      } finally {
        mark.state = 'over'
      }
    },
  }
}

type Client = Awaited<ReturnType<PostgresPool['connect']>>

/** Kysely keeps what it knows of a connection by the client object, so that one client stays one object. */
const guarded = new WeakMap<Client, Client>()

function guardClient(client: Client): Client {
  const known = guarded.get(client)
  if (known !== undefined) return known
  const query = async (sql: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(sql, parameters)
    } catch (error) {
      throw withoutValues(error)
    }
  }
  const wrapped: Client = { query: query as Client['query'], release: () => client.release() }
  guarded.set(client, wrapped)
  return wrapped
}
