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
  if (rows.length > 0) await insertion(table, rows).execute(trx)
}

/** The same; gives the generated numbers of a column in the order of the rows. */
export async function insertNumberedRows<T extends keyof Tables>(
  trx: Trx,
  table: T,
  number: keyof Row<T> & string,
  rows: readonly RowToInsert<T>[],
): Promise<readonly number[]> {
  if (rows.length === 0) return []
  const inserted = await sql<{
    number: number
  }>`${insertion(table, rows)} returning ${sql.ref(number)} as number`.execute(trx)
  return inserted.rows.map((row) => row.number).sort((a, b) => a - b)
}

function insertion(table: keyof Tables, rows: readonly object[]): RawBuilder<unknown> {
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)))
  return sql`insert into ${sql.table(table)} (${columns}) ${selection(table, rows)}`
}

/** What to insert, for an insertion that says more than that; its columns are those of the first row, in their order. */
export function selection(table: keyof Tables, rows: readonly object[]): RawBuilder<unknown> {
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)))
  return sql`select ${columns} from ${recordset(table, rows)} with ordinality order by ordinality`
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

function recordset(table: keyof Tables, rows: readonly unknown[]): RawBuilder<unknown> {
  return sql`jsonb_populate_recordset(null::${sql.table(table)}, ${jsonOf(rows)}::jsonb)`
}

/** Half of a character, as a broken file may have it, is written as the sign for one that is not known: jsonb takes no halves. */
function jsonOf(rows: readonly unknown[]): string {
  const text = JSON.stringify(rows)
  if (!/\\ud[89a-f]/.test(text)) return text
  return JSON.stringify(rows, (_key, value) => (typeof value === 'string' ? Buffer.from(value).toString() : value))
}
