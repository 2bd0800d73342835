/** The frame of every page before the console: what it is for and one form, beside the picture. */
import type { ReactNode } from 'react';
import { Logo } from '../../ui/logo.tsx';
import { useTitle } from '../../ui/page.tsx';
import { SignInPicture } from './sign-in-picture.tsx';

export function EntryFrame(props: {
  readonly title: string;
  readonly lead: ReactNode;
  readonly children?: ReactNode;
}): ReactNode {
  useTitle(props.title);
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,620px)_minmax(0,1fr)]">
      <main className="flex min-w-0 flex-col border-r border-line bg-surface px-6 py-8 sm:px-10">
        <Logo size={30} word />
        <div className="m-auto flex w-full max-w-93 flex-col py-8">
          <h1 className="text-3xl font-semibold tracking-[-0.02em] break-words">{props.title}</h1>
          <div className="mt-1 mb-5 text-base break-words text-ink-2">{props.lead}</div>
          {props.children}
        </div>
      </main>
      <SignInPicture />
    </div>
  );
}
