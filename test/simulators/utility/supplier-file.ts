/** A supplier's files for the simulated utility, as text, so that every fault can be written; and a reader for its answers. */
import { X12Parser, type X12Interchange } from 'node-x12'
import type { Answer } from '../../../simulators/answer.js'
import { createUtility, type SimulatedUtility, type UtilityOptions } from '../../../simulators/utility/utility.js'

export const UTILITY = '1234567890001'
export const SUPPLIER = '006900001'

/** Test days, not the utility's published list: Presidents' Day and King Day process no EDI. */
export const CALENDAR = {
  billing: ['2027-01-01', '2027-05-31', '2027-07-05', '2027-09-06', '2027-11-25', '2027-11-26', '2027-12-24'],
  edi: ['2027-01-01', '2027-01-18', '2027-02-15', '2027-05-31', '2027-07-05', '2027-11-25', '2027-11-26', '2027-12-24'],
}

export const READS = {
  '1': ['2027-02-02', '2027-03-03', '2027-04-01'],
  '2': ['2027-02-22', '2027-03-22', '2027-04-21'],
  '21': ['2027-02-26', '2027-03-29', '2027-04-28'],
}

const point = (accountNumber: string, suffix: string, billGroup: string, billingType = '', rateClass = 'DS-1') => ({
  accountNumber,
  servicePoint: `${accountNumber}${suffix}`,
  rateClass,
  billGroup,
  billingType,
})

/** Account 1 has two service points; 3 ends the month and has lighting; 4 begins it; 5 is in its middle. */
export const POINTS = [
  point('0000000001', '001', '1'),
  point('0000000001', '002', '1'),
  point('0000000002', '001', '2'),
  point('0000000003', '001', '21', 'EOM', 'DS-3'),
  point('0000000003', '002', '21', 'EOM', 'DS-5'),
  point('0000000004', '001', '21', 'BOM', 'DS-3'),
  point('0000000005', '001', '21', 'MOM', 'DS-3'),
  point('0000000006', '001', '1'),
]

export function aUtility(overrides: Partial<UtilityOptions> = {}): SimulatedUtility {
  return createUtility({
    id: UTILITY,
    name: 'UTILITY',
    servicePoints: POINTS,
    readDates: READS,
    calendar: CALENDAR,
    suppliers: [SUPPLIER],
    ...overrides,
  })
}

let unique = 0

export interface RequestOptions {
  readonly account?: string
  readonly servicePoint?: string
  readonly start?: string
  readonly lin?: string
  readonly bgn?: string
  readonly supplier?: string
  readonly billing?: string
  /** Segments whose beginning is listed are left out. */
  readonly without?: string
}

/** Segments of one enrollment request, good unless told otherwise. */
export function enrollment(options: RequestOptions = {}): string[] {
  unique += 1
  const { account = '0000000001', supplier = SUPPLIER, billing = 'LDC', start = '2027-02-02' } = options
  const { lin = `E-${unique}`, bgn = `B-${unique}`, servicePoint = `${account}001`, without } = options
  return [
    `BGN*13*${bgn}*20270125`,
    `N1*8S**9*${UTILITY}`,
    `N1*SJ**1*${supplier}`,
    'N1*8R*Zoe Ramirez',
    `LIN*${lin}*SH*EL*SH*CE`,
    'ASI*7*021',
    `REF*12*${account}`,
    `REF*LU*${servicePoint}`,
    `REF*BLT*${billing}`,
    'REF*PC*LDC',
    'REF*RB*MAHOMET-DS1',
    `DTM*150*${start.replaceAll('-', '')}`,
  ].filter((segment) => without === undefined || !segment.startsWith(without))
}

/** Segments of one drop request. */
export function drop(options: RequestOptions = {}): string[] {
  return enrollment(options)
    .filter((segment) => !/^(REF\*(BLT|PC|RB)|DTM)/.test(segment))
    .map((segment) => (segment.startsWith('ASI') ? 'ASI*F*024' : segment))
    .concat(options.without === 'REF*1P' ? [] : ['REF*1P*B38'])
}

/** One interchange with one group. `edit` spoils the finished text. */
export function supplierFile(
  transactions: readonly (readonly string[])[],
  { control = ++unique, edit = (text: string) => text, receiver = UTILITY, sender = SUPPLIER, separators = '*>~' } = {},
): { readonly name: string; readonly content: Buffer } {
  const number = String(control).padStart(9, '0')
  const sets = transactions.flatMap((segments, index) => {
    const own = String(index + 1).padStart(4, '0')
    return [`ST*814*${own}`, ...segments, `SE*${segments.length + 2}*${own}`]
  })
  const isa = `ISA*00*${' '.repeat(10)}*00*${' '.repeat(10)}*01*${sender.padEnd(15)}*14*${receiver.padEnd(15)}*270125*0800*U*00401*${number}*0*T*>`
  const gs = `GS*GE*${sender}*${receiver}*20270125*0800*9*X*004010`
  const text = [isa, gs, ...sets, `GE*${transactions.length}*9`, `IEA*1*${number}`]
    .map((segment) => `${segment}~`)
    .join('')
  const [element, component, terminator] = separators
  const swapped = text.replace(
    /[*>~]/g,
    (separator) => ({ '*': element, '>': component, '~': terminator })[separator] as string,
  )
  return { name: `${number}-${unique}.x12`, content: Buffer.from(edit(swapped)) }
}

/** The segments of an answer, split; node-x12 has read it first and found it whole. */
export function segmentsOf(answer: Answer): string[][] {
  const text = answer.content.toString('utf8')
  const parsed = new X12Parser(true).parse(text) as X12Interchange
  if (parsed.functionalGroups.length === 0) throw new Error('node-x12 found no group')
  return text
    .split('~')
    .slice(0, -1)
    .map((segment) => segment.split('*'))
}

/** Values of one element of every segment that begins like that, in order: `valuesOf(answer, 'REF*7G')` gives the codes. */
export function valuesOf(answer: Answer, start: string): string[] {
  const wanted = start.split('*')
  return segmentsOf(answer)
    .filter((segment) => wanted.every((value, index) => segment[index] === value))
    .map((segment) => segment[wanted.length] ?? '')
}

/** What it answered of that kind up to that instant: `997`, `814` or `867`. */
export function answersOf(utility: SimulatedUtility, set: string, at = '2028-01-01T00:00:00Z'): Answer[] {
  return utility.due(at).filter((answer) => answer.name.startsWith(`${set}-`))
}

/** Puts one file of requests and gives the verdicts: `WQ`, or the reject code. */
export function verdicts(
  utility: SimulatedUtility,
  transactions: readonly (readonly string[])[],
  at = '2027-01-25T14:00:00Z',
): string[] {
  const [answeredAt] = utility.receive({ ...supplierFile(transactions), at }).filter(({ what }) => /answers/.test(what))
  const [response] = answersOf(utility, '814', answeredAt?.at)
  if (response === undefined) return []
  const rejects = valuesOf(response, 'REF*7G')
  return valuesOf(response, 'ASI').map((verdict) => (verdict === 'WQ' ? 'WQ' : String(rejects.shift())))
}
