/**
 * The simulated utility's own reader and writer of X12 interchanges.
 *
 * It shares nothing with edi/, so that a file both agree on is right for two reasons. The separators are read from the
 * ISA; written are `*`, `>` and `~` without newlines.
 */

/** Elements of one segment, the name first. */
export type Segment = readonly string[]

export interface ReadTransaction {
  readonly set: string
  readonly control: string
  /** Without ST and SE. */
  readonly segments: readonly Segment[]
  /** AK502 of its functional acknowledgment, or null when its frame is sound. */
  readonly fault: string | null
}

export interface ReadGroup {
  readonly functional: string
  readonly control: string
  readonly transactions: readonly ReadTransaction[]
  /** AK905 of its functional acknowledgment, or null when its frame is sound. */
  readonly fault: string | null
}

export interface ReadInterchange {
  readonly sender: string
  readonly receiver: string
  readonly senderQualifier: string
  readonly control: string
  readonly usage: string
  readonly groups: readonly ReadGroup[]
}

export type ReadResult =
  | { readonly ok: true; readonly interchange: ReadInterchange }
  | { readonly ok: false; readonly why: string }

const ISA_WIDTHS = [3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1]
const ISA_LENGTH = 106
/** AK502: trailer missing, numbers differ, wrong count, number used twice in the group. */
const SET_FAULT = { noTrailer: '2', otherNumber: '3', wrongCount: '4', usedTwice: '23' } as const
/** AK905: numbers differ, wrong count of sets. */
const GROUP_FAULT = { otherNumber: '4', wrongCount: '5' } as const

/** Takes a file of exactly one interchange. What cannot be acknowledged set by set is refused whole. */
export function readInterchange(content: Buffer): ReadResult {
  const text = content.toString('utf8')
  if (text.length < ISA_LENGTH || !text.startsWith('ISA')) return refuse('it does not begin with a whole ISA')
  const element = text[3] as string
  const terminator = text[ISA_LENGTH - 1] as string
  const isa = text.slice(0, ISA_LENGTH - 1).split(element)
  if (isa.length !== ISA_WIDTHS.length || isa.some((value, index) => value.length !== ISA_WIDTHS[index]))
    return refuse('its ISA does not have 16 elements of the fixed widths')
  const pieces = text.split(terminator)
  if ((pieces.pop() as string).trim() !== '') return refuse('its last segment is not ended')
  const segments = pieces.map((piece) => piece.replace(/^[\r\n]+/, '').split(element))
  const [, ...body] = segments
  const iea = body.pop()
  if (iea?.[0] !== 'IEA')
    return refuse('it does not end with an IEA: it was cut off or holds more than one interchange')
  if (body.some(([name]) => name === 'ISA' || name === 'IEA')) return refuse('it holds more than one interchange')

  const groups: ReadGroup[] = []
  while (body.length > 0) {
    const gs = body.shift()
    const end = body.findIndex(([name]) => name === 'GE' || name === 'GS')
    if (gs?.[0] !== 'GS' || body[end]?.[0] !== 'GE') return refuse('a functional group has no whole frame of GS and GE')
    const inner = body.splice(0, end)
    groups.push(readGroup(gs, inner, body.shift() as Segment))
  }
  if (Number(iea[1]) !== groups.length) return refuse('IEA01 does not give the number of its groups')
  if (iea[2] !== isa[13]) return refuse('IEA02 is not its ISA13')
  const trimmed = (at: number): string => (isa[at] as string).trim()
  return {
    ok: true,
    interchange: {
      sender: trimmed(6),
      senderQualifier: trimmed(5),
      receiver: trimmed(8),
      control: trimmed(13),
      usage: trimmed(15),
      groups,
    },
  }
}

function refuse(why: string): ReadResult {
  return { ok: false, why }
}

function readGroup(gs: Segment, inner: readonly Segment[], ge: Segment): ReadGroup {
  const transactions: ReadTransaction[] = []
  const numbers = new Set<string>()
  for (let start = 0; start < inner.length; ) {
    let end = start + 1
    while (end < inner.length && inner[end]?.[0] !== 'ST') end += 1
    transactions.push(readTransaction(inner.slice(start, end), numbers))
    start = end
  }
  const fault =
    ge[2] !== gs[6] ? GROUP_FAULT.otherNumber : Number(ge[1]) !== transactions.length ? GROUP_FAULT.wrongCount : null
  return { functional: gs[1] ?? '', control: gs[6] ?? '', transactions, fault }
}

/** From one ST up to the next; `numbers` are those of the group so far. */
function readTransaction([st, ...segments]: readonly Segment[], numbers: Set<string>): ReadTransaction {
  const control = st?.[2] ?? ''
  const se = segments.at(-1)?.[0] === 'SE' ? segments.pop() : undefined
  const faultOf = (): string | null => {
    if (st?.[0] !== 'ST' || se === undefined) return SET_FAULT.noTrailer
    if (se[2] !== control) return SET_FAULT.otherNumber
    if (Number(se[1]) !== segments.length + 2) return SET_FAULT.wrongCount
    return numbers.has(control) ? SET_FAULT.usedTwice : null
  }
  const fault = faultOf()
  numbers.add(control)
  return { set: st?.[1] ?? '', control, segments, fault }
}

export interface InterchangeToWrite {
  readonly sender: string
  readonly receiver: string
  readonly control: number
  readonly group: number
  /** `T` or `P`: what the other side wrote in ISA15. */
  readonly usage: string
  /** Local date `YYYY-MM-DD` and time `HH:MM`. */
  readonly date: string
  readonly time: string
  /** `FA`, `GE` or `PT`. */
  readonly functional: string
  /** `997`, `814` or `867`. */
  readonly set: string
  /** Without ST and SE. */
  readonly transactions: readonly (readonly Segment[])[]
}

/** A separator inside an echoed value becomes a blank: it may be an ordinary letter in the file it came from. */
export function writeInterchange(input: InterchangeToWrite): Buffer {
  const { sender, receiver, control, group, usage, functional, set, transactions } = input
  const date = input.date.replaceAll('-', '')
  const time = input.time.replace(':', '')
  const number = String(control).padStart(9, '0')
  const sets = transactions.flatMap((segments, index) => {
    const own = String(index + 1).padStart(4, '0')
    return [['ST', set, own], ...segments, ['SE', String(segments.length + 2), own]]
  })
  const all: Segment[] = [
    [
      'ISA',
      '00',
      ' '.repeat(10),
      '00',
      ' '.repeat(10),
      qualifierOf(sender),
      sender.padEnd(15),
      qualifierOf(receiver),
      receiver.padEnd(15),
      date.slice(2),
      time,
      'U',
      '00401',
      number,
      '0',
      usage,
      '>',
    ],
    ['GS', functional, sender, receiver, date, time, String(group), 'X', '004010'],
    ...sets,
    ['GE', String(transactions.length), String(group)],
    ['IEA', '1', number],
  ]
  return Buffer.from(all.map(written).join(''), 'utf8')
}

/** ISA05 and ISA07: `01` for a DUNS number, `14` for one with a suffix. */
function qualifierOf(id: string): string {
  return id.length === 9 ? '01' : '14'
}

function written(segment: Segment): string {
  const values = segment[0] === 'ISA' ? segment : segment.map((value) => value.replace(/[*>~]/g, ' '))
  let last = values.length
  while (values[last - 1] === '') last -= 1
  return `${values.slice(0, last).join('*')}~`
}
