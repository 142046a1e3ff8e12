import { findPostgres, startScratchPostgres } from '../support/postgres.js'
import { inProcess } from './in-process.js'
export async function main(argv: string[]): Promise<number> {
  const f = findPostgres()
  if ('missing' in f) throw new Error(f.missing)
  const s = await startScratchPostgres(f.bin)
  try {
    for (let i = 0; i < 2; i++)
      console.log(
        await inProcess(new URL('./receipts/meterhall.js', import.meta.url), {
          url: await s.createDatabase(),
          receipts: +(argv[0] ?? 3000),
          connections: 64,
        }),
      )
  } finally {
    await s.stop()
  }
  return 0
}
