/**
 * `npm run bench -- [contest …] [--quick] [--rounds N] [--pages]`: JSON lines on standard output, the rest on standard error. A full run writes its
 * medians to docs/benchmarks.json and draws the tables and plots that are made from them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Contest, Findings, Size } from './contest.js'
import { CONTESTS } from './contests.js'
import { keepResults, writePages } from './page.js'
import { tableOf } from './table.js'
import { type Results, resultsOf } from './verdict.js'

/** Fewer say nothing about how far the rounds lie apart. */
const ROUNDS = { full: 3, quick: 1 }

export async function main(argv: string[]): Promise<number> {
  const options = { quick: { type: 'boolean' }, rounds: { type: 'string' }, pages: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options })
  if (values.pages === true) {
    writePages()
    return 0
  }
  const unknown = positionals.find((name) => CONTESTS.every((contest) => contest.name !== name))
  if (unknown !== undefined) {
    say(`There is no contest ${unknown}; there are: ${CONTESTS.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  const size: Size = values.quick === true ? 'quick' : 'full'
  const rounds = Number(values.rounds ?? ROUNDS[size])
  const chosen = CONTESTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  const isKept = size === 'full' && rounds >= ROUNDS.full
  for (const contest of chosen) {
    const results = await hold(contest, size, rounds)
    if (isKept) keepResults(contest.name, rounds, results)
    say(`\n${contest.title}\n${tableOf(contest, results)}\n`)
  }
  if (isKept) writePages()
  return 0
}

/** Runs every contestant in every round, each round beginning with another one. */
async function hold(contest: Contest, size: Size, rounds: number): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), `meterhall-bench-${contest.name}-`))
  const open = await contest.open({ size, folder })
  try {
    const names = contest.contestants.map(({ name }) => name).filter((name) => open.leftOut[name] === undefined)
    for (const [name, why] of Object.entries(open.leftOut)) say(`${contest.name}: ${name} is left out: ${why}`)
    const found = new Map<string, Findings[]>(names.map((name) => [name, []]))
    for (let round = 1; round <= rounds; round++) {
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn + round - 1) % names.length] as string
        const run = open.runs[name]
        if (run === undefined) throw new Error(`${contest.name} does not say how ${name} runs`)
        const started = performance.now()
        const findings = await run()
        say(`${contest.name} ${round}/${rounds} ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
        found.get(name)?.push(findings)
        print({ bench: contest.name, contestant: name, round, ...findings })
      }
    }
    const results = resultsOf(found)
    for (const [contestant, figures] of Object.entries(results)) {
      const medians = Object.fromEntries(Object.entries(figures).map(([figure, { median }]) => [figure, median]))
      const spread = Object.fromEntries(Object.entries(figures).map(([figure, { spread }]) => [figure, spread]))
      print({ bench: contest.name, contestant, round: 'median', ...medians, spread })
    }
    return results
  } finally {
    await open.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
