/** Interchanges put together by hand, so that the reader is not tested with our own writer. */

export interface RawOptions {
  readonly element?: string
  readonly component?: string
  readonly terminator?: string
  /** Stands after every terminator. */
  readonly lineEnd?: string
  readonly control?: string
}

export type RawTransaction = readonly [set: string, ...segments: string[]]

/** Segments are written with `*` and get the element separator asked for. @param groups one array of transactions per group */
export function rawInterchange(groups: readonly (readonly RawTransaction[])[], options: RawOptions = {}): string {
  const { control = '000000917' } = options
  const segments = [
    `ISA*00*          *00*          *14*1234567890001  *01*006900001      *270105*0915*U*00401*${control}*0*T*${options.component ?? '>'}`,
  ]
  for (const [index, transactions] of groups.entries()) {
    segments.push(`GS*GE*1234567890001*006900001*20270105*0915*${index + 1}*X*004010`)
    for (const [number, [set, ...body]] of transactions.entries()) {
      const st02 = String(number + 1).padStart(4, '0')
      segments.push(`ST*${set}*${st02}`, ...body, `SE*${body.length + 2}*${st02}`)
    }
    segments.push(`GE*${transactions.length}*${index + 1}`)
  }
  segments.push(`IEA*${groups.length}*${control}`)
  return rawFile(segments, options)
}

/** Whatever segments are given, faults and all. */
export function rawFile(segments: readonly string[], options: RawOptions = {}): string {
  const { element = '*', terminator = '~', lineEnd = '' } = options
  return segments.map((segment) => segment.replaceAll('*', element) + terminator + lineEnd).join('')
}

export const ACCEPT: RawTransaction = [
  '814',
  'BGN*11*U-550001*20270105***B-2027-000001',
  'N1*8S*Utility*9*1234567890001',
  'N1*SJ*Supplier*1*006900001',
  'N1*8R*NAME',
  'LIN*E-2027-000001*SH*EL*SH*CE',
  'ASI*WQ*021',
  'REF*12*0123456789',
  'REF*LU*0123456789001',
  'DTM*150*20270202',
]
