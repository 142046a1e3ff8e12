/** Work by the processor's clock: on a machine that others use too it is steadier than the wall's. */

/** @unit seconds of all threads of this process so far */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/**
 * Repeats work, after one pass that does not count, until it took long enough to be measured.
 * @param units what one pass gets done
 * @returns units per second of processor time
 */
export async function perProcessorSecond(units: number, leastSeconds: number, work: () => unknown): Promise<number> {
  await work()
  const started = processorSeconds()
  for (let passes = 1; ; passes++) {
    await work()
    const taken = processorSeconds() - started
    if (taken >= leastSeconds) return (units * passes) / taken
  }
}

/** @unit megabytes: the most that this process ever held */
export function peakMegabytes(): number {
  return process.resourceUsage().maxRSS / 1024
}
