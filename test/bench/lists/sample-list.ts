/** The same list for every contestant: an invented village, with repeats and with rows that are refused. */
import { largeVillage } from '../../support/large-village.js'

/** One row in so many is listed twice; one in so many has an account number that is none. Coprime to the village's own. */
const ONE_IN = { repeated: 101, refused: 1009 }

export const BOUNDARY = 'street,low,high,side\nProspect Ave,1,9999999,both\nOak St,1,9999999,both\nFar Rd,1,1,both\n'

export interface SampleList {
  readonly files: readonly { readonly name: string; readonly content: string }[]
  readonly rows: number
}

export function sampleList(accounts: number): SampleList {
  let rows = 0
  const files = largeVillage(accounts).lists.map(({ name, content }) => {
    const [header = '', ...lines] = content.toString().trimEnd().split('\n')
    const all = lines.flatMap((line, n) => {
      if (n % ONE_IN.refused === ONE_IN.refused - 1) return [`X${line.slice(1)}`]
      return n % ONE_IN.repeated === ONE_IN.repeated - 1 ? [line, line] : [line]
    })
    rows += all.length
    return { name, content: `${[header, ...all].join('\n')}\n` }
  })
  return { files, rows }
}

/** What every contestant has to find in the list. */
export interface Found {
  readonly accounts: number
  readonly servicePoints: number
  readonly duplicateRows: number
  readonly problems: number
  readonly eligibility: Readonly<Record<string, number>>
  readonly reasons: Readonly<Record<string, number>>
}
