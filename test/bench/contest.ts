/** What is measured against what: figures, contestants, bars. */

/** What one run of a contestant found, by the name of the figure. */
export type Findings = Readonly<Record<string, number>>

export interface Figure {
  readonly name: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  /** For the table and the plot. */
  readonly title: string
}

export interface Contestant {
  readonly name: string
  /** What it does, and what it leaves out; a sentence for the page. */
  readonly what: string
  run(): Promise<Findings>
}

/** How we have to stand against a peer; ratios are ours divided by the peer's. */
export interface Bar {
  readonly figure: string
  readonly peer: string
  readonly ratio: { readonly atLeast: number } | { readonly atMost: number }
}

export interface Contest {
  readonly name: string
  readonly figures: readonly Figure[]
  readonly bars: readonly Bar[]
  /** Ours is the first. One that cannot run here is left out, with the reason. */
  readonly contestants: readonly Contestant[]
  readonly leftOut: readonly { readonly name: string; readonly why: string }[]
  close(): Promise<void>
}

/** `quick` is over in seconds and shows that everything runs; its figures are not worth keeping. */
export type Size = 'quick' | 'full'

export interface ContestOptions {
  readonly size: Size
  /** A folder of the run's own, gone when it ends. */
  readonly folder: string
}

/** The name of our own contestant in every contest. */
export const OURS = 'meterhall'

/** One line of the output. */
export interface Line {
  readonly bench: string
  readonly contestant: string
  /** From 1; `median` over all rounds. */
  readonly round: number | 'median'
  readonly value: number
  readonly unit: string
}
