/** The interchange header: the one segment of fixed width, and the one that says how to read all others. */
import type { CivilDate } from '../domain/civil-date.js'
import type { Separators } from './separators.js'

/** Bytes of an ISA with its terminator. */
export const ISA_LENGTH = 106

/** Widths of ISA01 to ISA16. */
const WIDTHS = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1]

/** ISA09, ISA10 and ISA13. */
const NUMERIC = [9, 10, 13]

export interface IsaHeader {
  /** ISA06 and ISA08 without the blanks that pad them. */
  readonly sender: string
  readonly receiver: string
  /** ISA13: nine digits. */
  readonly control: string
  /** ISA15 as in the file: `T` test, `P` production. */
  readonly usage: string
  readonly separators: Separators
}

/** Reads the 106 bytes of an ISA, or says what is wrong with them. */
export function readIsa(isa: string): IsaHeader | { readonly fault: string } {
  const separators = { element: isa.charAt(3), component: isa.charAt(104), terminator: isa.charAt(105) }
  if (!areSeparators(separators)) return { fault: 'the ISA does not name three different separators' }
  const [name, ...elements] = isa.slice(0, -1).split(separators.element)
  const misfit = WIDTHS.findIndex((width, i) => elements[i]?.length !== width)
  if (misfit >= 0) return { fault: `ISA${digits(misfit + 1, 2)} does not have its fixed width` }
  const values = elements.slice(0, 15).join('')
  if (name !== 'ISA' || elements.length !== WIDTHS.length || !isWritable(values, separators)) {
    return { fault: 'a value of the ISA holds a separator or a character that no printer has' }
  }
  const wordy = NUMERIC.find((number) => !/^\d+$/.test(elements[number - 1] ?? ''))
  if (wordy !== undefined) return { fault: `ISA${digits(wordy, 2)} is not all digits` }
  const trimmed = (number: number): string => (elements[number - 1] ?? '').trim()
  return { sender: trimmed(6), receiver: trimmed(8), control: trimmed(13), usage: trimmed(15), separators }
}

export interface IsaValues {
  /** Nine digits (DUNS) or thirteen (DUNS and suffix). */
  readonly sender: string
  readonly receiver: string
  /** ISA13, 1 to 999999999. */
  readonly control: number
  readonly usage: 'T' | 'P'
  readonly date: CivilDate
  /** @unit HH:MM */
  readonly time: string
}

/** The ISA of version 004010 with its terminator; the caller has checked the values. */
export function writeIsa(isa: IsaValues, { element, component, terminator }: Separators): string {
  const party = (id: string): string[] => [id.length === 9 ? '01' : '14', id.padEnd(15)]
  const values = [
    ...['00', ' '.repeat(10), '00', ' '.repeat(10)],
    ...[...party(isa.sender), ...party(isa.receiver)],
    ...[isa.date.slice(2).replaceAll('-', ''), isa.time.replace(':', '')],
    ...['U', '00401', digits(isa.control, 9), '0', isa.usage, component],
  ]
  return ['ISA', ...values].join(element) + terminator
}

/** Digits with zeros in front. */
export function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** True when the text is printable ASCII without any separator in use. */
function isWritable(text: string, { element, component, terminator }: Separators): boolean {
  return /^[ -~]*$/.test(text) && ![element, component, terminator].some((separator) => text.includes(separator))
}

/** Three different ASCII characters, none a letter, digit or blank; only a terminator may be a line break. */
function areSeparators({ element, component, terminator }: Separators): boolean {
  const three = [element, component, terminator]
  const isFit = (text: string): boolean => text.length === 1 && text < '\x7f' && !/[A-Za-z0-9 ]/.test(text)
  return three.every(isFit) && new Set(three).size === 3 && !/[\r\n]/.test(element + component)
}
