/** The production workflows with the short timeouts of drills. */
import { join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { projectRoot } from '../../persistence/project-root.js'
import { failureConverterPath } from '../../worker/payload-codec.js'

export async function bundleWithShortTimeouts(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(projectRoot, 'workflows', 'index.ts'),
    workflowInterceptorModules: [join(projectRoot, 'test', 'drills', 'short-timeouts.ts')],
    failureConverterPath,
    logger: new DefaultLogger('WARN'),
  })
  return code
}
