/** The Temporal executables for tests that start one. */
import { type TemporalTool, temporalCli, temporalTestServer } from '../../worker/temporal-binaries.js'

/** Path of the executable, fetched on first use; undefined, with the reason printed, when it cannot be had here. */
export async function temporalForTests(tool: TemporalTool): Promise<string | undefined> {
  const onProgress = (line: string) => process.stderr.write(`${line}\n`)
  try {
    return tool === 'cli' ? await temporalCli({ onProgress }) : await temporalTestServer({ onProgress })
  } catch (error) {
    process.stderr.write(
      `skipped, for want of a Temporal executable: ${error instanceof Error ? error.message : error}\n`,
    )
    return undefined
  }
}
