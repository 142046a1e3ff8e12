/** A ledger's database that counts what it is asked: exact numbers, which no load of the machine changes. */
import type { Kysely, KyselyPlugin } from 'kysely'
import type { Database } from '../../persistence/database.js'
import type { Tables } from '../../persistence/tables.js'

export interface StatementCount {
  /** Statements of each transaction, in the order in which they began; those without a statement are left out. */
  readonly transactions: readonly number[]
  /** Statements outside any transaction. */
  readonly outside: number
}

/** Counts from now on. */
export function countingDatabase(database: Database): { readonly database: Database; count(): StatementCount } {
  const transactions: { statements: number }[] = []
  const outside = { statements: 0 }
  return {
    database: {
      ...database,
      kysely: database.kysely.withPlugin(countingInto(outside)) as Kysely<Tables>,
      tx: (work) =>
        database.tx((trx) => {
          const counter = { statements: 0 }
          transactions.push(counter)
          return work(trx.withPlugin(countingInto(counter)))
        }),
    },
    count: () => ({
      transactions: transactions.map((each) => each.statements).filter((statements) => statements > 0),
      outside: outside.statements,
    }),
  }
}

function countingInto(counter: { statements: number }): KyselyPlugin {
  return {
    transformQuery({ node }) {
      counter.statements += 1
      return node
    },
    transformResult: async ({ result }) => result,
  }
}
