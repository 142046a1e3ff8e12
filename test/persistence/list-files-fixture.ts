/** Lists in memory, as a test needs them. */
import { LIST_COLUMNS, type ListColumn } from '../../domain/list-columns.js'
import type { ListRow } from '../../domain/list-row.js'
import { readCustomerList } from '../../persistence/list-files/read-customer-list.js'
import type { ListMapping } from '../../persistence/list-mapping.js'

export const HEADER = LIST_COLUMNS.join(',')

/** The values of one row in the order of the header. */
export function valuesOf(parts: Partial<Record<ListColumn, string>> = {}): string[] {
  const all = {
    account_number: '0483314883',
    service_point: '0483314883001',
    rate_class: 'DS-1',
    customer_name: 'Pat Example',
    ...parts,
  }
  return LIST_COLUMNS.map((column) => (all as Partial<Record<ListColumn, string>>)[column] ?? '')
}

export function csvOf(...rows: readonly Partial<Record<ListColumn, string>>[]): string {
  return [HEADER, ...rows.map((row) => valuesOf(row).map(quoted).join(','))].map((line) => `${line}\n`).join('')
}

function quoted(value: string): string {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

export async function rowsOf(content: string | Buffer, mapping: ListMapping = {}): Promise<ListRow[]> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const rows: ListRow[] = []
  for await (const row of readCustomerList([{ kind: 'fixed', name: 'list.csv', content: bytes }], mapping))
    rows.push(row)
  return rows
}
