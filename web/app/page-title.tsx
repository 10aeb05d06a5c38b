/** The title of the tab while it is shown. */
import { useEffect } from 'preact/hooks';

export function PageTitle({ text }: { readonly text: string }) {
  useEffect(() => {
    document.title = text === '' ? 'Tidemark' : `${text} · Tidemark`;
  }, [text]);
  return null;
}
