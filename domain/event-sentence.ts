/**
 * How a catalogue sentence becomes words. Slots stand in braces:
 *
 *   {on}                one value: whole numbers with commas, days in words
 *   {n reply/replies}   a count with its noun, by number
 *   {supplier,}         every different text, as a list
 *   {channel#}          every different text with how often it came, the most frequent first
 *   {readOn~}           the first day and the last
 */
import { type CivilDate, isCivilDate } from './civil-date.js'
import { dateInWords, listInWords, wholeNumber } from './wording.js'

/** Texts of many entries, each with how often it came. */
export type Tally = ReadonlyMap<string, number>

type SlotForm = 'value' | 'count' | 'list' | 'tally' | 'range'
export interface Slot {
  readonly name: string
  readonly form: SlotForm
}

const SLOT = /\{(\w+)(?:([,#~])| ([^{}/]+)\/([^{}]+))?\}/g
const FORMS: Readonly<Record<string, SlotForm>> = { ',': 'list', '#': 'tally', '~': 'range' }

/** The slots of a sentence, in order. */
export function slotsOf(sentence: string): readonly Slot[] {
  return [...sentence.matchAll(SLOT)].map(([, name = '', mark, noun]) => ({
    name,
    form: noun === undefined ? (FORMS[mark ?? ''] ?? 'value') : 'count',
  }))
}

/** Fills the slots of a catalogue sentence. A slot without a value stays visible as `…`. */
export function sayEvent(sentence: string, data: Readonly<Record<string, unknown>>): string {
  return sentence.replace(SLOT, (_, name: string, mark?: string, one?: string, many?: string) => {
    const value = data[name]
    if (value === undefined || value === null) return '…'
    const tally: Tally = value instanceof Map ? value : new Map([[String(value), 1]])
    if (typeof value === 'number')
      return one === undefined ? wholeNumber(value) : `${wholeNumber(value)} ${value === 1 ? one : many}`
    if (mark === '#')
      return mostFrequentFirst(tally)
        .map(([text, count]) => `${wholeNumber(count)} ${WORDS[text] ?? text}`)
        .join(', ')
    if (mark === '~') return rangeInWords([...tally.keys()])
    return listInWords([...tally.keys()].map(inWords))
  })
}

/** Marks of the ledger that people call otherwise. */
const WORDS: Readonly<Record<string, string>> = {
  timely: 'in time',
  'needs-a-person': 'for a person to judge',
  'awaiting-evidence': 'waiting for the mailing evidence',
  email: 'e-mail',
  counter: 'in person',
}

function mostFrequentFirst(tally: Tally): [string, number][] {
  return [...tally].sort(([a, times], [b, times2]) => times2 - times || (a < b ? -1 : 1))
}

/** Days that stand alone in a text, not those inside a name such as `follow-up-2027-02-01`. */
const DAY = /(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])/g

function inWords(text: string): string {
  return text.replace(DAY, (day) => (isCivilDate(day) ? dateInWords(day) : day))
}

/** `February 24 to March 23, 2027`; a text that is no day stands as it is. */
function rangeInWords(texts: readonly string[]): string {
  const days = texts.filter(isCivilDate).sort()
  const first = days[0]
  const last = days.at(-1)
  if (first === undefined || last === undefined) return listInWords(texts)
  if (first === last) return dateInWords(first)
  return `${sameYear(first, last) ? dateInWords(first).replace(/,.*/, '') : dateInWords(first)} to ${dateInWords(last)}`
}

const sameYear = (a: CivilDate, b: CivilDate): boolean => a.slice(0, 4) === b.slice(0, 4)
