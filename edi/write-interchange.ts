/** Writes one interchange with one functional group. The same input gives the same bytes. */
import type { CivilDate } from '../domain/civil-date.js'
import { accepted, type Outcome, refused } from '../domain/refusal.js'
import { digits, type IsaValues, writeIsa } from './isa.js'
import { plainText } from './plain-text.js'
import { OUR_SEPARATORS, type Segment, type Separators } from './separators.js'

export interface OutgoingInterchange extends IsaValues {
  /** GS06, 1 to 999999999. */
  readonly group: number
  /** ST02 of the first transaction; the others follow without a gap. */
  readonly firstTransaction: number
}

/** GS01: `GE` for 814, `PT` for 867, `FA` for 997. */
export type FunctionalIdentifier = 'GE' | 'PT' | 'FA'

const HIGHEST_CONTROL = 999_999_999

/**
 * Letters outside X12's set are written plain; empty elements at the end of a segment are left out; a value that holds a
 * separator in use, a control character or a line break is refused, because it could make a segment.
 *
 * @param transactions what stands between ST and SE, one entry per transaction
 */
export function writeInterchange(
  interchange: OutgoingInterchange,
  kind: { readonly group: FunctionalIdentifier; readonly set: string },
  transactions: readonly (readonly Segment[])[],
  separators: Separators = OUR_SEPARATORS,
): Outcome<string> {
  const fault = faultOfEnvelope(interchange, transactions.length)
  if (fault !== null) return refused('EDI_BAD_ENVELOPE', fault)
  const { sender, receiver, control, group, firstTransaction, date, time } = interchange
  const { element, terminator } = separators
  const line = (...values: Segment): string => values.join(element) + terminator

  const writable = valueWriter(separators)
  const lines = [writeIsa(interchange, separators)]
  lines.push(
    line('GS', kind.group, sender, receiver, compactDate(date), time.replace(':', ''), String(group), 'X', '004010'),
  )
  for (const [index, segments] of transactions.entries()) {
    const st02 = digits(firstTransaction + index, 4)
    lines.push(line('ST', kind.set, st02))
    for (const segment of segments) {
      const values = segment.map(writable)
      const bad = values.indexOf(null)
      if (bad >= 0)
        return refused('EDI_UNWRITABLE_VALUE', `Transaction ${st02}, ${segment[0]}${digits(bad, 2)}: ${UNWRITABLE}.`)
      while (values.at(-1) === '') values.pop()
      lines.push(values.join(element) + terminator)
    }
    lines.push(line('SE', String(segments.length + 2), st02))
  }
  lines.push(line('GE', String(transactions.length), String(group)), line('IEA', '1', digits(control, 9)))
  return accepted(lines.join(''))
}

export const UNWRITABLE =
  'the value holds a separator of the file, a control character or a line break; take it out of the value'

/** Gives a value in plain letters, or null when no interchange with these separators can carry it. */
export function valueWriter(separators: Separators = OUR_SEPARATORS): (value: string) => string | null {
  const own = [separators.element, separators.component, separators.terminator]
  // almost every value is plain as it stands: one look decides
  const plainCodes = [...Array(127).keys()]
    .slice(32)
    .filter((code) => !['^', '`', ...own].includes(String.fromCharCode(code)))
  const isPlain = new RegExp(`^[${plainCodes.map((code) => `\\x${code.toString(16)}`).join('')}]*$`)
  return (value) => {
    if (isPlain.test(value)) return value
    const plain = plainText(value)
    return own.some((separator) => plain.includes(separator)) || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(plain) ? null : plain
  }
}

/** CCYYMMDD, as X12 writes a day. */
export function compactDate(date: CivilDate): string {
  return date.replaceAll('-', '')
}

function faultOfEnvelope(interchange: OutgoingInterchange, transactions: number): string | null {
  const { sender, receiver, control, group, firstTransaction, time } = interchange
  const isControl = (number: number): boolean => Number.isInteger(number) && number >= 1 && number <= HIGHEST_CONTROL
  if (transactions === 0) return 'The interchange has no request; give at least one.'
  for (const [field, id] of [
    ['sender', sender],
    ['receiver', receiver],
  ]) {
    if (!/^\d{9}(\d{4})?$/.test(id ?? ''))
      return `The ${field} is not a DUNS number of nine digits or, with suffix, of thirteen; correct it.`
  }
  for (const [field, number] of [
    ['control', control],
    ['group', group],
    ['firstTransaction', firstTransaction],
  ] as const) {
    if (!isControl(number))
      return `The number in ${field} is not a whole number from 1 to ${HIGHEST_CONTROL}; correct it.`
  }
  if (!isControl(firstTransaction + transactions - 1))
    return `The transactions count past ${HIGHEST_CONTROL}; begin with a lower firstTransaction.`
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? null : 'The time is not written HH:MM; correct it.'
}
