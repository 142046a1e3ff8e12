/** What an 814 from a supplier asks for, taken from its segments. */
import type { Segment } from './x12.js'

export interface Request814 {
  readonly action: 'enroll' | 'drop' | 'unknown'
  readonly bgn: string
  readonly lin: string
  /** N1*SJ. */
  readonly supplier: string
  readonly customer: string
  readonly accountNumber: string
  readonly servicePoint: string
  readonly billingOption: string
  readonly billingCalculator: string
  readonly rate: string
  /** Start or end asked for, `YYYY-MM-DD`; the text itself when it is not eight digits. */
  readonly date: string
  /** Name of every segment that the action needs and that is missing or blank. */
  readonly missing: readonly string[]
}

/** Never throws: what is missing is named. */
export function read814(segments: readonly Segment[]): Request814 {
  const find = (name: string, qualifier?: string): Segment | undefined =>
    segments.find((segment) => segment[0] === name && (qualifier === undefined || segment[1] === qualifier))
  const reference = (qualifier: string): string => find('REF', qualifier)?.[2] ?? ''
  const asi = find('ASI')
  const action =
    asi?.[2] === '021' && asi[1] === '7' ? 'enroll' : asi?.[2] === '024' && asi[1] === 'F' ? 'drop' : 'unknown'
  const bgn = find('BGN')
  const values = {
    bgn: bgn?.[1] === '13' ? (bgn[2] ?? '') : '',
    lin: find('LIN')?.[1] ?? '',
    supplier: find('N1', 'SJ')?.[4] ?? '',
    customer: find('N1', '8R')?.[2] ?? '',
    accountNumber: reference('12'),
    servicePoint: reference('LU'),
    billingOption: reference('BLT'),
    billingCalculator: reference('PC'),
    rate: reference('RB'),
    date: dayOf(find('DTM', action === 'drop' ? '151' : '150')?.[2] ?? ''),
  }
  const needed: [string, string][] = [
    ['BGN*13', values.bgn],
    ['N1*8S', find('N1', '8S')?.[4] ?? ''],
    ['N1*SJ', values.supplier],
    ['N1*8R', values.customer],
    ['LIN', values.lin],
    ['ASI', action === 'unknown' ? '' : action],
    ['REF*12', values.accountNumber],
    ['REF*LU', values.servicePoint],
    ...(action === 'drop'
      ? ([['REF*1P', reference('1P')]] as [string, string][])
      : ([
          ['REF*BLT', values.billingOption],
          ['REF*PC', values.billingCalculator],
          ['REF*RB', values.rate],
          ['DTM*150', values.date],
        ] as [string, string][])),
  ]
  return { action, ...values, missing: needed.filter(([, value]) => value === '').map(([name]) => name) }
}

function dayOf(eightDigits: string): string {
  return eightDigits.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
}
