/** Records of a list that came as an Excel workbook. */
import readWorkbook, { type CellValue } from 'read-excel-file/node'
import { InputFileError } from '../input-file.js'
import type { ListRecord } from './csv-records.js'
import { bytesOf, type ListSource } from './list-source.js'

/**
 * A workbook is unpacked in memory, at some eight times its unpacked size, so that size is bounded: some 25,000 service
 * points fit. The sizes are those the archive's own directory states.
 */
const LARGEST_PACKED = 16 * 1024 * 1024
const LARGEST_UNPACKED = 48 * 1024 * 1024

/**
 * Values come as the text a CSV file would hold. An account number that Excel keeps as a number has lost its leading zeros;
 * it is given back as it is, too short, and never padded.
 * @throws InputFileError when the workbook cannot be read, is too large, or has rows on more than one sheet.
 */
export async function* xlsxRecords(source: ListSource): AsyncGenerator<ListRecord> {
  const bytes = await allBytes(source)
  if (unpackedSize(bytes) > LARGEST_UNPACKED) throw tooLarge(source)
  const sheets = await readSheets(source, bytes)
  const filled = sheets.filter((sheet) => sheet.data.some(hasValue))
  if (filled.length > 1) {
    throw new InputFileError(
      `The workbook ${source.name} has rows on ${filled.length} sheets; keep one list in each file.`,
    )
  }
  for (const [index, cells] of (filled[0]?.data ?? []).entries()) {
    if (hasValue(cells)) yield { line: index + 1, values: cells.map(textOfCell) }
  }
}

type Cell = CellValue | null

async function readSheets(
  source: ListSource,
  bytes: Buffer,
): Promise<readonly { readonly data: readonly (readonly Cell[])[] }[]> {
  try {
    return await readWorkbook(bytes)
  } catch {
    throw new InputFileError(
      `The workbook ${source.name} cannot be read; open it in a spreadsheet program and save it again, or save it as CSV.`,
    )
  }
}

function hasValue(cells: readonly Cell[]): boolean {
  return cells.some((cell) => textOfCell(cell) !== '')
}

function textOfCell(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return cell.toISOString().slice(0, 'YYYY-MM-DD'.length)
  return String(cell).trim()
}

async function allBytes(source: ListSource): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of bytesOf(source)) {
    size += chunk.length
    if (size > LARGEST_PACKED) throw tooLarge(source)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Sum of the sizes in the archive's central directory. */
function unpackedSize(bytes: Buffer): number {
  let size = 0
  for (let at = bytes.indexOf(DIRECTORY_ENTRY); at !== -1; at = bytes.indexOf(DIRECTORY_ENTRY, at + 1)) {
    if (at + UNPACKED_SIZE_AT + 4 <= bytes.length) size += bytes.readUInt32LE(at + UNPACKED_SIZE_AT)
  }
  return size
}

const DIRECTORY_ENTRY = Buffer.from('PK\x01\x02', 'latin1')
const UNPACKED_SIZE_AT = 24

function tooLarge({ name }: ListSource): InputFileError {
  return new InputFileError(
    `The workbook ${name} is too large to unpack; save the list as CSV, which is read piece by piece.`,
  )
}
