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
  /** What it does, and what it leaves out; sentences for the page. */
  readonly what: string
}

/** How we have to stand against a peer: ours divided by the peer's, at least. */
export interface Bar {
  readonly figure: string
  readonly peer: string
  readonly atLeast: number
}

export interface Contest {
  readonly name: string
  readonly title: string
  readonly figures: readonly Figure[]
  readonly bars: readonly Bar[]
  /** Ours is the first. */
  readonly contestants: readonly Contestant[]
  /** Starts what its contestants need. */
  open(options: ContestOptions): Promise<OpenContest>
}

export interface OpenContest {
  /** By contestant: one run. */
  readonly runs: Readonly<Record<string, () => Promise<Findings>>>
  /** By contestant: why it cannot run here. */
  readonly leftOut: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** `quick` is over in seconds and shows that everything runs; its figures are not worth keeping. */
export type Size = 'quick' | 'full'

export interface ContestOptions {
  readonly size: Size
  /** A folder of the contest's own, gone when it ends. */
  readonly folder: string
}

/** The name of our own contestant in every contest. */
export const OURS = 'meterhall'
