/** What is held, at live marks; what is flat again stays below, with what it earned. */
import type { Problem } from '../api/problem.ts';
import type { Detail } from '../api/shapes.ts';
import { PositionRow } from './position-row.tsx';

interface Props {
  readonly detail: Detail | null;
  readonly problem: Problem | null;
}

export function PositionsTable({ detail, problem }: Props) {
  const positions = detail?.positions ?? [];
  const isFlat = (quantity: string): boolean => Number(quantity) === 0;
  const open = positions.filter(({ quantity }) => !isFlat(quantity));
  const flat = positions.filter(({ quantity }) => isFlat(quantity));
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>Positions</h2>
        <span class="muted">{open.length}</span>
        {problem !== null && <span class="warn">as they last came ({problem.reason})</span>}
      </div>
      {positions.length === 0 ? (
        <p class="nothing">{detail === null ? 'Loading positions …' : 'No positions.'}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Positions">
          <table class="figures positions">
            <thead>
              <tr>
                <th scope="col">Symbol</th>
                <th scope="col" class="number">
                  Quantity
                </th>
                <th scope="col" class="number">
                  Average cost
                </th>
                <th scope="col" class="number">
                  Mark
                </th>
                <th scope="col" class="number">
                  Market value
                </th>
                <th scope="col">
                  <abbr title="Currency">Ccy</abbr>
                </th>
                <th scope="col" class="number">
                  Unrealized
                </th>
                <th scope="col" class="number">
                  Realized
                </th>
                <th scope="col" class="number">
                  Weight
                </th>
              </tr>
            </thead>
            <tbody>
              {[...open, ...flat].map((position) => (
                <PositionRow key={position.symbol} position={position} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
