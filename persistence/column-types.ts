/**
 * How column values arrive in TypeScript, the same from both drivers:
 * `date` as text `YYYY-MM-DD`; `timestamptz` as an ISO instant ending in `Z`, without a fraction when it is zero;
 * `bigint` and `numeric` as a number, refused when it would lose digits before the point; `bytea` as Uint8Array.
 */
import pg from 'pg'
import { instant } from '../domain/instant.js'

type Parser = (text: string) => unknown

/** PostgreSQL's fixed object ids of the types and of their arrays (its pg_type catalogue). */
const PARSERS: readonly { readonly type: number; readonly array: number; readonly parse: Parser }[] = [
  { type: 20, array: 1016, parse: exactNumber },
  { type: 1700, array: 1231, parse: exactNumber },
  { type: 1082, array: 1182, parse: (text) => text },
  { type: 1184, array: 1185, parse: instantText },
  { type: 17, array: 1001, parse: bytes },
]

/** The published types call it a function; it is an object with this one method. */
const arrayParser = pg.types.arrayParser as unknown as {
  create(text: string, parse: Parser): { parse(): unknown[] }
}

/** For PGlite, which derives the parsers of arrays by itself. */
export const parsersByType: Readonly<Record<number, Parser>> = Object.fromEntries(
  PARSERS.map(({ type, parse }) => [type, parse]),
)

/** For the `pg` driver. */
export function pgTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides()
  for (const { type, array, parse } of PARSERS) {
    types.setTypeParser(type, parse)
    types.setTypeParser(array, (text: string) => arrayParser.create(text, parse).parse())
  }
  return types
}

function exactNumber(text: string): number {
  const value = Number(text)
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new RangeError('a number from the database is too large to be held exactly')
  }
  return value
}

/** `2026-03-12 05:00:00+00` is written in the session's zone, which need not be UTC on somebody's server. */
function instantText(text: string): string {
  const iso = text.replace(' ', 'T')
  return iso.endsWith('+00') ? `${iso.slice(0, -3)}Z` : instant(iso.replace(/([+-]\d\d)$/, '$1:00'))
}

/** The text form is `\x` and hexadecimal digits. */
function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}
