import { describe, expect, test } from 'vitest'
import { inBatches } from '../../persistence/in-batches.js'

/** Doubles numbers; remembers the batches; a negative number cannot be done. */
function doubling(most = 10) {
  const batches: (readonly number[])[] = []
  const gates: (() => void)[] = []
  let isHeld = false
  const double = inBatches<number, number>(most, async (numbers) => {
    batches.push(numbers)
    if (isHeld) await new Promise<void>((open) => gates.push(open))
    if (numbers.some((number) => number < 0)) throw new Error(`${numbers.find((number) => number < 0)} is negative`)
    return numbers.map((number) => number * 2)
  })
  return {
    batches,
    double,
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      for (const open of gates.splice(0)) open()
    },
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

describe('callers at the same time share a batch', () => {
  test('those of one turn go together, in order, each with its own answer', async () => {
    const { batches, double } = doubling()
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6])
    expect(batches).toEqual([[1, 2, 3]])
  })

  test('those who come while one is under way wait for the next, and only one is under way', async () => {
    const { batches, double, hold, release } = doubling()
    hold()
    const first = double(1)
    await nextTurn()
    const others = [double(2), double(3)]
    await nextTurn()
    expect(batches).toEqual([[1]])
    release()
    expect(await Promise.all([first, ...others])).toEqual([2, 4, 6])
    expect(batches).toEqual([[1], [2, 3]])
  })

  test('a batch holds no more than it may', async () => {
    const { batches, double } = doubling(2)
    expect(await Promise.all([1, 2, 3, 4, 5].map(double))).toEqual([2, 4, 6, 8, 10])
    expect(batches).toEqual([[1, 2], [3, 4], [5]])
  })

  test('after a pause it begins again', async () => {
    const { batches, double } = doubling()
    expect(await double(1)).toBe(2)
    await nextTurn()
    expect(await double(2)).toBe(4)
    expect(batches).toEqual([[1], [2]])
  })
})

describe('a failure', () => {
  test('of one item is told to its caller only; the others are done without it', async () => {
    const { batches, double } = doubling()
    const outcomes = await Promise.allSettled([1, -2, 3].map(double))
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason))),
    ).toEqual([2, 'Error: -2 is negative', 6])
    expect(batches).toEqual([[1, -2, 3], [1], [-2], [3]])
  })

  test('does not stop those who come later', async () => {
    const { double } = doubling()
    await expect(double(-1)).rejects.toThrow('-1 is negative')
    expect(await double(1)).toBe(2)
  })
})
