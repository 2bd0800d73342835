/** What was given up on: a list beside the one that is open; on a phone one after the other. Filters and what is open are in the address. */
import { type ReactNode, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { DeadLetter } from '../../lib/api/dead-letter.ts';
import { type LetterFilter, useDeadLetters } from '../../lib/queries.ts';
import { phoneQuery, useMedia } from '../../lib/use-media.ts';
import { HistoryNav } from '../../ui/history-nav.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StatusShape } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';
import { TimeAgo } from '../../ui/time-text.tsx';
import { DeadLetterDetail } from './dead-letter-detail.tsx';
import { closedBy, letterPlace, letterTitle, standingOf } from './letter-words.ts';
import { ManyDialog, type ManyVerb } from './many-dialog.tsx';
import { useLetterKeys } from './use-letter-keys.ts';

type Show = DeadLetter['status'];
const shows: readonly { readonly value: Show; readonly label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'redriven', label: 'Redriven' },
  { value: 'discarded', label: 'Discarded' },
];

export function DeadLettersPage(): ReactNode {
  const { letterId = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const phone = useMedia(phoneQuery);
  const navigate = useNavigate();
  const [many, setMany] = useState<ManyVerb | null>(null);
  const show = shows.find(({ value }) => value === params.get('show'))?.value ?? 'open';
  const filter = filterOf(params);
  const query = useDeadLetters({ ...filter, status: show });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const search = params.size === 0 ? '' : `?${params}`;
  const openId = letterId || (phone ? '' : (items[0]?.id ?? ''));
  useTitle('Dead letters');
  useLetterKeys({ ids: items.map(({ id }) => id), openId, open: (id) => void navigate(`/dead-letters/${id}${search}`) });
  const choose = (change: Readonly<Record<string, string>>): void => {
    const next = new URLSearchParams(params);
    for (const [name, value] of Object.entries(change)) {
      if (value === '') next.delete(name);
      else next.set(name, value);
    }
    if (letterId === '') setParams(next);
    else void navigate(`/dead-letters${next.size === 0 ? '' : `?${next}`}`);
  };
  const back = `/dead-letters${search}`;
  const detail = openId === '' ? null : <DeadLetterDetail key={openId} id={openId} list={back} back={phone ? back : null} />;
  if (phone && detail) return detail;
  const filtered = params.has('what');
  return (
    <div className="flex min-h-0 flex-1">
      <section
        aria-label="List of dead letters"
        className={`flex min-h-0 flex-col overflow-y-auto ${phone || openId === '' ? 'flex-1' : 'w-93 shrink-0 border-r border-line bg-surface'}`}
      >
        <header className="flex flex-col gap-3 px-4 pt-6 pb-3 md:px-5">
          <HistoryNav />
          <h1 className="text-xl font-semibold tracking-[-0.012em]">Dead letters</h1>
          <Segmented
            label="Which dead letters"
            value={show}
            onChange={(value) => choose({ show: value === 'open' ? '' : value })}
            options={shows}
          />
          <WhatFilter value={params.get('what') ?? ''} onChange={(what) => choose({ what })} />
          {show === 'open' && items.length > 0 ? (
            <div className="flex gap-2">
              {(['redrive', 'discard'] as const).map((verb) => (
                <button key={verb} type="button" className="btn flex-1 max-md:min-h-11" onClick={() => setMany(verb)}>
                  {verb === 'redrive' ? 'Redrive all' : 'Discard all'}
                </button>
              ))}
            </div>
          ) : null}
        </header>
        {query.isError ? (
          <ErrorNotice title="The dead letters could not be read" error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {query.isPending ? (
          <SkeletonRows label="Reading dead letters" />
        ) : items.length === 0 && !query.isError ? (
          <NoLetters show={show} filtered={filtered} onClear={() => choose({ what: '' })} />
        ) : null}
        <ul className="flex flex-col gap-1 px-2">
          {items.map((item) => (
            <li key={item.id}>
              <LetterRow letter={item} to={`/dead-letters/${item.id}${search}`} open={item.id === openId} />
            </li>
          ))}
        </ul>
        <LoadMore query={query} />
        {items.length > 1 && !phone ? (
          <p className="mt-auto px-5 py-4 text-xs text-ink-3">
            Use <kbd className="key">J</kbd> <kbd className="key">K</kbd> to move, <kbd className="key">R</kbd> to redrive,{' '}
            <kbd className="key">X</kbd> to discard
          </p>
        ) : null}
      </section>
      {detail}
      {many ? <ManyDialog verb={many} filter={filter} onClose={() => setMany(null)} /> : null}
    </div>
  );
}

function filterOf(params: URLSearchParams): Omit<LetterFilter, 'status'> {
  const what = params.get('what');
  if (what === 'installation') return { place: 'installation' };
  return what === 'step' || what === 'message' ? { kind: what } : {};
}

function WhatFilter(props: { readonly value: string; readonly onChange: (value: string) => void }): ReactNode {
  return (
    <select
      aria-label="What was given up on"
      className="input max-md:min-h-11"
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    >
      <option value="">Steps and messages</option>
      <option value="step">Steps</option>
      <option value="message">Messages</option>
      <option value="installation">Messages from elsewhere</option>
    </select>
  );
}

function LetterRow(props: { readonly letter: DeadLetter; readonly to: string; readonly open: boolean }): ReactNode {
  const { letter } = props;
  const standing = standingOf(letter);
  return (
    <Link
      to={props.to}
      aria-current={props.open ? 'true' : undefined}
      className="flex min-h-12 gap-3 rounded-md px-3 py-2.5 hover:bg-hover aria-[current=true]:bg-accent-soft"
    >
      <Tile icon={letter.kind === 'step' ? 'bolt' : 'mail'} kind={letter.kind === 'step' ? 'http' : 'flow'} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex gap-2">
          <span className="min-w-0 flex-1 truncate font-semibold">{letterTitle(letter)}</span>
          <span className="shrink-0 text-xs text-ink-3">
            <TimeAgo at={letter.createdAt} />
          </span>
        </span>
        <span className="truncate text-ink-2">{letterPlace(letter)}</span>
        {letter.status === 'open' ? null : (
          <span className="flex items-center gap-1.5 truncate text-ink-3">
            <StatusShape status={standing.status} />
            {standing.word} {closedBy(letter)}
          </span>
        )}
      </span>
    </Link>
  );
}

function NoLetters(props: { readonly show: Show; readonly filtered: boolean; readonly onClear: () => void }): ReactNode {
  if (props.filtered) {
    return (
      <EmptyState
        title="No dead letter matches"
        action={
          <button type="button" className="btn" onClick={props.onClear}>
            Clear the filter
          </button>
        }
      >
        <p>Others may, without the filter.</p>
      </EmptyState>
    );
  }
  const titles = { open: 'Nothing was given up on', redriven: 'Nothing was redriven', discarded: 'Nothing was discarded' };
  return (
    <EmptyState icon={<Tile icon="inbox" kind="flow" />} title={titles[props.show]}>
      <p>
        A step that stops its worker five times in a row, and a message that cannot be delivered, wait here for you. Nothing
        vanishes.
      </p>
    </EmptyState>
  );
}
