/** Every fall from a peak: how deep, how long, and whether it is over. The deepest first. */
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { gateway } from '../api/gateway.ts';
import { ratios, times } from '../format/formats.ts';
import { duration } from '../format/time.ts';
import { useRepeated } from './use-repeated.ts';

const secondMs = 1_000;

export function EpisodesTable({ id }: { readonly id: string }) {
  const { answer: episodes, problem } = useRepeated(id, dashboardLimits.episodesEveryMs, () =>
    gateway.episodes(id, dashboardLimits.episodesShownMax),
  );
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>Drawdown episodes</h2>
        {problem !== null && <span class="warn">missing ({problem.reason})</span>}
      </div>
      {episodes === null || episodes.length === 0 ? (
        <p class="nothing">
          {episodes === null
            ? problem === null
              ? 'Loading …'
              : 'Not known now.'
            : 'Never 0.01% below a peak.'}
        </p>
      ) : (
        <div class="scroll bounded" tabIndex={0} role="region" aria-label="Drawdown episodes">
          <table class="figures episodes">
            <thead>
              <tr>
                <th scope="col" class="number">
                  Depth
                </th>
                <th scope="col">Peak</th>
                <th scope="col">Trough</th>
                <th scope="col">Recovery</th>
                <th scope="col" class="number">
                  Length
                </th>
              </tr>
            </thead>
            <tbody>
              {episodes.map(
                ({
                  peak_ts: peak,
                  trough_ts: trough,
                  recovery_ts: recovery,
                  depth,
                  length_seconds: seconds,
                }) => (
                  <tr key={peak}>
                    <td class="number strong">{ratios.percent(depth)}</td>
                    <td>{times.moment(Date.parse(peak))}</td>
                    <td>{times.moment(Date.parse(trough))}</td>
                    <td>
                      {recovery === null ? (
                        <span class="chip under-water">under water</span>
                      ) : (
                        times.moment(Date.parse(recovery))
                      )}
                    </td>
                    <td class="number">{duration(seconds * secondMs)}</td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
