/** Kill -9 of everything that `meterhall up` runs: at named points, the workflow server alone, and all at once. npm run drill */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporalForTests } from '../support/temporal.js'
import { type EmbeddedCycle, type EmbeddedEnd, embeddedCycle, STARTS_AT } from './embedded-cycle.js'
import { drillVillage } from './drill-village.js'
import { type EmbeddedStack, startEmbeddedStack } from './embedded-stack.js'
import { reportDrill } from './drill-report.js'

const temporal = await temporalForTests('cli')

const DISTURBED = ['the list', 'the letters', 'the roster, the enrollments and the service']
const KILL_EVERY_MS = 1_500
const IN_A_ROW = 3
/** In the order of a cycle. A file is found by looking after its hand-over, which is passed once for each: letters and manifest, groups. */
const POINTS = [
  ['mail.claimed', IN_A_ROW],
  ['review.chunk', IN_A_ROW],
  ['batch.rendered', IN_A_ROW],
  ['sending.handed-over', 2],
  ['evidence.chunk', IN_A_ROW],
  ['sending.handed-over', 2],
  ['inbox.chunk', IN_A_ROW],
] as const

/** While the step is under way. @returns how often it killed something */
type Disturb = (stack: EmbeddedStack, step: string) => Promise<number>
const undisturbedly: Disturb = async () => 0

describe.skipIf(temporal === undefined)('kill -9 of the embedded stack', () => {
  let undisturbed: EmbeddedEnd
  const stacks: EmbeddedStack[] = []
  beforeAll(async () => {
    undisturbed = (await run('undisturbed', undisturbedly)).end
  }, 600_000)
  afterAll(async () => {
    for (const stack of stacks) await stack.remove()
  })

  async function run(name: string, disturb: Disturb, points: readonly string[] = []) {
    const began = performance.now()
    const village = drillVillage()
    const stack = await startEmbeddedStack(temporal ?? '', STARTS_AT, village)
    stacks.push(stack)
    const cycle: EmbeddedCycle = embeddedCycle(stack, village)
    if (points.length > 0) await stack.dieAt(points)
    let kills = points.length
    for (const [step, take] of cycle.steps) kills += (await Promise.all([disturb(stack, step), take()]))[0]
    const end = await cycle.endState()
    const seconds = Math.round((performance.now() - began) / 1000)
    reportDrill({ drill: `embedded: ${name}`, kills, seconds, decisions: cycle.decisions })
    return { end, stack, cycle, kills }
  }

  test('undisturbed, every listed account stands once and every sending is accepted', () => {
    expect(undisturbed.conservation).toMatchObject({ balances: true, lost: 0, doubled: 0, foreign: 0 })
    expect(new Set(Object.values(undisturbed.sendings))).toEqual(new Set(['accepted']))
    expect(undisturbed.accounts['in-service']).toBeGreaterThan(40)
    expect(undisturbed.messages).toBe(1)
  })

  test('the process ends itself again and again at each of these points', { timeout: 1_200_000 }, async () => {
    const points = POINTS.flatMap(([point, times]) => Array.from({ length: times }, () => point))
    const { end, stack, cycle } = await run('at named points', undisturbedly, points)
    expect(stack.waiting).toEqual([])
    expect(cycle.decisions).toEqual([])
    expect(end).toEqual(undisturbed)
  })

  test.each([
    ['the process alone; its workflow server is adopted', 'up'],
    ['the workflow server alone', 'the workflow server'],
    ['both at once', 'both'],
  ] as const)('%s, three times in a row in the middle of a step', { timeout: 1_200_000 }, async (name, what) => {
    const { end, kills } = await run(name, async (stack, step) => {
      if (!DISTURBED.includes(step)) return 0
      for (let time = 0; time < IN_A_ROW; time++) {
        await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS))
        await stack.kill(what)
      }
      return IN_A_ROW
    })
    expect(kills).toBe(IN_A_ROW * DISTURBED.length)
    expect(end).toEqual(undisturbed)
  })
})
