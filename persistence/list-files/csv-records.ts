/** Records of a CSV list file, each with the line it begins on. */
import { Readable, pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { InputFileError } from '../input-file.js'
import type { ListMapping } from '../list-mapping.js'
import type { ListSource } from './list-source.js'
import { LONGEST_RECORD, recordTooLong, textOf } from './list-text.js'

/** One record of a file, as trimmed text. */
export interface ListRecord {
  /** Physical line on which it begins, or row of the sheet. */
  readonly line: number
  readonly values: readonly string[]
}

/** Blank records are left out. @throws InputFileError naming file and line; never a value, which could name a person. */
export async function* csvRecords(source: ListSource, mapping: ListMapping): AsyncGenerator<ListRecord> {
  // of the record that is being parsed; an error overtakes those that wait to be read
  let line = 1
  const parser = parse({
    delimiter: mapping.delimiter ?? ',',
    record_delimiter: '\n',
    relax_column_count: true,
    max_record_size: LONGEST_RECORD,
    trim: true,
    // asked for its place record by record, the parser would write down everything else it knows as well, twice
    on_record: (values: string[], { lines }) => {
      const record: ListRecord | null = values.some((value) => value !== '') ? { line, values } : null
      line = lines + 1
      // its types know records of text only; it hands on whatever this gives
      return record as unknown as string[]
    },
  })
  // an error of either side ends the loop below, so the callback has nothing left to do
  pipeline(Readable.from(textOf(source, mapping.encoding)), parser, () => {})
  try {
    yield* parser as AsyncIterable<ListRecord>
  } catch (error) {
    throw error instanceof CsvError ? inWords(error, source, line) : error
  }
}

function inWords(error: CsvError, source: ListSource, line: number): InputFileError {
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return recordTooLong(source, line)
    case 'CSV_QUOTE_NOT_CLOSED':
      return new InputFileError(
        `The list file ${source.name} ends inside a quoted value that begins on line ${line}; the file is cut short, so ask for it again.`,
      )
    default:
      return new InputFileError(
        `The list file ${source.name} has a quote in the wrong place on line ${line}; a value with quotes stands in quotes and doubles its own.`,
      )
  }
}
