/** Many rows in one statement: they travel as one JSON text, so that neither its parameters nor its plan grow with them. */
import { type RawBuilder, sql } from 'kysely'
import type { NewRow, Row, Tables } from '../tables.js'
import type { Trx } from './journal.js'

/** A new row whose JSON columns hold the value itself, not its text. Bytes do not travel this way. */
export type RowToInsert<T extends keyof Tables> = {
  readonly [C in keyof NewRow<T>]: C extends keyof Row<T> ? Row<T>[C] : never
}

/** Inserts in the order given, so that generated numbers follow it. All rows name the same columns. */
export async function insertRows<T extends keyof Tables>(
  trx: Trx,
  table: T,
  rows: readonly RowToInsert<T>[],
): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const columns = sql.join(Object.keys(first).map((column) => sql.ref(column)))
  await sql`insert into ${sql.table(table)} (${columns})
    select ${columns} from ${recordset(table, rows)} with ordinality order by ordinality`.execute(trx)
}

/** Sets the other columns of the rows that `key` names. All rows name the same columns, and each is named once. */
export async function updateRows<T extends keyof Tables, K extends keyof Row<T> & string>(
  trx: Trx,
  table: T,
  key: K,
  rows: readonly (Partial<Row<T>> & Pick<Row<T>, K>)[],
): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const changes = Object.keys(first).filter((column) => column !== key)
  const assignments = sql.join(changes.map((column) => sql`${sql.ref(column)} = changed.${sql.ref(column)}`))
  await sql`update ${sql.table(table)} set ${assignments} from ${recordset(table, rows)} as changed
    where ${sql.table(table)}.${sql.ref(key)} = changed.${sql.ref(key)}`.execute(trx)
}

function recordset(table: string, rows: readonly unknown[]): RawBuilder<unknown> {
  return sql`jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`
}
