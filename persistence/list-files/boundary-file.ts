/**
 * The boundary file: `street,low,high,side`, always UTF-8 with commas, one street range a line. Whatever is wrong with a
 * line refuses the file: a range left out would put a household outside the village.
 */
import { parse, type Info } from 'csv-parse/sync'
import { boundaryOf, STREET_SIDES, type Boundary, type StreetRange, type StreetSide } from '../../domain/boundary.js'
import { streetKey } from '../../domain/street-address.js'
import { InputFileError, readInputText } from '../input-file.js'

const COLUMNS = ['street', 'low', 'high', 'side'] as const

/** @throws InputFileError naming the line. */
export function readBoundaryFile(path: string): Boundary {
  return parseBoundary(readInputText(path, 'boundary file'), path)
}

/** @throws InputFileError naming `name` and the line. */
export function parseBoundary(text: string, name: string): Boundary {
  const [header, ...lines] = recordsOf(text, name)
  const names = header?.values ?? []
  if (names.length !== COLUMNS.length || COLUMNS.some((column) => !names.includes(column))) {
    throw new InputFileError(
      `The boundary file ${name} does not begin with the header line ${COLUMNS.join(',')}; add it.`,
    )
  }
  const ranges = lines.map(({ line, values }) => rangeOf(values, names, `Line ${line} of the boundary file ${name}`))
  if (ranges.length === 0)
    throw new InputFileError(`The boundary file ${name} names no street; add one line for each street range.`)
  return boundaryOf(ranges)
}

function rangeOf(values: readonly string[], names: readonly string[], where: string): StreetRange {
  const wrong = (what: string): InputFileError => new InputFileError(`${where} ${what}.`)
  if (values.length !== names.length) throw wrong(`has ${values.length} values; give street, low, high and side`)
  const value = (column: (typeof COLUMNS)[number]): string => values[names.indexOf(column)] as string
  const street = value('street')
  if (streetKey(street) === '') throw wrong('names no street; fill it in')
  const [low, high] = [value('low'), value('high')]
  if (!HOUSE_NUMBER.test(low) || !HOUSE_NUMBER.test(high))
    throw wrong('has a low or high that is not a whole house number; write digits only')
  if (Number(low) > Number(high)) throw wrong(`runs from ${low} down to ${high}; put the lower number first`)
  const side = value('side').toLowerCase()
  if (!isSide(side)) throw wrong(`has a side other than ${STREET_SIDES.join(', ')}; choose one of them`)
  return { street, low: Number(low), high: Number(high), side }
}

const HOUSE_NUMBER = /^\d{1,9}$/

function isSide(text: string): text is StreetSide {
  return (STREET_SIDES as readonly string[]).includes(text)
}

interface BoundaryRecord {
  readonly line: number
  readonly values: readonly string[]
}

function recordsOf(text: string, name: string): BoundaryRecord[] {
  try {
    const records = parse(text.replace(/\r\n?/g, '\n'), {
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      info: true,
    }) as unknown as { record: string[]; info: Info }[]
    return records.map(({ record, info }) => ({ line: info.lines, values: record }))
  } catch {
    throw new InputFileError(
      `The boundary file ${name} has a quote in the wrong place or one that is never closed; correct it.`,
    )
  }
}
