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
 * @param transactions what stands between ST and SE, one entry per transaction; may be made one by one, which keeps a long
 *   file cheap
 */
export function writeInterchange(
  interchange: OutgoingInterchange,
  kind: { readonly group: FunctionalIdentifier; readonly set: string },
  transactions: Iterable<readonly Segment[]>,
  separators: Separators = OUR_SEPARATORS,
): Outcome<string> {
  const fault = faultOfEnvelope(interchange)
  if (fault !== null) return refused('EDI_BAD_ENVELOPE', `${fault}; correct it.`)
  const { sender, receiver, control, group, firstTransaction, date, time } = interchange
  const { element, terminator } = separators
  const line = (...values: Segment): string => values.join(element) + terminator

  const writable = valueWriter(separators)
  const texts = [
    writeIsa(interchange, separators),
    line('GS', kind.group, sender, receiver, compactDate(date), time.replace(':', ''), String(group), 'X', '004010'),
  ]
  let count = 0
  for (const segments of transactions) {
    const st02 = digits(firstTransaction + count, 4)
    count += 1
    const lines = [line('ST', kind.set, st02)]
    for (const segment of segments) {
      const length = segment.findLastIndex((value) => value !== '') + 1
      let text = segment[0] ?? ''
      for (let i = 1; i < length; i += 1) {
        const value = writable(segment[i] ?? '')
        if (value === null)
          return refused('EDI_UNWRITABLE_VALUE', `Transaction ${st02}, ${segment[0]}${digits(i, 2)}: ${UNWRITABLE}.`)
        text += element + value
      }
      lines.push(text + terminator)
    }
    lines.push(line('SE', String(segments.length + 2), st02))
    texts.push(lines.join(''))
  }
  if (count === 0) return refused('EDI_BAD_ENVELOPE', 'The interchange has no request; give at least one.')
  if (firstTransaction + count - 1 > HIGHEST_CONTROL) {
    return refused(
      'EDI_BAD_ENVELOPE',
      `The transactions count past ${HIGHEST_CONTROL}; begin with a lower firstTransaction.`,
    )
  }
  texts.push(line('GE', String(count), String(group)), line('IEA', '1', digits(control, 9)))
  return accepted(texts.join(''))
}

export const UNWRITABLE =
  'the value holds a separator of the file, a control character or a line break; take it out of the value'

/** Gives a value in plain letters, or null when no interchange with these separators can carry it. */
export function valueWriter(separators: Separators = OUR_SEPARATORS): (value: string) => string | null {
  const own = [separators.element, separators.component, separators.terminator]
  const isPlainCode = Array.from(
    { length: 127 },
    (_, code) => code >= 32 && !['^', '`', ...own].includes(String.fromCharCode(code)),
  )
  return (value) => {
    // almost every value is plain as it stands: one look decides, without a regular expression
    let i = 0
    while (i < value.length && isPlainCode[value.charCodeAt(i)] === true) i += 1
    if (i === value.length) return value
    const plain = plainText(value)
    return own.some((separator) => plain.includes(separator)) || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(plain) ? null : plain
  }
}

/** CCYYMMDD, as X12 writes a day. */
export function compactDate(date: CivilDate): string {
  return date.replaceAll('-', '')
}

function faultOfEnvelope(interchange: OutgoingInterchange): string | null {
  for (const field of ['sender', 'receiver'] as const) {
    if (!/^\d{9}(\d{4})?$/.test(interchange[field]))
      return `The ${field} is not a DUNS number of nine digits or, with suffix, of thirteen`
  }
  for (const field of ['control', 'group', 'firstTransaction'] as const) {
    const number = interchange[field]
    if (!Number.isInteger(number) || number < 1 || number > HIGHEST_CONTROL)
      return `The number in ${field} is not a whole number from 1 to ${HIGHEST_CONTROL}`
  }
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(interchange.time) ? null : 'The time is not written HH:MM'
}
