/** Endpoints of the contract that cannot be answered yet: 501 rather than an invented number. */
import { accountPath } from '../parameters.ts';
import type { Server } from '../parts.ts';
import { Problem, problemResponses } from '../problem.ts';

export function notBuilt(what: string): Problem {
  return new Problem(501, 'not_built', `${what} are not kept yet`);
}

const missing = [
  { url: '/api/v1/portfolio/:id/exposures', what: 'exposures', concerns: 'path' },
  { url: '/api/v1/portfolio/:id/margin', what: 'margin requirements', concerns: 'path' },
  { url: '/api/v1/reconciliations', what: 'reconciliations', concerns: 'own' },
] as const;

export function notBuiltYet(app: Server): void {
  for (const { url, what, concerns } of missing) {
    app.get(
      url,
      {
        config: { concerns },
        schema: {
          tags: ['not built yet'],
          summary: `Answers 501: ${what} are not kept yet.`,
          ...(concerns === 'path' ? { params: accountPath } : {}),
          response: problemResponses,
        },
      },
      () => {
        throw notBuilt(what);
      },
    );
  }
}
