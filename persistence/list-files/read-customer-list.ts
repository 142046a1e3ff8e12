/** Rows of the three list files, by our column names. */
import { hash } from 'node:crypto'
import { LIST_COLUMNS, OPTIONAL_COLUMNS, type ListColumn } from '../../domain/list-columns.js'
import type { ListRow } from '../../domain/list-row.js'
import { InputFileError } from '../input-file.js'
import type { ListMapping } from '../list-mapping.js'
import { csvRecords } from './csv-records.js'
import { isWorkbook, type ListSource } from './list-source.js'
import { xlsxRecords } from './xlsx-records.js'

/**
 * Reads the files one after the other, row by row, as far as the consumer asks.
 * @throws InputFileError in one sentence when a file is damaged or lacks a column. Rows given before that are of a list
 * that cannot be used: the consumer throws them away.
 */
export async function* readCustomerList(sources: readonly ListSource[], mapping: ListMapping): AsyncGenerator<ListRow> {
  for (const source of sources) yield* readListFile(source, mapping)
}

async function* readListFile(source: ListSource, mapping: ListMapping): AsyncGenerator<ListRow> {
  const records = (await isWorkbook(source)) ? xlsxRecords(source) : csvRecords(source, mapping)
  let layout: Layout | null = null
  for await (const { line, values } of records) {
    if (layout === null) {
      layout = layoutOf(values, source, mapping)
      continue
    }
    if (values.length !== layout.width) {
      throw new InputFileError(
        `The list file ${source.name} has ${values.length} values on line ${line} where its header has ${layout.width}; a comma inside a value stands in quotes, and a cut file is asked for again.`,
      )
    }
    yield {
      file: source.name,
      line,
      list: source.kind,
      fingerprint: fingerprintOf(values, layout),
      cells: cellsOf(values, layout),
    }
  }
  if (layout === null)
    throw new InputFileError(
      `The list file ${source.name} is empty; a list without customers has at least the header line.`,
    )
}

interface Layout {
  readonly width: number
  /** Position of each of our columns in the file; -1 where the list has none. */
  readonly positions: readonly number[]
  /** Every position, ours first: files with the same columns in another order compare equal. */
  readonly order: readonly number[]
}

function layoutOf(header: readonly string[], source: ListSource, mapping: ListMapping): Layout {
  const twice = header.find((name, at) => name !== '' && header.indexOf(name) !== at)
  if (twice !== undefined) {
    throw new InputFileError(`The list file ${source.name} has two columns "${twice}"; rename or remove one of them.`)
  }
  const positions = LIST_COLUMNS.map((column) => positionOf(column, header, source, mapping))
  const others = [...header.keys()].filter((at) => !positions.includes(at))
  const order = [...positions, ...others.sort((a, b) => ((header[a] as string) < (header[b] as string) ? -1 : 1))]
  return { width: header.length, positions, order }
}

function positionOf(column: ListColumn, header: readonly string[], source: ListSource, mapping: ListMapping): number {
  const named = mapping.columns?.[column]
  if (named === null) return -1
  const at = header.indexOf(named ?? column)
  if (at !== -1 || (named === undefined && OPTIONAL_COLUMNS.has(column))) return at
  const wanted = named === undefined ? `"${column}"` : `"${named}" (${column})`
  throw new InputFileError(
    `The list file ${source.name} has no column ${wanted} among the ${header.length} of its first line; name it in a mapping file ("columns", and "delimiter" if it is not a comma), or give it as null there if the list does not have it.`,
  )
}

function cellsOf(values: readonly string[], { positions }: Layout): Record<ListColumn, string> {
  const cells = { ...BLANK_ROW }
  for (let index = 0; index < LIST_COLUMNS.length; index += 1) {
    cells[LIST_COLUMNS[index] as ListColumn] = values[positions[index] as number] ?? ''
  }
  return cells
}

const BLANK_ROW = Object.fromEntries(LIST_COLUMNS.map((column) => [column, ''])) as Record<ListColumn, string>

function fingerprintOf(values: readonly string[], { order }: Layout): string {
  const text = order.map((at) => values[at] ?? '').join('\0')
  return hash('sha256', text, 'binary').slice(0, FINGERPRINT_BYTES)
}

/** Compared only within one service point, so that twelve bytes never meet by chance. */
const FINGERPRINT_BYTES = 12
