/**
 * The mapping file: how one utility's list files differ from the layout of examples/mahomet. Every part may be left out.
 *
 * A column mapped to null is declared absent: it is read as blank in every row.
 */
import { basename } from 'node:path'
import { z } from 'zod'
import { RATE_CLASSES, type ListKind } from '../domain/account.js'
import { DEFAULT_CONVENTIONS, LIST_COLUMNS, type ListConventions } from '../domain/list-columns.js'
import { isDatePattern } from '../domain/list-date.js'
import { checked, readJson } from './input-file.js'

const fileName = z
  .string()
  .refine((name) => name !== '' && name !== '.' && name !== '..' && basename(name) === name && !name.includes('\\'), {
    error: 'expected the name of a file in the list folder, without a folder in it',
  })

const delimiter = z.string().refine((text) => text.length === 1 && !'"\r\n'.includes(text), {
  error: 'expected one character that is neither a quote nor a line end',
})

const marks = z.array(z.string().trim().min(1)).min(1)

/** The JSON of a mapping file; unknown fields are refused, so that a misspelt one cannot be silently without effect. */
export const listMappingShape = z
  .strictObject({
    files: z.strictObject({ fixed: fileName, supplier: fileName, hourly: fileName }).partial(),
    delimiter,
    encoding: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'])),
    dates: z.string().refine(isDatePattern, {
      error: 'expected a date pattern of YYYY, M or MM, and D or DD with signs between them, for example M/D/YYYY',
    }),
    yes: marks,
    no: marks,
    rateClasses: z.record(z.string(), z.enum(RATE_CLASSES)),
    columns: z.partialRecord(z.enum(LIST_COLUMNS), z.string().trim().min(1).nullable()),
  })
  .partial()

export type ListMapping = z.infer<typeof listMappingShape>

/** The layout of examples/mahomet. */
export const NO_MAPPING: ListMapping = {}

/** @throws InputFileError in one sentence. */
export function readListMapping(path: string): ListMapping {
  const kind = 'mapping file'
  return checked(listMappingShape, readJson(path, kind), path, kind)
}

/** Marks for yes in the mapping take the place of the usual ones; marks for no come on top of them. A mark in both means yes. */
export function conventionsOf(mapping: ListMapping): ListConventions {
  return {
    dates: mapping.dates ?? DEFAULT_CONVENTIONS.dates,
    yes: mapping.yes ?? DEFAULT_CONVENTIONS.yes,
    no: [...DEFAULT_CONVENTIONS.no, ...(mapping.no ?? [])],
    rateClasses: mapping.rateClasses ?? DEFAULT_CONVENTIONS.rateClasses,
  }
}

/** Names of the list files without their ending, which is `.csv` or `.xlsx`. */
export const LIST_FILE_NAMES: Readonly<Record<ListKind, string>> = {
  fixed: 'utility-fixed-price',
  supplier: 'retail-supplier',
  hourly: 'utility-hourly',
}
