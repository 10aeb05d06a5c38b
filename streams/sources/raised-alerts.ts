/**
 * The stream ALERTS as it is now: every alert of some kinds, or those that were raised and not cleared. Read in order
 * with a bounded window; what stands is as much as conditions lasted at the last owner's end.
 */
import { lastingAlertKinds } from '../../src/domain/alert-kind.ts';
import type { Alert } from '../../src/ports.ts';
import { decodeAlert } from '../codec/alert.ts';
import { AlertPairs } from '../operators/alert-pairs.ts';
import { readSubjects } from './read-subjects.ts';
import type { AskOptions } from './stored-message.ts';
import { alertsStream } from './stream-definitions.ts';

/** `subjects` is one subject, which may have wildcards; `through`: the last sequence that counts. */
export async function readAlerts(
  options: AskOptions,
  subjects: string,
  take: (alert: Alert) => void,
  through = Infinity,
): Promise<void> {
  let others = 0;
  await readSubjects({
    ...options,
    stream: alertsStream,
    subjects,
    from: 1,
    through,
    isTrimmed: true,
    take: ({ data }) => {
      const alert = decodeAlert(data);
      if (alert === null) others++;
      else take(alert);
    },
  });
  if (others > 0) options.log.warn({ subjects, others }, 'the stream of alerts has messages that are none');
}

/** As of a sequence of the stream, or of now. */
export async function raisedAlerts(options: AskOptions, through = Infinity): Promise<Alert[]> {
  const pairs = new AlertPairs();
  const take = (alert: Alert): void => void pairs.take(alert);
  for (const kind of lastingAlertKinds) await readAlerts(options, `alerts.${kind}.>`, take, through);
  return pairs.standing;
}
