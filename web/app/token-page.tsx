/** Asks for a token where the gateway wants one. It stays in this tab and is sent in headers and messages only. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { giveToken, tokenWanted } from '../api/token.ts';
import { Mark } from './mark.tsx';
import { PageTitle } from './page-title.tsx';

const reasons: Readonly<Record<string, string>> = {
  token_invalid: 'This token is not valid here.',
  token_expired: 'The token has expired.',
  signed_out: 'You are signed out.',
};

export function TokenPage() {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const reason = reasons[tokenWanted.value ?? ''];
  return (
    <main class="token-page" id="main">
      <PageTitle text="Sign in" />
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') giveToken(text.trim());
        }}
      >
        <div class="brand">
          <Mark />
          <span>Tidemark</span>
        </div>
        {reason !== undefined && <p role="alert">{reason}</p>}
        <label for="token">Access token</label>
        <textarea
          id="token"
          ref={field}
          rows={4}
          spellcheck={false}
          autocomplete="off"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <p class="muted">A bearer token (JWT) of this system. It is kept in this tab until it is closed.</p>
        <button type="submit" class="primary">
          Continue
        </button>
      </form>
    </main>
  );
}
