/** Medians of the rounds, and how we stand by them. */
import { type Bar, type Contest, type Findings, OURS } from './contest.js'

export interface Spread {
  readonly median: number
  /** Largest less smallest, as a share of the median. */
  readonly spread: number
}

/** By contestant, then by figure. */
export type Results = Readonly<Record<string, Readonly<Record<string, Spread>>>>

/** A peer that differs from itself by more than this says more of the machine than of the peer. */
const WIDEST_SPREAD = 0.3

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => sorted[index] as number
  const half = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2
  return { median, spread: (at(sorted.length - 1) - at(0)) / median }
}

export function resultsOf(rounds: ReadonlyMap<string, readonly Findings[]>): Results {
  return Object.fromEntries(
    [...rounds].map(([contestant, found]) => {
      const figures = Object.keys(found[0] ?? {})
      return [
        contestant,
        Object.fromEntries(
          figures.map((figure) => [figure, spreadOf(found.map((findings) => findings[figure] as number))]),
        ),
      ]
    }),
  )
}

export interface Standing extends Bar {
  /** Null: the peer did not run. */
  readonly ratio: number | null
  readonly verdict: 'met' | 'missed' | 'not judged'
  readonly why: string
}

export function standings(contest: Contest, results: Results): Standing[] {
  return contest.bars.map((bar) => {
    const ours = results[OURS]?.[bar.figure]
    const peer = results[bar.peer]?.[bar.figure]
    if (ours === undefined || peer === undefined)
      return { ...bar, ratio: null, verdict: 'not judged', why: 'did not run' }
    const ratio = ours.median / peer.median
    if (peer.spread > WIDEST_SPREAD) {
      const why = `the peer’s own rounds lie ${Math.round(peer.spread * 100)} % apart`
      return { ...bar, ratio, verdict: 'not judged', why }
    }
    return { ...bar, ratio, verdict: ratio >= bar.atLeast ? 'met' : 'missed', why: '' }
  })
}
