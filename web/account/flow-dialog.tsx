/**
 * Pays money in or out. A modal dialog of the browser: it keeps the focus within, ends by Escape, and gives the focus back.
 * An answer that did not come leaves the order as it is: sent again, it counts once.
 */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { gateway } from '../api/gateway.ts';
import { problemFrom, type Problem } from '../api/problem.ts';
import type { Account, Detail } from '../api/shapes.ts';
import { money } from '../format/formats.ts';
import { sessionDateOf } from '../format/session-date.ts';
import { now } from '../live/connection.ts';
import { keyedOrder, randomKey, type KeyedOrder } from './flow-order.ts';

export type FlowKind = 'deposit' | 'withdrawal';

interface Props {
  readonly kind: FlowKind;
  readonly account: Account;
  readonly detail: Detail | null;
  readonly onClose: () => void;
}

const names: Readonly<Record<FlowKind, string>> = { deposit: 'Deposit', withdrawal: 'Withdraw' };
const notesCharsMax = 4096;

export function FlowDialog({ kind, account: { id, currency }, detail, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const sent = useRef<KeyedOrder | null>(null);
  const title = useId();
  const today = detail === null ? '' : sessionDateOf(now(), detail.timezone, detail.cutover);
  const [amount, setAmount] = useState('');
  const [date, setDate] = useState(today);
  const [notes, setNotes] = useState('');
  const [isSending, setIsSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const send = async (): Promise<void> => {
    const flow = {
      transaction_type: kind,
      transaction_date: date === '' ? today : date,
      amount: amount.trim(),
      ...(notes.trim() === '' ? {} : { notes: notes.trim() }),
    };
    const order = keyedOrder(flow, sent.current, randomKey);
    sent.current = order;
    setIsSending(true);
    setProblem(null);
    try {
      await gateway.bookFlow(id, order.flow, order.key);
      dialog.current?.close();
    } catch (error) {
      setProblem(problemFrom(error));
      setIsSending(false);
    }
  };

  return (
    <dialog ref={dialog} aria-labelledby={title} onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSending) void send();
        }}
      >
        <h2 id={title}>
          {names[kind]} <span class="muted">account {id}</span>
        </h2>
        <label>
          Amount, {currency}
          <input
            type="text"
            inputMode="decimal"
            name="amount"
            required
            autocomplete="off"
            pattern="[0-9]+([.][0-9]+)?"
            title={`A positive amount with a decimal point, such as ${money.exponentOf(currency) === 0 ? '1000' : '1000.50'}`}
            value={amount}
            onInput={({ currentTarget }) => setAmount(currentTarget.value)}
          />
        </label>
        <label>
          Session day
          <input
            type="date"
            name="date"
            max={today}
            required
            value={date}
            onInput={({ currentTarget }) => setDate(currentTarget.value)}
          />
          <span class="hint">A day in the past dates the flow back, and history is corrected.</span>
        </label>
        <label>
          Notes
          <input
            type="text"
            name="notes"
            maxLength={notesCharsMax}
            value={notes}
            onInput={({ currentTarget }) => setNotes(currentTarget.value)}
          />
        </label>
        <div role="alert">
          {problem !== null && (
            <p class="refusal">
              <b>{problem.reason}</b> {problem.message}
            </p>
          )}
        </div>
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isSending}>
            {isSending ? 'Booking …' : names[kind]}
          </button>
        </div>
      </form>
    </dialog>
  );
}
