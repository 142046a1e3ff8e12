/**
 * Transactions, guarded: whoever uses the outer database inside one gets an error at once.
 * On the embedded store, one session behind a mutex, that statement would wait for itself; on PostgreSQL it would
 * run outside the transaction and survive its rollback.
 *
 * One that another transaction got in the way of is begun again, and then sees what the other did.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Kysely, PostgresPool, Transaction } from 'kysely'
import { withoutValues } from './database-error.js'

/** Only what `connect()` has to tell apart; work that was started inside and outlives the transaction is free again. */
interface Mark {
  state: 'connecting' | 'open' | 'over'
}

/** SQLSTATE: a deadlock, a serialization failure, a row that another transaction inserted first. */
const ANOTHER_IN_THE_WAY: readonly unknown[] = ['40P01', '40001', '23505']
/** As many as may well want the same row at once; a real duplicate fails each time and is then thrown. */
const MOST_ATTEMPTS = 5

export interface GuardedPool {
  readonly pool: PostgresPool
  /** `work` may run several times and has no effect but in the transaction. */
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
      if (marks.getStore()?.state === 'open') {
        throw new Error('a transaction was begun inside a transaction: pass the outer one on')
      }
      for (let attempt = 1; ; attempt++) {
        const mark: Mark = { state: 'connecting' }
        try {
          return await marks.run(mark, () => kysely.transaction().execute(work))
        } catch (error) {
          if (attempt === MOST_ATTEMPTS || !mayBeTriedAgain(error)) throw error
        } finally {
          mark.state = 'over'
        }
      }
    },
  }
}

function mayBeTriedAgain(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ANOTHER_IN_THE_WAY.includes(error.code)
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
