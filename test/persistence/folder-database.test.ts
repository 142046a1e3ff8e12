import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../persistence/database.js'
import { projectRoot } from '../../persistence/project-root.js'

const folder = mkdtempSync(join(tmpdir(), 'meterhall-folder-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the embedded database in a folder', () => {
  test('after a kill -9 in the middle of writing has every commit that was acknowledged', async () => {
    const script = `
      const { openDatabase } = await import(${JSON.stringify(join(projectRoot, 'dist', 'persistence', 'database.js'))})
      const { sql } = await import('kysely')
      const { kysely, tx } = await openDatabase({ kind: 'folder', folder: ${JSON.stringify(folder)} })
      await sql\`create table kept (n integer primary key)\`.execute(kysely)
      for (let n = 1; ; n++) {
        await tx((trx) => sql\`insert into kept values (\${n})\`.execute(trx))
        console.log(n)
      }`
    // its modules are resolved from where it runs
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let acknowledged = 0
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line)
      if (acknowledged === 50) child.kill('SIGKILL')
    }
    const database = await openDatabase({ kind: 'folder', folder })
    const { rows } = await sql<{ n: number }>`select count(*) as n from kept`.execute(database.kysely)
    expect(acknowledged).toBeGreaterThanOrEqual(50)
    expect(rows[0]?.n).toBeGreaterThanOrEqual(acknowledged)
    await database.close()
  })

  test('is refused to a second owner and free again once closed', async () => {
    const first = await openDatabase({ kind: 'folder', folder })
    await expect(openDatabase({ kind: 'folder', folder })).rejects.toThrow(/in use by process/)
    await first.close()
    await (await openDatabase({ kind: 'folder', folder })).close()
  })
})
